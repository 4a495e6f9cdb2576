"""Writing of messages: writing.py in one dossier, many.py to many at once, erasing.py one of them, choices.py
what one is told.
"""

from callflow.messages.actions.choices import choose_notices
from callflow.messages.actions.erasing import erase, erase_everywhere
from callflow.messages.actions.many import write_to_many
from callflow.messages.actions.writing import choose_answerer, open_thread, reply, settle

__all__ = [
    "choose_answerer",
    "choose_notices",
    "erase",
    "erase_everywhere",
    "open_thread",
    "reply",
    "settle",
    "write_to_many",
]
