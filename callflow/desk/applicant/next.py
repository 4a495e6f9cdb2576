"""What comes next in an application, whose turn it is and by when; told from what the group knows."""

from dataclasses import dataclass, field
from typing import Any

from callflow.agreements.models import PayeeChange
from callflow.agreements.rules import needs_payee
from callflow.agreements.states import AgreementState, ChangeState
from callflow.applications.models import Application
from callflow.applications.rules import in_short, written_until
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.desk.applicant.writing import Due
from callflow.desk.outcome import NOTHING, Outcome
from callflow.dossiers.states import State
from callflow.jury.models import Presentation
from callflow.jury.rules import scoring_from
from callflow.lifecycle.stages import presenting_from
from callflow.people.states import Right, at_least
from callflow.reports.states import ReportKind
from callflow.screening.models import CompletionRequest

NO_REPORT = Due()


@dataclass(frozen=True)
class Next:
    """``code`` is said by the page; ``mine`` when the group has to act; ``due`` a moment or a day, as ISO."""

    code: str
    mine: bool = False
    due: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)


def next_of(
    application: Application,
    actor: Actor,
    submits: bool,
    *,
    missing: int = 0,
    report: Due = NO_REPORT,
    request: CompletionRequest | None = None,
    outcome: Outcome = NOTHING,
    presentation: Presentation | None = None,
) -> Next:
    """``submits``: this person may submit; ``missing`` counts open questions; ``report`` is the one to write,
    ``request`` the last for completion; ``outcome`` holds what the group was told, ``presentation`` when it
    presents its project.
    """
    if application.shown_state is State.draft:
        return _of_draft(application, actor, submits, missing)
    if application.shown_state is State.invited:
        return _of_whole(application, actor, submits, missing)
    if bent := _bent(application, outcome):
        return bent
    if application.shown_state is State.selected and Procedure.of(application.call.procedure).agreement:
        return _of_agreement(application, actor, outcome)
    if outcome.change is not None and outcome.change.state is ChangeState.offered:
        return _of_change(application, actor, outcome.change)
    if application.shown_state in (State.selected, State.agreed, State.guided, State.interim_approved):
        return _of_project(application, actor, report, missing)
    if application.shown_state is State.incomplete and request is not None:
        return _of_completion(application, actor, request, submits, missing)
    return _presenting(application, presentation) or _waiting(application)


def presents(application: Application) -> bool:
    """Whether this group is, as far as it knows, about to present its project."""
    return application.shown_state is presenting_from(Procedure.of(application.call.procedure))


def _presenting(application: Application, presentation: Presentation | None) -> Next | None:
    """The group is expected on a day, or will hear of one."""
    if not presents(application):
        return None
    if presentation is None:
        return Next("presenting")
    late = presentation.held_at <= clock.now()
    told = {"place": presentation.place, "words": presentation.words}
    return Next("presented_soon" if late else "present", not late, presentation.held_at.isoformat(), told)


def _of_completion(
    application: Application, actor: Actor, request: CompletionRequest, submits: bool, missing: int
) -> Next:
    due = request.due_at.isoformat()
    if clock.now() >= request.due_at:
        return Next("complete_late", due=due)
    if not at_least(actor.right_in(application.group_id), Right.edit):
        return Next("complete_watch", due=due)
    if missing or request.saved_at is None:
        return Next("complete", mine=True, due=due, parameters={"count": len(request.items)})
    return Next("complete_send" if submits else "complete_ask", mine=True, due=due)


def _bent(application: Application, outcome: Outcome) -> Next | None:
    """Conditions to prove, an offer to answer, comments to give; and what waits or has lapsed."""
    standing, state = outcome.standing, application.shown_state
    if hearing := outcome.heard:
        mine = not hearing.remarks
        return Next("hearing" if mine else "hearing_sent", mine, hearing.comment_until.isoformat())
    if state is State.selected_with_conditions:
        return _conditions(outcome)
    if state is State.selected and outcome.offer is not None and outcome.offer.answer_by is not None:
        late = outcome.offer.answer_by < clock.today()
        return Next("offer_late" if late else "offer", not late, outcome.offer.answer_by.isoformat())
    if state is State.postponed and standing and standing.postponed_until:
        return Next("postponed", due=standing.postponed_until.isoformat())
    if state is State.not_selected and outcome.decisions and standing is None:
        return Next("lapsed")
    return None


