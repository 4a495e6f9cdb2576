"""Pilot projects: what local governments try out with several guiding partners, on one plan and one log.

telling.py mails: to a partner that takes part now, and to all who carry a pilot that moved.
"""
