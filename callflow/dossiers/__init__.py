"""The trunk that applications and pilots share: the dossier, who works on it, who may see it.

tally.py adds up how many there are, which lists and homes show.
"""
