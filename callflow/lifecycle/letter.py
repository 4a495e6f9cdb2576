"""Writes each letter from the records: freezes what it says, and queues the mails that go with it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from callflow.calls.models import Authority
from callflow.calls.procedure import Procedure
from callflow.calls.states import Counting
from callflow.core import clock, formats
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.i18n import ngettext
from callflow.core.workflow import Reason
from callflow.decisions import queries as decisions
from callflow.decisions.models import Decision, Hearing
from callflow.decisions.rules import ON_SCORES
from callflow.decisions.states import Fulfilment
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import GRANTING, State
from callflow.letters import actions, legal, rules
from callflow.letters.context import (
    Approved,
    Demanded,
    Heard,
    LetterContext,
    Line,
    Offered,
    Postponed,
    Refusal,
    Reserved,
    Resolved,
    Revocation,
    Scores,
    Withdrawn,
)
from callflow.letters.models import Letter
from callflow.letters.states import LetterKind
from callflow.lifecycle import notice
from callflow.lifecycle.frame import Known, committed, context, filled, gather, in_each_language
from callflow.reports.models import Report
from callflow.reports.states import ReportKind

UNWRITTEN = "0" * 12
"""The code of a letter that is only looked at."""


def confirm_withdrawal(dossier: Dossier, actor: Actor) -> None:
    """Write the confirmation of a withdrawal and its mail; it says what is given up with it."""
    decision = decisions.released(dossier.id)
    outcome, amount = (str(decision.outcome), decision.amount) if decision else ("", None)
    said = Withdrawn(actor.name, clock.now(), outcome, amount)
    _write(dossier, LetterKind.withdrawal_confirmed, withdrawn=said)


def confirm_conditions(dossier: Dossier) -> None:
    """Write that every condition is met, and its mail."""
    _write(dossier, LetterKind.conditions_met, conditions=_conditions(_standing(dossier)))


def lapse(dossier: Dossier) -> None:
    """Write that a place on the reserve list, or an offer that nobody answered, has run out."""
    decision = _standing(dossier)
    until = decision.answer_by or decision.valid_until
    _write(dossier, LetterKind.lapsed, reserved=Reserved(decision.rank or 0, until or clock.today()))


def invite_to_comment(dossier: Dossier, hearing: Hearing) -> None:
    """Write the invitation to comment before a decision is revoked, and its mail."""
    said = Heard(hearing.article, hearing.facts, hearing.comment_until)
    decision = _standing(dossier)
    money = bool(decision.amount)
    _write(dossier, LetterKind.hearing, money=money, heard=said, resolved=resolved(decision))


def _standing(dossier: Dossier) -> Decision:
    """The decision that the group was told of and that holds."""
    decision = decisions.released(dossier.id)
    if decision is None:
        raise ValueError(f"{dossier.reference} has no decision that holds")
    return decision


def _write(dossier: Dossier, kind: LetterKind, *, money: bool = False, **own: Any) -> None:
    """A letter in which the call has no word of its own, and its mail."""
    known = gather([dossier])
    send(dossier, context(dossier, kind, known=known, money=money, values={}, **own), known, {})


def approve_report(dossier: Dossier) -> None:
    """Write the approval of a report and its mail, after the approval was noted."""
    known = gather([dossier])
    mine = (Report.dossier_id == dossier.id, Report.kind == ReportKind.final)
    report = db.session.scalars(select(Report).where(*mine)).one()
    decision = decisions.released(dossier.id)
    granted = decision.amount if decision else None
    approved = Approved(report.approved_costs, granted, report.remarks)
    values = in_each_language(costs=lambda: formats.euro(report.approved_costs or Decimal(0)))
    written = context(
        dossier,
        LetterKind.report_approved,
        known=known,
        money=bool(granted),
        values=values,
        approved=approved,
    )
    send(dossier, written, known, values)


def gather_for(told: Mapping[Dossier, Decision]) -> Known:
    """What the letters of these decisions need; one statement more where some rest on the means of a lot."""
    lots = {each.lot_id for each in told.values() if each.outcome in (State.reserve, State.not_selected)}
    granted = decisions.granted_in(lots) if lots else {}
    return replace(gather(told), granted=granted)


def release_decision(dossier: Dossier, decision: Decision, *, known: Known | None = None) -> Letter:
    """Write the decision letter and its mails; obstacles() must have found none.

    ``known`` comes from gather_for() for a whole batch; without it six or seven statements are sent for this
    one.
    """
    known = known or gather_for({dossier: decision})
    written, values = _of_decision(dossier, decision, known)
    return send(dossier, written, known, values)


def preview(dossier: Dossier, decision: Decision) -> LetterContext:
    """The decision letter as its release would write it now, under a code that checks nothing.

    obstacles() must have found none.
    """
    written, _ = _of_decision(dossier, decision, gather_for({dossier: decision}))
    return replace(written, code=UNWRITTEN, check_url=written.check_url.replace(written.code, UNWRITTEN))


def _of_decision(
    dossier: Dossier, decision: Decision, known: Known
) -> tuple[LetterContext, dict[str, dict[str, str]]]:
    values = decided(dossier, decision)
    own: dict[str, Any] = {"resolved": resolved(decision), **_own(dossier, decision, known, values)}
    kind = LetterKind(decision.outcome.value)
    money = bool(decision.amount) or bool(own.get("revocation") and own["revocation"].amount)
    return context(dossier, kind, known=known, money=money, values=values, **own), values


def obstacles(dossier: Dossier, decision: Decision) -> list[Reason]:
    """What keeps the letter of this decision from being written: reasons, resolution, what the authority
    owes.
    """
    found = unsaid(dossier.lot.authority, decision)
    if decision.resolution is None:
        found.append(Reason("resolution_missing"))
    return found


def unsaid(authority: Authority, decision: Any) -> list[Reason]:
    """The same, but for the resolution; of a decision only its own columns are looked at."""
    found = rules.gaps(authority)
    if decision.outcome not in ON_SCORES:
        if not decision.motivation.strip():
            found.append(Reason(_UNSAID.get(decision.outcome, "facts_missing")))
    elif missing := _unreasoned(decision):
        found.append(Reason("reasons_missing", {"count": missing}))
    return found


_UNSAID = dict.fromkeys((State.postponed, State.not_invited), "motivation_missing")


def _unreasoned(decision: Any) -> int:
    """Criteria that were scored without a word; one where there are no criteria at all."""
    if not decision.reasons:
        return 1
    return sum(1 for each in decision.reasons if each["mean"] is not None and not each["text"].strip())


def send(
    dossier: Dossier,
    written: LetterContext,
    known: Known,
    values: Mapping[str, Mapping[str, str]] | None,
    *,
    hold: bool = False,
) -> Letter:
    """Freeze the letter and queue its mails."""
    letter = actions.write(dossier, written)
    notice.queue(dossier, written, known, values, hold=hold)
    return letter


def resolved(decision: Decision) -> Resolved:
    """Body, day and number of the resolution. Raises ValueError without one."""
    resolution = decision.resolution
    if resolution is None:
        raise ValueError("a decision without resolution has no letter")
    return Resolved(resolution.body, resolution.decided_on, resolution.number)


def decided(dossier: Dossier, decision: Decision) -> dict[str, dict[str, str]]:
    """What the call's own words may name of a decision."""
    report_due = day(dossier.call.calendar.get("report_due"))
    return in_each_language(
        decided=resolved(decision).on,
        article=decision.article,
        amount=lambda: formats.euro(decision.amount or Decimal(0)),
        days=lambda: ngettext("%(num)d day", "%(num)d days", decision.coaching_days or 0),
        report_due=report_due or "",
        rank=str(decision.rank or ""),
        valid_until=decision.valid_until or "",
        threshold=lambda: formats.percent(dossier.call.threshold_percent),
    )


