"""Pages for groups: their applications, members and reports.

inputs.py turns questions into inputs and back; filling.py is the form a section a page, for applications
(drafting.py), completions (completing.py) and reports (reporting.py); following.py is where an
application stands.
"""

from flask import Blueprint, Flask

from callflow.calls import fields

bp = Blueprint("applicant", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.applicant import (
        completing,
        downloads,
        drafting,
        following,
        groups,
        home,
        inputs,
        leaving,
        reporting,
        starting,
        telling,
    )  # slow import: views register on the blueprint

    del completing, downloads, drafting, following, groups, home, leaving, reporting, starting
    told = (telling.next_heading, telling.next_why, telling.home_address, telling.readers)
    for each in (inputs.side_words, telling.file_address, telling.offered_places, fields.written, *told):
        app.jinja_env.globals[each.__name__] = each
    app.register_blueprint(bp)
