"""The WSGI object that a web server imports."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def _started() -> "Flask":
    """The site; while everything is loaded nobody looks for garbage, which takes a sixth of the start."""
    gc.disable()
    from callflow.app import create_app  # slow import: all of the site
    from callflow.core import heap  # slow import: comes with it
    from config import Settings  # slow import: comes with it

    made = create_app(Settings.from_env())
    heap.settle()
    return made


app = _started()
