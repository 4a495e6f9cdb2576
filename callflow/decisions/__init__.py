"""Decisions: prepared by the coordinator, decided by the deciding body, released by a signatory.

selection.py is the plain rule of selection as a pure function on a table, reach.py the amounts it can leave.
"""
