"""Decisions: prepared by the coordinator, decided by the deciding body, released by a signatory.

selection.py is the plain rule of selection as a pure function on a table; envelope.py the money of a lot.
"""
