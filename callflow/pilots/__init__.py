"""Pilot projects: what local governments try out with several guiding partners, on one plan and one log."""
