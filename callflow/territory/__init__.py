"""Municipalities on both sides of the border, and the lists of them that calls refer to.

listing reads the list that callflow ships with, and finds a municipality by what people write.
"""
