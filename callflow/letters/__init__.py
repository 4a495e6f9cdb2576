"""Letters: frozen context, HTML, tagged PDF, and the code by which anybody can check one.

context.py the dataclass of everything a letter says, terms.py its part on agreements; legal.py what the law
adds, in the words of law.yaml; render.py context to HTML and PDF; parts.py the parts that each kind must
have; making.py the worker's side: claim a letter, make its PDF, seal it, store it, let its mails go;
printing.py all letters of a release as one print file and one zip.
"""
