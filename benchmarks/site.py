"""An installation of its own to measure on: a temporary database, and people who are signed in."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_migrate import upgrade

from benchmarks import world
from callflow.app import create_app
from callflow.core.db import db
from config import Settings


@dataclass(frozen=True)
class Site:
    """An application with a built world, a world.World or none; ``environment`` starts servers on the same
    database.
    """

    app: Flask
    environment: dict[str, str]
    world: Any

    def cookie(self, user: Any) -> str:
        """What the browser of somebody who signed in sends."""
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        if signer is None:
            raise RuntimeError("no secret key")
        found = f"lang=nl; session={signer.dumps({'_user_id': user.get_id(), '_fresh': True})}"
        db.session.rollback()  # whoever looks on holds nothing open, or no checkpoint comes to its end
        return found


@contextmanager
def site(size: int) -> Iterator[Site]:
    """A site whose call has ``size`` applications, inside its application context."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {
            "CALLFLOW_ENV": "test",
            "CALLFLOW_HOME": folder,
            "CALLFLOW_SECRET": "measuring",
            "DATABASE_URL": f"sqlite:///{home / 'bench.db'}",
        }
        app = create_app(Settings.from_env({**os.environ, **environment}))
        with app.app_context():
            upgrade()
            made = world.build(size)
            db.session.rollback()  # whoever looks on holds nothing open, or no checkpoint comes to its end
            with db.engine.connect() as connection:
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]  # sqlite3's own
            yield Site(app, environment, made)
