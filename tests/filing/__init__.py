"""Tags, notes and kept lists of the staff."""
