"""Writes of the jury: declarations, conflicts, score sheets, and the total that lists sort by."""

import hashlib
from collections.abc import Collection, Mapping
from decimal import Decimal

from sqlalchemy import func, select, update

from callflow.applications.models import Submission
from callflow.calls.models import Call, Criterion
from callflow.calls.states import Counting
from callflow.core import clock, mailing, outbox, trail, twin
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.core.trail import Event, Trail
from callflow.dossiers import actions as dossiers
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.rules import takes_jurors
from callflow.dossiers.states import UNDER_WAY, UNJUDGED, ConflictKind, Fate, State
from callflow.jury import queries
from callflow.jury.calibration import Calibration, calibrate
from callflow.jury.models import Count, Declaration, Habits, Score, Sheet
from callflow.jury.rules import REASON, REMINDER, Given, gaps, on_scale, scoring_open
from callflow.jury.totals import Total, counted, rounded


def declare(actor: Actor, call: Call, *, text: str) -> Declaration:
    """Sign the declaration of confidentiality and impartiality for a call; ``text`` is what the juror read.

    A second signature changes nothing and returns the first.
    """
    require(actor, P.jury_pile)
    held = db.session.scalar(
        select(Declaration).where(Declaration.call_id == call.id, Declaration.person_id == actor.id)
    )
    if held is not None:
        return held
    history = trail.locked(call.trail_id)
    digest = hashlib.sha256(text.encode()).hexdigest()
    made = Declaration(call_id=call.id, person_id=actor.id, signed_at=clock.now(), text_sha256=digest)
    db.session.add(made)
    trail.record(history, actor, "declared", data={"text_sha256": digest})
    return made


def declare_conflict(actor: Actor, dossier: Dossier, *, reason: str) -> Exclusion:
    """Step aside: from now on the dossier does not exist for this juror.

    A sheet that was begun or handed in stays on record and counts nowhere. Raises Refused without a reason,
    and once the scoring is closed: then the coordinator has to weigh what the scores already did.
    """
    require(actor, P.jury_score, dossier)
    if not reason.strip():
        raise Refused("conflict_reason_missing", field="reason")
    if not takes_jurors(dossier):
        raise Refused("scoring_over")
    if queries.sheet_of(actor, dossier) is None:
        _new_sheet(actor, dossier)
    made = stand_apart(dossier, juror_id=actor.id or 0, declared=True, reason=reason)
    dossiers.note_conflict(dossier, person_id=made.person_id, kind=ConflictKind.declared, reason=reason)
    trail.record(
        dossier.trail, actor, "conflict_declared",
        data={"scores_left_out": made.scores is Fate.undecided}, texts={"reason": reason.strip()},
    )  # fmt: skip
    return made


def stand_apart(dossier: Dossier, *, juror_id: int, declared: bool, reason: str) -> Exclusion:
    """Hide a dossier from one of its jurors, whose sheet counts nowhere from now on. The caller records it.

    What becomes of scores that were handed in, the coordinator decides (decide_recusal) before the scoring
    can be closed.
    """
    db.session.flush()  # a sheet that was just begun
    mine = (Sheet.dossier_id == dossier.id, Sheet.juror_id == juror_id)
    sheet = db.session.scalar(select(Sheet).where(*mine)) or _empty_sheet(dossier, juror_id)
    fate = Fate.undecided if sheet.given_at is not None and not sheet.abstained else Fate.none
    sheet.abstained, sheet.given_at = True, sheet.given_at or clock.now()
    made = Exclusion(
        dossier_id=dossier.id, person_id=juror_id, declared=declared, reason=reason.strip()[:500],
        since=clock.now(), scores=fate,
    )  # fmt: skip
    db.session.add(made)
    _count_sheets(dossier)
    return made


def reopen(dossier: Dossier, *, juror_id: int, handed_in: bool) -> None:
    """The sheet of a juror whose conflict was none: as it was handed in, or open. The caller records it."""
    theirs = select(Sheet).where(Sheet.dossier_id == dossier.id, Sheet.juror_id == juror_id)
    sheet = db.session.scalar(theirs)
    if sheet is not None:
        sheet.abstained, sheet.given_at = False, sheet.given_at if handed_in else None
        _count_sheets(dossier)


