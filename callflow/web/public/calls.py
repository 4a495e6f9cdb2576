"""The public pages of one call: all one should know, the form to prepare at home, its days for a calendar."""

from flask import make_response, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from callflow.calls.procedure import Procedure
from callflow.core.gate import public
from callflow.core.i18n import language
from callflow.core.twin import said
from callflow.desk import call as desk
from callflow.desk.calendar_file import Entry, calendar_file
from callflow.web.kept import kept
from callflow.web.pages import page
from callflow.web.public import bp
from callflow.web.setup_words import ANSWERS, DATES, STAGES

MEETING_MINUTES = 120


@bp.get("/calls/<reference>")
@public
def call(reference: str) -> str:
    head = desk.call_head(reference)
    standing = head.standing
    body = kept(("call", head.version, standing, language()), lambda: _body(reference, standing))
    return page("public/call.html", call=head, body=body, entry="public.home")


def _body(reference: str, standing: str) -> Markup:
    shown = desk.call_page(reference)
    return Markup(  # noqa: S704 - made by our own template, which escapes
        render_template("public/call_body.html", call=shown, standing=standing, stage_words=STAGES)
    )


@bp.get("/calls/<reference>/form")
@public
def empty_form(reference: str) -> str:
    shown = desk.empty_form(reference)
    return page("public/call_form.html", call=shown, answer_words=ANSWERS, entry="public.home")


@bp.get("/calls/<reference>/dates.ics")
@public
def dates(reference: str) -> Response:
    shown = desk.dates(reference)
    text = calendar_file(said(shown.title, language()), _entries(shown), made_at=shown.loaded_at)
    response = make_response(text)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{reference}.ics"'
    return response


def _entries(shown: desk.Dates) -> list[Entry]:
    """Opening, meetings, and the day each stage ends or begins."""
    key = shown.reference
    entries = [Entry(f"{key}-opens", shown.opens_at, str(DATES["opens"]))]
    for number, meeting in enumerate(desk.meetings(shown.calendar)):
        place = said(meeting.place, language())
        title = str(DATES["meeting"])
        entries.append(Entry(f"{key}-meeting-{number}", meeting.at, title, place, minutes=MEETING_MINUTES))
    for stage in desk.stage_lines(Procedure.of(shown.procedure), shown.calendar, shown.closes_at):
        at = stage.at or stage.first
        name = "closes" if stage.name == "applying" else stage.name
        if at is not None and name in DATES:
            entries.append(Entry(f"{key}-{name}", at, str(DATES[name])))
    return entries
