"""Completeness and admissibility: the checklist of the call, point by point, with reasons."""