def decide_recusal(actor: Actor, dossier: Dossier, *, juror_id: int, keep: bool, reason: str) -> Exclusion:
    """Whether the scores of a juror count who stood aside after handing them in.

    Raises Refused without a reason, when there is nothing to decide, and once the scoring is closed.
    """
    require(actor, P.dossier_assign, dossier)
    if not reason.strip():
        raise Refused("recusal_reason_missing", field="reason")
    mine = (Exclusion.dossier_id == dossier.id, Exclusion.person_id == juror_id)
    held = db.session.scalar(select(Exclusion).where(*mine, Exclusion.scores != Fate.none))
    if held is None:
        raise Refused("recusal_without_scores")
    if not takes_jurors(dossier):
        raise Refused("scoring_over")
    held.scores = Fate.kept if keep else Fate.left_out
    theirs = select(Sheet).where(Sheet.dossier_id == dossier.id, Sheet.juror_id == juror_id)
    db.session.scalars(theirs).one().abstained = not keep
    _count_sheets(dossier)
    trail.record(
        dossier.trail, actor, "recusal_decided",
        data={"person_id": juror_id, "keep": keep}, texts={"reason": reason.strip()},
    )  # fmt: skip
    return held


def save_scores(actor: Actor, dossier: Dossier, *, version: int, given: Mapping[str, Given]) -> Sheet:
    """Save what a juror filled in so far, for one criterion or several; it counts when it is handed in.

    ``version`` is the sheet's as the page showed it, 0 before the first save. Raises Changed when the sheet
    was saved elsewhere meanwhile, Refused for what the scale does not have. Only the first save is an event:
    drafts are no history.
    """
    require(actor, P.jury_score, dossier)
    sheet = _open_sheet(actor, dossier, version)
    criteria = {criterion.key: criterion for criterion in queries.criteria_of(dossier.call_id)}
    held = {score.criterion_id: score for score in sheet.scores}
    for key, each in given.items():
        criterion = criteria.get(key)
        if criterion is None:
            raise Refused("criterion_unknown")
        _check(criterion, each, dossier.call.scale_max)
        score = held.get(criterion.id)
        if score is None:
            score = Score(criterion_id=criterion.id)
            sheet.scores.append(score)
        score.value, score.not_applicable, score.reason = each.value, each.not_applicable, each.reason
    sheet.version += 1
    sheet.saved_at = clock.now()
    return sheet


def hand_in(actor: Actor, dossier: Dossier, *, version: int) -> Sheet:
    """Hand the sheet in as saved: from now on it counts. Raises Refused for the first thing it lacks."""
    require(actor, P.jury_score, dossier)
    sheet = _open_sheet(actor, dossier, version)
    criteria = queries.criteria_of(dossier.call_id)
    given = queries.given_on(sheet, criteria)
    if missing := gaps(criteria, given):
        raise Refused(missing[0].code, field=missing[0].criterion)
    if all(each.not_applicable for each in given.values()):
        raise Refused("nothing_scored")
    sheet.given_at = sheet.saved_at = clock.now()
    sheet.version += 1
    _count_sheets(dossier)
    trail.record(
        dossier.trail, actor, "scores_handed_in",
        data={
            "submission": sheet.submission_number,
            "scores": {key: None if each.value is None else str(each.value) for key, each in given.items()},
        },
        texts={f"reason_{key}": each.reason for key, each in given.items()},
    )  # fmt: skip
    return sheet


def abstain(actor: Actor, dossier: Dossier, *, version: int, reason: str) -> Sheet:
    """Hand in without scores, for a reason that is no conflict: the sheet is whole and counts in no mean."""
    require(actor, P.jury_score, dossier)
    if not reason.strip():
        raise Refused("abstention_reason_missing", field="abstain_reason")
    sheet = _open_sheet(actor, dossier, version)
    sheet.abstained, sheet.given_at, sheet.saved_at = True, clock.now(), clock.now()
    sheet.version += 1
    _count_sheets(dossier)
    trail.record(dossier.trail, actor, "abstained", texts={"reason": reason.strip()})
    return sheet


def take_back(actor: Actor, dossier: Dossier) -> Sheet:
    """Open a sheet that was handed in, to correct it; it counts no more until it is handed in again."""
    require(actor, P.jury_score, dossier)
    sheet = queries.sheet_of(actor, dossier)
    if sheet is None or sheet.given_at is None:
        raise Refused("not_handed_in")
    if not scoring_open(dossier):
        raise Refused("scoring_over")
    sheet.given_at, sheet.abstained = None, False
    sheet.version += 1
    _count_sheets(dossier)
    trail.record(dossier.trail, actor, "scores_taken_back")
    return sheet


