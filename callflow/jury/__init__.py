"""The jury: declarations, scores and what they add up to.

totals.py holds the arithmetic of means, weights, minima and threshold, exact and without a database.
calibration.py holds the model of strict and lenient jurors, pure as well.
"""
