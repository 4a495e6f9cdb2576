"""Coaching: sessions (one may serve several dossiers), advice, hours, notes, waivers.

hours.py adds minutes up; assignment.py proposes who coaches whom, and why.
"""