def excuse(actor: Actor, dossier: Dossier, *, juror_id: int, reason: str) -> None:
    """Relieve a juror of a dossier before they handed in; a sheet they only began counts nowhere.

    Raises Refused without a reason, and when the scores were handed in: they count, whoever falls ill later.
    """
    require(actor, P.dossier_assign, dossier)
    if not reason.strip():
        raise Refused("excuse_reason_missing", field="reason")
    sheet = db.session.scalar(select(Sheet).where(Sheet.dossier_id == dossier.id, Sheet.juror_id == juror_id))
    if sheet is not None and sheet.given_at is not None:
        raise Refused("already_scored")
    dossiers.unassign(actor, dossier, person_id=juror_id, reason=reason.strip())


def _empty_sheet(dossier: Dossier, juror_id: int | None) -> Sheet:
    """Bound to the version of the application that is read."""
    latest = select(func.max(Submission.number)).where(Submission.application_id == dossier.id)
    sheet = Sheet(
        dossier_id=dossier.id, juror_id=juror_id, submission_number=db.session.scalar(latest) or 0,
        version=0, abstained=False, saved_at=clock.now(), scores=[],
    )  # fmt: skip
    db.session.add(sheet)
    return sheet


def _new_sheet(actor: Actor, dossier: Dossier) -> Sheet:
    """The first save is an event."""
    sheet = _empty_sheet(dossier, actor.id)
    trail.record(dossier.trail, actor, "scoring_started", data={"submission": sheet.submission_number})
    return sheet


def _open_sheet(actor: Actor, dossier: Dossier, version: int) -> Sheet:
    """The sheet to write on, made at its first use: its dossier is locked, so nobody makes it meanwhile."""
    if not scoring_open(dossier):
        raise Refused("scoring_not_open")
    sheet = queries.sheet_of(actor, dossier) or _new_sheet(actor, dossier)
    if sheet.given_at is not None:
        raise Refused("already_handed_in")
    if sheet.version != version:
        raise Changed("sheet_changed")
    return sheet


def _check(criterion: Criterion, given: Given, scale_max: int) -> None:
    if given.value is not None and (given.not_applicable or not on_scale(given.value, scale_max)):
        raise Refused("score_off_scale", field=criterion.key, top=scale_max)
    if len(given.reason) > REASON:
        raise Refused("reason_long", field=f"{criterion.key}-reason", limit=REASON)


def _count_sheets(dossier: Dossier) -> None:
    """Keep the figure of the lists in step with the sheets; called wherever one starts or stops counting."""
    db.session.flush()  # what this request changed counts as well
    counting = (Sheet.dossier_id == dossier.id, Sheet.given_at.is_not(None), ~Sheet.abstained)
    dossier.scores_given = db.session.scalar(select(func.count()).select_from(Sheet).where(*counting)) or 0


def write_total(dossier: Dossier) -> Total:
    """Write the total on the dossier, as part of closing its scoring (the one place that does)."""
    result = queries.total_of(dossier)
    dossier.total_percent = None if result.percent is None else rounded(result.percent, 4)
    return result


def reweigh(actor: Actor, call: Call, totals: Mapping[int, Decimal]) -> None:
    """Write the totals of scored dossiers anew after the weights of their call changed; whoever calls this
    has locked them and worked the totals out from the same sheets.
    """
    require(actor, P.call_change, call)
    rows = [{"id": dossier_id, "total_percent": total} for dossier_id, total in sorted(totals.items())]
    db.session.execute(update(Dossier), rows)
    trail.record(call.trail, actor, "totals_reweighed", data={"count": len(rows)})


DECIDED_ON = frozenset(State) - {State.draft, *UNDER_WAY, *UNJUDGED, State.lapsed, State.withdrawn}
"""States that somebody reached by the total that counts."""


def choose_counting(actor: Actor, call: Call, *, counting: Counting) -> Count:
    """Say what the scores of a call add up to. Raises Refused once any sheet was handed in, ever: nobody
    chooses by the outcome.
    """
    require(actor, P.jury_close, call)
    history = _locked_call(call)
    handed = select(Event.id).join(Dossier, Dossier.trail_id == Event.trail_id)
    handed = handed.where(Dossier.call_id == call.id, Event.action == "scores_handed_in").limit(1)
    if db.session.scalar(handed) is not None:
        raise Refused("counting_late", field="counting")
    before = queries.terms_of([call.id])[call.id].counting
    made = db.session.get(Count, call.id) or Count(call_id=call.id)
    made.counting, made.chosen_by, made.chosen_at = counting, actor.id, clock.now()
    db.session.add(made)
    trail.record(history, actor, "counting_chosen", data={"counting": counting.value, "before": before.value})
    return made


