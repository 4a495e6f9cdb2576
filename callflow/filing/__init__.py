"""How the staff files dossiers for itself: tags, notes, saved views of the list, and steps for many at once.

Each record here has a trail of its own: no group, coach or stranger who reads the history of a dossier, on a
page or in the file of a decision, meets a word of it.
"""
