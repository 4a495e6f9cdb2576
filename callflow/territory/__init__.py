"""Municipalities on both sides of the border, and the lists of them that calls refer to."""
