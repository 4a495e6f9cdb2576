"""Calls: the authority and its law, lots, calendar, form, rubric, checklist, stages and texts.

setup.py reads and checks a set-up file; load.py turns it into records; calendar.py checks the dates; fields.py says what each kind of form field accepts.
"""
