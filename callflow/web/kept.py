"""Parts of pages that are the same for everybody, kept under a version so that a change shows at once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from flask import current_app
from markupsafe import Markup

MOST = 100
"""Parts kept for each application; the one that was not asked for longest goes first."""


def kept(key: Hashable, make: Callable[[], Markup]) -> Markup:
    """The part under this key, made when it is not there. The key names all that the part depends on."""
    store: tuple[Lock, OrderedDict[Any, Markup]] = current_app.extensions.setdefault(
        "callflow.kept", (Lock(), OrderedDict())
    )
    lock, parts = store
    with lock:
        if key in parts:
            parts.move_to_end(key)
            return parts[key]
    part = make()  # outside the lock: two requests may both make it, none waits for the other
    with lock:
        parts[key] = part
        while len(parts) > MOST:
            parts.popitem(last=False)
    return part
