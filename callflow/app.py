"""create_app(settings): extensions, blueprints, commands, error handlers. Nothing else."""

from typing import Any

from flask import Flask, g, request, session
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from callflow import cli, web
from callflow.coaching import rules as coaching_rules
from callflow.core import clock, firing, gate, i18n, once, outbox, seal, storage  # noqa: F401 - some hold tables
from callflow.core.actor import NOBODY
from callflow.core.db import db
from callflow.dossiers import rules as dossier_rules
from callflow.jury import rules as jury_rules
from callflow.lifecycle import decision, pilot, process, stages  # noqa: F401 - with them every table is known
from callflow.people import passwords
from callflow.people import rules as people_rules
from callflow.web import arriving, assets, errors, headers, looking, numbers, pages, sessions, ui
from config import ROOT, Settings


def create_app(settings: Settings) -> Flask:
    """One application for these settings; several can live in one process."""
    app = Flask(
        "callflow",
        static_folder=None,
        template_folder=str(ROOT / "templates"),
        root_path=str(ROOT / "callflow"),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # a connection plans by what it read when it was opened: an hour later it is opened anew
        SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"timeout": 30}, "pool_recycle": 3600}
        if settings.database_url.startswith("sqlite")
        else {},
        MAX_CONTENT_LENGTH=settings.upload_limit + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production,
        WTF_CSRF_TIME_LIMIT=None,
        JSON_SORT_KEYS=False,
    )
    app.jinja_environment = ui.Templates
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    settings.home.mkdir(parents=True, exist_ok=True)
    storage.install(settings.home / "files")
    seal.install(settings.seals)
    _extensions(app)
    _requests(app)
    dossier_rules.install()
    coaching_rules.install()
    jury_rules.install(stages.scoring_from)
    people_rules.install()
    passwords.install(cheap=settings.cheap_passwords)
    for part in (arriving, numbers, i18n, assets, errors, headers, sessions, ui, pages, web, cli):
        part.install(app)
    return app


def _extensions(app: Flask) -> None:
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    CSRFProtect(app)
    manager = LoginManager(app)
    manager.user_loader(sessions.SignedIn.load)
    manager.session_protection = (
        None  # a phone changes networks; session_version signs out everywhere instead
    )


def _requests(app: Flask) -> None:
    """The clock is read on arrival, the actor once; both before the gate, which is installed last."""

    @app.before_request
    def arrive() -> None:
        clock.read()
        signed_in = session.get("_user_id") and request.endpoint != "assets.asset"
        known = current_user.actor if signed_in and current_user.is_authenticated else NOBODY
        g.actor = looking.settled(known) if signed_in else known
        i18n.settle()

    @app.teardown_request
    def leave(_error: Any) -> None:
        clock.release()
        i18n.release()

    gate.install(app)
