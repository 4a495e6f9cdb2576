"""The WSGI object that a web server imports."""

from callflow.app import create_app
from callflow.core import heap
from config import Settings

app = create_app(Settings.from_env())
heap.settle()
