"""Completeness and admissibility: the checklist of the call, point by point, with reasons, and what is asked
for when something is missing.
"""
