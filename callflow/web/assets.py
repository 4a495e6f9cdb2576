"""Style sheet, fonts and drawings: a view of our own, cached for a year under their hash."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, abort, current_app, send_from_directory, url_for
from werkzeug.wrappers import Response

from callflow.core.gate import public

bp = Blueprint("assets", __name__)


def _folder() -> Path:
    return Path(current_app.root_path) / "static"


@lru_cache(maxsize=256)
def _fingerprint(path: str, _modified: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a file in callflow/static. Raises FileNotFoundError for one that is not there."""
    path = _folder() / name
    return url_for("assets.asset", mark=_fingerprint(str(path), path.stat().st_mtime), name=name)


@bp.get("/assets/<mark>/<path:name>", endpoint="asset")
@public
def send(mark: str, name: str) -> Response:
    """One file; the fonts that the style sheet names are asked for under its own mark."""
    if not (_folder() / name).is_file() or len(mark) != 10:
        abort(404)
    response: Response = send_from_directory(_folder(), name, max_age=31536000)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def install(app: Flask) -> None:
    """Register the view and the template function ``asset``."""
    app.register_blueprint(bp)
    app.jinja_env.globals["asset"] = asset
