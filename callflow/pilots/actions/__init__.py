"""Writes of pilots, by what they write."""
