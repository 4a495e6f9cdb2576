"""What an application adds to a dossier: answers, frozen versions, files.

answers.py turns what a person typed into values and says what is wrong with it; saving.py finds what changes
when a form is saved, and what others changed meanwhile; files.py looks into a file before it is kept.
imports/ reads ideas from a table, judges every row, and begins the drafts.
"""
