"""The calls that somebody runs, and the whole set-up of one, with its procedure drawn."""

from callflow.core.actor import Role
from callflow.core.gate import actor, requires
from callflow.core.permissions import P, may
from callflow.desk import administrator
from callflow.desk import call_setup as desk
from callflow.desk.pilot_lists import fed
from callflow.desk.scope import calls_of
from callflow.web import letter_words, pilot_words, setup_words
from callflow.web.coordinator import bp
from callflow.web.pages import page
from callflow.web.todo import told

STAFF = (Role.coordinator, Role.signatory, Role.admin)


@bp.get("/coordinator/calls")
@requires(P.call_view)
def calls() -> str:
    """The list; for whoever looks after the whole site it begins with what that asks of them now."""
    found = calls_of(actor(), *STAFF)
    duty = administrator.duty(found) if may(actor(), P.system_admin) else None
    todo = told(duty.todo) if duty else []
    return page("coordinator/calls.html", calls=found, duty=duty, todo=todo)


@bp.get("/coordinator/calls/<reference>")
@requires(P.call_view)
def call(reference: str) -> str:
    shown = desk.setup_page(reference, seen_by=actor())
    return page(
        "coordinator/call.html",
        setup=shown,
        call=shown.call,
        stage_words=setup_words.STAGES,
        answer_words=setup_words.ANSWERS,
        setup_words=setup_words,
        letter_kinds=letter_words.KINDS,
        fed=fed(shown.call.id),
        findings=pilot_words.FINDINGS,
        entry="coordinator.calls",
    )
