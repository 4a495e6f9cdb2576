"""Municipalities: how they are found, how they come into the database."""
