"""Writes of decisions: boards, decisions prepared, taken back and ended, conditions, hearings, minutes."""

from callflow.decisions.actions.boards import change_board, keep_board, note_applied
from callflow.decisions.actions.conditions import add_proof, judge
from callflow.decisions.actions.deciding import accept, discard, end, prepare, reasons, revise
from callflow.decisions.actions.extracts import keep_extract
from callflow.decisions.actions.hearings import close_hearing, hear, note_remarks, remark

__all__ = [
    "accept",
    "add_proof",
    "change_board",
    "close_hearing",
    "discard",
    "end",
    "hear",
    "judge",
    "keep_board",
    "keep_extract",
    "note_applied",
    "note_remarks",
    "prepare",
    "reasons",
    "remark",
    "revise",
]
