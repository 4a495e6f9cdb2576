"""Tests of the letters: what each must say, that nothing is missing, and that the same data give the same
bytes.
"""