def _own(
    dossier: Dossier, decision: Decision, known: Known, values: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """What only a letter of this outcome says."""
    if decision.outcome is State.inadmissible:
        closes = dossier.call.closes_at
        reenter_until = closes if closes > clock.now() else None
        condition = _condition(dossier.call.rules, decision.article)
        return {"refusal": Refusal(decision.article, condition, decision.motivation, reenter_until)}
    if decision.outcome is State.not_invited:
        return {"motivation": decision.motivation}
    if decision.outcome is State.postponed:
        return {"postponed": Postponed(decision.postponed_until), "motivation": decision.motivation}
    if decision.outcome is State.revoked:
        return {"revocation": _revocation(decision)}
    own: dict[str, Any] = {"scores": _scores(dossier, decision, known), "motivation": decision.motivation}
    if decision.outcome in GRANTING:
        own["offered"] = _offered(dossier, decision, known, values)
    if decision.outcome is State.selected_with_conditions:
        own["conditions"] = _conditions(decision)
        own["otherwise"] = legal.otherwise(dossier.lot.authority.law)
    if decision.outcome is State.reserve and decision.rank is not None and decision.valid_until is not None:
        own["reserved"] = Reserved(decision.rank, decision.valid_until)
    return own


def _conditions(decision: Decision) -> tuple[Demanded, ...]:
    return tuple(
        Demanded(
            each.text, each.proof, each.due_on,
            _on(each.judged_at) if each.fulfilment is Fulfilment.met else None,
        )
        for each in decision.conditions
    )  # fmt: skip


def _on(moment: datetime | None) -> date | None:
    return None if moment is None else clock.local(moment).date()


def _revocation(decision: Decision) -> Revocation:
    """What is taken back, and what the group said of it. Raises ValueError without a hearing."""
    hearing = decisions.hearing_of(decision.dossier_id)
    granted = next(
        (each for each in decisions.told_to(decision.dossier_id) if each.outcome in GRANTING), None
    )
    if hearing is None or granted is None or granted.resolution is None:
        raise ValueError("nothing is revoked that was not promised, and nobody unheard")
    return Revocation(
        decision.article, decision.motivation, granted.resolution.decided_on, granted.resolution.number,
        clock.local(hearing.invited_at).date(), hearing.comment_until, hearing.remarks,
        _on(hearing.remarks_at),
        granted.amount, decision.repayment,
    )  # fmt: skip


def _condition(rules_of_call: Mapping[str, Any], article: str) -> Mapping[str, str]:
    """The headings of the articles that are named, found by their numbers; nothing where none is known."""
    named = set(re.findall(r"[0-9A-Za-z.]*[0-9A-Za-z]", article))
    found = [each["title"] for each in rules_of_call.get("articles", []) if each["number"] in named]
    spoken = dict.fromkeys(language for title in found for language in title)
    return {code: ", ".join(title[code] for title in found if code in title) for code in spoken}


def _scores(dossier: Dossier, decision: Decision, known: Known) -> Scores:
    lines = tuple(
        Line(each["title"], each["weight"], _exact(each["mean"]), _exact(each["minimum"]), each["text"])
        for each in decision.reasons
    )
    counting = known.counting.get(dossier.call_id, Counting.mean)
    return Scores(
        lines, dossier.total_percent, dossier.call.threshold_percent, dossier.call.scale_max, counting,
        known.agreed.get(dossier.id, ""), _means(dossier, decision, known),
    )  # fmt: skip


def _means(dossier: Dossier, decision: Decision, known: Known) -> str:
    """Where the means of the lot went that this project gets none of; as Scores says."""
    if decision.outcome in GRANTING or dossier.total_percent is None:
        return ""
    lowest, numbers = known.granted.get(dossier.lot_id, (None, False))
    if lowest is None:
        return "kept"
    if lowest >= dossier.total_percent:
        return ""
    return "numbers" if numbers else "fit"


def _exact(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


def _offered(
    dossier: Dossier, decision: Decision, known: Known, values: Mapping[str, Mapping[str, str]]
) -> Offered:
    call, lot = dossier.call, dossier.lot
    words = call.texts.get("letters", {}).get("selected", {})
    own = committed(dossier, values)
    procedure, window = Procedure.of(call.procedure), call.calendar.get("guidance") or {}
    return Offered(
        decision.amount, decision.coaching_days, known.coaches.get(dossier.id),
        day(window.get("from")), day(window.get("until")),
        day(call.calendar.get("report_due")) if procedure.report else None,
        (*own, *legal.duties(lot.authority.law, decision.amount, own)),
        filled(words.get("payment"), dossier, values), decision.answer_by,
    )  # fmt: skip


def day(written: str | None) -> date | None:
    """The day of what a calendar says, of a moment as well."""
    return None if written is None else datetime.fromisoformat(written).date()
