"""Deciding and what follows: the rule on each lot's ranking, the resolution of its body, release, reports."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from callflow.calls.models import Call, Lot
from callflow.calls.states import Coaching
from callflow.cli.playing import acts, agreeing, lines
from callflow.cli.playing.acts import Entry
from callflow.cli.playing.play import Play, for_each, guiding
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.twin import said
from callflow.decisions import queries as decisions
from callflow.decisions.selection import Outcome, Row, Rule, propose
from callflow.decisions.states import DecisionState
from callflow.dossiers.models import Dossier
from callflow.jury import queries as jury
from callflow.jury.totals import Total, rounded
from callflow.lifecycle import decision as deciding
from callflow.lifecycle import values
from callflow.reports.states import ReportKind

RESERVE_LASTS = timedelta(days=365)
NONE = Decimal(-1)
Standing = tuple[Decimal, ...]


@dataclass(frozen=True)
class Ranked:
    """A dossier in the ranking of its lot: what it is ranked by, and whether it may be selected at all."""

    entry: Entry
    standing: Standing
    eligible: bool


@dataclass
class Sorted:
    """What the rule makes of a lot. ``undecided``: equal standings that no published rule tells apart."""

    selected: list[Ranked] = field(default_factory=list)
    reserve: list[Ranked] = field(default_factory=list)
    declined: list[Ranked] = field(default_factory=list)
    undecided: list[Ranked] = field(default_factory=list)


def decided(play: Play, rule: Rule) -> None:
    """Each lot by itself: proposed by the rule, decided by its body, released by its signatory."""
    for lot_id in play.lots:
        with unit_of_work(), clock.fixed(play.days.preparing):
            call, lot = _lot(play, lot_id)
            found = proposed(play, call, lot, rule)
        _prepare(play, lot_id, found)
        _resolve(play, lot_id)
        _release(play, lot_id)
        for ranked in (*found.reserve, *found.declined, *found.undecided):
            ranked.entry.over = True
        play.undecided += len(found.undecided)


def _lot(play: Play, lot_id: int) -> tuple[Call, Lot]:
    call = play.call()
    return call, next(lot for lot in call.lots if lot.id == lot_id)


def proposed(play: Play, call: Call, lot: Lot, rule: Rule) -> Sorted:
    """The rule, on the ranking. Dossiers that stand equal are treated equally or not at all."""
    ranked = _ranking(play, call, lot)
    eligible = [each for each in ranked if each.eligible]
    order = {standing: place for place, standing in enumerate(sorted({each.standing for each in eligible}))}
    rows = [
        Row(each.entry.reference, _cost(each.entry, lot), Fraction(order[each.standing])) for each in eligible
    ]
    outcomes = {each.id: each.outcome for each in propose(rows, _budget(lot), rule)}
    found = Sorted(declined=[each for each in ranked if not each.eligible])
    for each in eligible:
        equals = {outcomes[other.entry.reference] for other in eligible if other.standing == each.standing}
        outcome = equals.pop() if len(equals) == 1 else Outcome.undecided
        {
            Outcome.selected: found.selected,
            Outcome.reserve: found.reserve if play.procedure.reserve else found.declined,
        }.get(outcome, found.undecided).append(each)
    return found


def _ranking(play: Play, call: Call, lot: Lot) -> list[Ranked]:
    """The scored dossiers of a lot, highest first: by total, then by the means that the call breaks ties
    with.
    """
    entries = {entry.reference: entry for entry in play.under_way if entry.story.lot_id == lot.id}
    scored = select(Dossier).where(Dossier.reference.in_(entries)).order_by(Dossier.id)
    ranked = []
    for dossier in db.session.scalars(scored.options(joinedload(Dossier.call))):
        total = jury.total_of(dossier)
        ranked.append(Ranked(entries[dossier.reference], _standing(total, call), _eligible(total, call)))
    return sorted(ranked, key=lambda each: each.standing, reverse=True)


def _standing(total: Total, call: Call) -> Standing:
    """As it is shown and stored: rounded, so that nobody sees two equal figures treated unequally."""
    means = [rounded(total.means[key], 2) if key in total.means else NONE for key in call.tie_breaks]
    return (NONE if total.percent is None else rounded(total.percent, 4), *means)


def _eligible(total: Total, call: Call) -> bool:
    return total.percent is not None and total.percent >= call.threshold_percent and not total.below


def _cost(entry: Entry, lot: Lot) -> Decimal:
    return entry.story.amount if lot.envelope is not None else Decimal(lot.coaching_days_each or 0)


def _budget(lot: Lot) -> Decimal:
    return lot.envelope if lot.envelope is not None else Decimal(lot.coaching_days or 0)


def _prepare(play: Play, lot_id: int, found: Sorted) -> None:
    """The coordinator takes the step on each dossier; what is undecided stays as it is."""
    _, lot = _lot(play, lot_id)
    money, days = lot.envelope is not None, _days_each(play, lot)
    until = (play.days.released + RESERVE_LASTS).date()
    places = {
        each.entry.reference: 1 + sum(other.standing > each.standing for other in found.reserve)
        for each in found.reserve
    }
    eligible = {each.entry.reference for each in found.declined if each.eligible}

    def select(entry: Entry) -> None:
        amount = entry.story.amount if money else None
        words = lines.word("selected", play.language(entry))
        acts.step(entry, "select", play.coordinator(entry), values.Selecting(amount, days, words), money=True)

    def reserve(entry: Entry) -> None:
        given = values.Reserving(places[entry.reference], until, lines.word("reserve", play.language(entry)))
        acts.step(entry, "reserve", play.coordinator(entry), given, money=True)

    def decline(entry: Entry) -> None:
        key = "declined_for_means" if entry.reference in eligible else "declined"
        given = values.Declining(lines.word(key, play.language(entry)))
        acts.step(entry, "decline", play.coordinator(entry), given)

    for some, act in ((found.selected, select), (found.reserve, reserve), (found.declined, decline)):
        for_each(play, [ranked.entry for ranked in some], play.days.preparing, act)


def _days_each(play: Play, lot: Lot) -> int | None:
    """Coaching days go with the decision where coaching follows it."""
    return lot.coaching_days_each if play.procedure.coaching in (Coaching.after, Coaching.both) else None


def _resolve(play: Play, lot_id: int) -> None:
    """The body decides on everything that was prepared."""
    coordinator = play.company.coordinators[lot_id]
    with unit_of_work(), clock.fixed(play.days.decided):
        _, lot = _lot(play, lot_id)
        prepared = decisions.of_lot(lot_id, by=coordinator, states=[DecisionState.prepared], lock=True)
        if prepared:
            number = f"{play.days.decided.year}/{play.dice.randint(100, 999)}"
            body = said(lot.authority.body, lot.authority.language)
            deciding.decide(coordinator, lot, prepared, body=body, decided_on=clock.today(), number=number)


def _release(play: Play, lot_id: int) -> None:
    """The signatory tells everybody in one go."""
    signatory = play.company.signatories[lot_id]
    with unit_of_work(), clock.fixed(play.days.released):
        everything = decisions.of_lot(lot_id, by=signatory, lock=True)
        tied = deciding.tied_in(everything)
        ready = [each for each in everything if each.state is DecisionState.decided]
        deciding.release(signatory, ready, tied=tied)


def following(play: Play) -> None:
    """Coaching after selection where the call has it, then reports, until the last dossier is closed."""
    if play.procedure.agreement:
        for_each(
            play, play.under_way, play.days.offering,
            lambda entry: agreeing.offer(entry, play.coordinator(entry)),
        )  # fmt: skip
        for_each(play, play.under_way, play.days.agreeing, agreeing.accept)
    if play.procedure.coaching in (Coaching.after, Coaching.both):
        guiding(play, play.under_way, play.days.guidance, "finish_guidance")
    if play.procedure.interim:
        _halfway(play)
    if play.procedure.report:
        for_each(
            play, play.under_way, play.days.reporting,
            lambda entry: agreeing.report(entry, play.days, play.dice),
        )  # fmt: skip
    for_each(play, play.under_way, play.days.closing, lambda entry: _close(play, entry))


def _halfway(play: Play) -> None:
    """Everybody reports halfway, and every report is approved."""
    halfway = ReportKind.interim
    for_each(
        play, play.under_way, play.days.halfway,
        lambda entry: agreeing.report(entry, play.days, play.dice, halfway),
    )  # fmt: skip
    for_each(
        play,
        play.under_way,
        play.days.halfway,
        lambda entry: acts.approve_interim(entry, play.coordinator(entry)),
    )


def _close(play: Play, entry: Entry) -> None:
    acts.close(entry, play.coordinator(entry), entry.story.amount if play.procedure.report else None)
