"""Letters: frozen context, HTML, tagged PDF, and the code by which anybody can check one.

context.py the dataclass of everything a letter says; render.py context to PDF; legal.py the appeal and reference blocks by law and language.
"""
