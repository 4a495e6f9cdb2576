"""Pages for groups: their applications, members and reports.

inputs.py turns questions into inputs and back; filling.py is the form a section a page, for applications
(drafting.py), completions (completing.py) and reports (reporting.py); following.py is where an
application stands; settling.py is what comes after a decision: proofs, offers, comments.
"""

from flask import Blueprint, Flask

from callflow.calls import fields
from callflow.web.audience import hang_pages

bp = Blueprint("applicant", __name__)


def install(app: Flask) -> None:
    """Register the pages of this audience."""
    from callflow.web.applicant import inputs, telling  # slow import: they hang views on the blueprint

    hang_pages(__name__)
    told = (
        telling.next_heading,
        telling.next_why,
        telling.home_address,
        telling.home_button,
        telling.readers,
    )
    for each in (inputs.side_words, telling.file_address, telling.offered_places, fields.written, *told):
        app.jinja_env.globals[each.__name__] = each
    app.register_blueprint(bp)
