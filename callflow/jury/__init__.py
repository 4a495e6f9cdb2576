"""The jury: declarations, scores and what they add up to.

totals.py holds the arithmetic of means, weights, minima and threshold, exact and without a database.
calibration.py holds the model of strict and lenient jurors, pure as well.
assignment.py puts jurors on dossiers as well as can be, reasons.py says why, shortage.py why it cannot be;
programme.py is the solver that they ask, wishes.py what a coordinator wants of it: none knows a database.
profiles.py keeps what a call knows of its jurors.
"""
