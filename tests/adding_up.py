"""Two workers who add up what triggers wrote, while something happens beside them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from callflow.core.db import db


def beside_two(app: Flask, merge: Callable[[int], Any], deed: Callable[[], Any], *, times: int = 3) -> None:
    """Do it so often while both add up all the time."""
    at_work = [True]

    def merging(_number: int) -> None:
        with app.app_context():
            while at_work:
                merge(1)
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        merged = [pool.submit(merging, each) for each in range(2)]
        try:
            for _ in range(times):
                deed()
        finally:
            at_work.clear()
        for each in merged:
            each.result()
