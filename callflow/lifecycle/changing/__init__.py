"""A change of a running call: what it would do, dossier by dossier, and carrying it out.

effects.py what it does to every dossier of a state; ranks.py to the places in the ranking; dry_run.py the
whole of it, without writing anything; carrying.py the writing, of what was looked at and nothing else.
"""
