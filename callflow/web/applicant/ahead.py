"""What happens after the present step of an application, a sentence each."""

from collections.abc import Mapping
from typing import Any

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import formats
from callflow.core.i18n import gettext as _
from callflow.desk.applicant.status import Status
from callflow.dossiers.states import State
from callflow.lifecycle.stages import presenting_from, road_of, scoring_from


def then(status: Status) -> list[str]:
    """What happens after the present step, one sentence each."""
    procedure = Procedure.of(status.application.call.procedure)
    calendar = status.application.call.calendar
    state = status.application.shown_state
    if state is State.incomplete:
        state = State.draft  # what follows is what follows a submission
    before = procedure.coaching in (Coaching.before, Coaching.both)
    way = [*_in_two_steps(procedure, calendar)]
    way.append((State.submitted, _("We check whether the application is complete.")))
    if before:
        way.append((State.screened, _("A coach helps you to make the project stronger.")))
    if presents := presenting_from(procedure):
        way.append((presents, _("You present your project to the jury.")))
    way.append((scoring_from(procedure), _("The jury reads and scores your application.")))
    way.append((State.scored, _decided_by(calendar.get("decision_on"))))
    way += _project(procedure, calendar)
    road = road_of(procedure)
    if state not in road or state in (State.reported, State.closed):
        return []
    return [words for stage, words in way if road.index(stage) > road.index(state)]


def _in_two_steps(procedure: Procedure, calendar: Mapping[str, Any]) -> list[tuple[State, str]]:
    """What follows the short form, where there is one."""
    if not procedure.preapplication:
        return []
    invited, until = formats.day(calendar.get("invitations_on")), formats.moment(calendar["full_until"])
    return [
        (
            State.preapplied,
            _("We read the short form. You hear by %(day)s whether you are invited.", day=invited),
        ),
        (State.invited, _("Who is invited writes the whole application, before %(moment)s.", moment=until)),
    ]


def _project(procedure: Procedure, calendar: Mapping[str, Any]) -> list[tuple[State, str]]:
    """What follows the selection, each with the state after which it comes."""
    stands, found = State.selected, []
    if procedure.agreement:
        found.append((stands, _("You read the project agreement and accept it.")))
        stands = State.agreed
    if procedure.coaching in (Coaching.after, Coaching.both):
        found.append((stands, _("Selected projects are coached.")))
        stands = State.guided
    if procedure.interim:
        found.append((stands, _halfway_by(calendar.get("interim_due"))))
        stands = State.interim_approved
    if procedure.report:
        found.append((stands, _reported_by(calendar.get("report_due"))))
    return found


def _halfway_by(day: str | None) -> str:
    return str(_("Halfway you write how far you are, by %(day)s.", day=formats.day(day)))


def _decided_by(day: str | None) -> str:
    if day is None:
        return str(_("The authority decides. You get the decision by letter, with the reasons."))
    return str(
        _(
            "The authority decides by %(day)s. You get the decision by letter, with the reasons.",
            day=formats.day(day),
        )
    )


def _reported_by(day: str | None) -> str:
    if day is None:
        return str(_("At the end you write a short report."))
    return str(_("At the end you write a short report, by %(day)s.", day=formats.day(day)))