def _conditions(outcome: Outcome) -> Next:
    due = min((each.condition.due_on for each in outcome.demands if not each.met), default=None)
    said = None if due is None else due.isoformat()
    count = sum(1 for each in outcome.demands if each.to_prove)
    if count:
        return Next("conditions", mine=True, due=said, parameters={"count": count})
    return Next("conditions_sent")


def _of_draft(application: Application, actor: Actor, submits: bool, missing: int) -> Next:
    call = application.call
    if clock.now() >= call.closes_at:
        return Next("call_over", due=call.closes_at.isoformat())
    due = call.closes_at.isoformat()
    if not at_least(actor.right_in(application.group_id), Right.edit):
        return Next("watch", due=due)
    if in_short(application):
        code = "short_continue" if missing else "short_submit" if submits else "short_ask"
        return Next(code, mine=True, due=due, parameters={"count": missing})
    if missing:
        return Next("continue", mine=True, due=due, parameters={"count": missing})
    return Next("submit" if submits else "ask_submitter", mine=True, due=due)


def _of_whole(application: Application, actor: Actor, submits: bool, missing: int) -> Next:
    """The group was invited after its short form."""
    due = written_until(application)
    if clock.now() >= due:
        return Next("full_late", due=due.isoformat())
    if not at_least(actor.right_in(application.group_id), Right.edit):
        return Next("full_watch", due=due.isoformat())
    if missing:
        return Next("full_continue", mine=True, due=due.isoformat(), parameters={"count": missing})
    return Next("full_submit" if submits else "full_ask", mine=True, due=due.isoformat())


def _of_agreement(application: Application, actor: Actor, outcome: Outcome) -> Next:
    """The authority writes an agreement; where the group cannot be paid itself, it says who is."""
    agreement, standing = outcome.agreed, outcome.standing
    submits = at_least(actor.right_in(application.group_id), Right.submit)
    state = agreement.state if agreement else AgreementState.prepared
    if agreement is not None and state is AgreementState.offered:
        due = agreement.due_on.isoformat()
        if agreement.due_on < clock.today():
            return Next("agreement_late", submits, due)
        return Next("agreement" if submits else "agreement_watch", submits, due)
    if outcome.payee is None and standing and needs_payee(application, standing.amount):
        return Next("payee" if submits else "payee_watch", submits)
    return Next("agreement_changed" if state is AgreementState.sent_back else "agreement_waits")


def _of_change(application: Application, actor: Actor, change: PayeeChange) -> Next:
    """A changed text waits for the members."""
    submits = at_least(actor.right_in(application.group_id), Right.submit)
    due = change.due_on.isoformat() if change.due_on else None
    return Next("agreement_again" if submits else "agreement_again_watch", submits, due)


def _of_project(application: Application, actor: Actor, report: Due, missing: int) -> Next:
    procedure = Procedure.of(application.call.procedure)
    calendar = application.call.calendar
    entered = application.shown_state in (State.selected, State.agreed)
    if entered and procedure.coaching in (Coaching.after, Coaching.both):
        return Next("guidance", due=(calendar.get("guidance") or {}).get("until"))
    if report.kind is None:
        return Next("selected")
    which = "interim" if report.kind is ReportKind.interim else "report"
    due = calendar.get(f"{which}_due")
    if not at_least(actor.right_in(application.group_id), Right.edit):
        return Next(f"{which}_watch", due=due)
    if report.begun is None:
        return Next(f"{which}_begin", mine=True, due=due)
    if report.begun.returned_at is not None:
        return Next(f"{which}_again", mine=True, due=due)
    code = f"{which}_continue" if missing else f"{which}_send"
    return Next(code, mine=True, due=due, parameters={"count": missing})


def _waiting(application: Application) -> Next:
    procedure, calendar = Procedure.of(application.call.procedure), application.call.calendar
    before = procedure.coaching in (Coaching.before, Coaching.both)
    coaching = calendar.get("coaching") or {}
    waits = {
        State.preapplied: Next("inviting", due=calendar.get("invitations_on")),
        State.submitted: Next("screening"),
        State.lapsed: Next("invitation_lapsed"),
        **({State.screened: Next("coaching", due=coaching.get("until"))} if before else {}),
        scoring_from(procedure): Next("scoring", due=calendar.get("jury_on")),
        State.scored: Next("deciding", due=calendar.get("decision_on")),
    }
    return waits.get(application.shown_state, Next(str(application.shown_state)))
