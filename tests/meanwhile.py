"""Somebody else at work while what was written here is not committed yet."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from flask import Flask

from callflow.core.db import db, unit_of_work


def meanwhile(app: Flask, mine: Callable[[], Any], other: Callable[[], Any]) -> None:
    """Do mine in a unit of work; before it ends, the other comes as far as it can in a thread of its own."""
    written = Event()

    def doing() -> None:
        with app.app_context():
            written.wait(10)
            other()
            db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(doing)
        with unit_of_work():
            mine()
            db.session.flush()
            written.set()
            Event().wait(0.3)
        done.result()
