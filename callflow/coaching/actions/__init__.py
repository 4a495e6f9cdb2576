"""Writes of coaching: sessions noted and corrected, advice followed up, waivers, notes, profiles."""

from callflow.coaching.actions.following import answer_advice, follow_up
from callflow.coaching.actions.profiles import keep_profile
from callflow.coaching.actions.sessions import Counsel, correct_session, log_session
from callflow.coaching.actions.standing import assign_proposed, declare_conflict, waive_sessions, write_note

__all__ = [
    "Counsel",
    "answer_advice",
    "assign_proposed",
    "correct_session",
    "declare_conflict",
    "follow_up",
    "keep_profile",
    "log_session",
    "waive_sessions",
    "write_note",
]