def freeze_habits(actor: Actor, call: Call, *, version: int) -> Habits:
    """Estimate the habits of a call's jurors from every dossier whose scoring is closed, and write all
    totals with them.

    ``version`` is that of the habits the person saw, 0 for none. Raises Refused when the call counts
    otherwise, when nothing is closed, or when somebody was selected or not by the present totals.
    """
    require(actor, P.jury_close, call)
    history = _locked_call(call)
    held = db.session.get(Habits, call.id, populate_existing=True)
    if (held.version if held else 0) != version:
        raise Changed("habits_changed")
    _may_freeze(call)
    criteria = queries.criteria_of(call.id)
    chosen = (Dossier.call_id == call.id, Dossier.state == State.scored)
    sheets = queries.counting_sheets(criteria, *chosen)
    if not sheets:
        raise Refused("nothing_closed")
    found = calibrate(queries.ratings_of(sheets, criteria, scale_max=call.scale_max))
    made = _keep_habits(actor, call, found, held)
    db.session.flush()  # the totals are made with what was just written
    terms, lines = queries.terms_of([call.id])[call.id], queries.lines_of(criteria)
    closed = db.session.scalars(select(Dossier).where(*chosen)).all()
    agreed = queries.agreed_on([dossier.id for dossier in closed])
    for dossier in closed:
        result = counted(
            lines, sheets.get(dossier.id, {}), terms, scale_max=call.scale_max, agreed=agreed.get(dossier.id)
        )
        dossier.total_percent = None if result.percent is None else rounded(result.percent, 4)
    trail.record(history, actor, "habits_frozen", data={"offsets": made.offsets, "sheets": made.sheets})
    return made


def remind(actor: Actor, call: Call, *, juror_ids: Collection[int], where: Mapping[str, str]) -> list[str]:
    """Queue a reminder to those of these jurors who still have something to score; their names.

    ``where`` is the name of the call by language. Raises Refused when none of them is left: all done, or
    reminded within the last hours.
    """
    require(actor, P.jury_panel, call)
    history = trail.locked(call.trail_id)
    found = queries.to_remind(call, juror_ids)
    if not found:
        raise Refused("nobody_to_remind")
    for user, waiting in found:
        said = mailing.compose(
            REMINDER, user.language, name=user.name, where=twin.said(where, user.language), number=waiting,
            until=call.calendar.get("jury_on"),
        )  # fmt: skip
        outbox.queue(
            notice=REMINDER, language=user.language, recipient=user.email, recipient_id=user.id,
            call_id=call.id, subject=said.subject, body=said.body, html=said.html,
        )  # fmt: skip
    trail.record(history, actor, "jurors_reminded", data={"jurors": [user.id for user, _ in found]})
    return [user.name for user, _ in found]


def _may_freeze(call: Call) -> None:
    if queries.terms_of([call.id])[call.id].counting is not Counting.calibrated:
        raise Refused("counts_otherwise")
    decided = select(Dossier.id).where(
        Dossier.call_id == call.id, Dossier.state.in_(DECIDED_ON), Dossier.total_percent.is_not(None)
    )
    if db.session.scalar(decided.limit(1)) is not None:
        raise Refused("habits_late")


def _keep_habits(actor: Actor, call: Call, found: Calibration, held: Habits | None) -> Habits:
    made = held or Habits(call_id=call.id, version=0)
    made.offsets = {member.juror: f"{round(member.offset, 4) + 0.0:.4f}" for member in found.members}
    made.sheets = sum(member.scores for member in found.members)
    made.shrinkage = None if found.shrinkage is None else f"{found.shrinkage:.4f}"[:20]
    made.made_by, made.made_at = actor.id, clock.now()
    made.version += 1
    db.session.add(made)
    return made


def _locked_call(call: Call) -> Trail:
    """The call's trail, and its dossiers: no sheet is handed in and no scoring closed meanwhile."""
    history = trail.locked(call.trail_id)
    ids = select(Dossier.id).where(Dossier.call_id == call.id).order_by(Dossier.id)
    db.session.execute(ids.with_for_update(key_share=True))
    return history
