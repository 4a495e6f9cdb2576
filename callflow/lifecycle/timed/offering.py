"""Means that came back go to the next on the reserve list: the clock prepares the offer, once, under the
locks that guard the envelope. The body still decides, and a second person releases.

Where two stand equal, or something else is in the way, nothing is prepared: the coordinators are told.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, null, select

from callflow.applications.models import Application
from callflow.calls.models import Call, Lot
from callflow.core import clock, formats, i18n
from callflow.core.actor import CLOCK
from callflow.core.i18n import gettext as _
from callflow.core.workflow import Blocked
from callflow.decisions import reserve
from callflow.decisions.reserve import Place, ReserveList, Returned
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.lifecycle import process
from callflow.lifecycle.timed.plan import LAPSES, Planned
from callflow.lifecycle.timed.telling import staff_of, tell
from callflow.lifecycle.values import ANSWERING, Offering

READY, UNDECIDED = "offer_ready", "offer_undecided"


@dataclass(frozen=True)
class Opening:
    """What came back in a lot after the places on its list were told, and who is first of those that it is
    enough for. Places that were told later were given by people who knew what was free.
    """

    listed: ReserveList
    back: Returned

    @property
    def offers(self) -> list[Place]:
        """More than one where they stand equal."""
        first = list(self.listed.offers)
        return first if all(place.told_at <= self.back.at for place in first) else []

    @property
    def kind(self) -> str:
        return READY if len(self.offers) == 1 else UNDECIDED

    @property
    def edition(self) -> str:
        """One for each time that means came back: what people take back is not prepared again."""
        return f"{self.back.decision_id}@{clock.local(self.back.at).date().isoformat()}"


def openings(call: Call, *, fresh: bool = False) -> list[Opening]:
    """Of all lots of a call: one statement where nothing came back, else four. ``fresh`` reads the whole
    list, under a lock.
    """
    back = reserve.returned(call.id)
    lists = reserve.lists_of(Lot.id.in_(back), fresh=fresh, offers=not fresh) if back else []
    found = [Opening(each, back[each.lot.id]) for each in lists]
    return [each for each in found if each.offers]


def moments(call: Call) -> list[Planned]:
    """Of both kinds: due since the means came back, so what came back first is offered first."""
    return [
        Planned(each.kind, each.edition, call.id, each.back.at, each.back.at + LAPSES, number=1)
        for each in openings(call)
    ]


def _the_one(call: Call, planned: Planned) -> Opening | None:
    """As things stand, under the locks where it is acted upon; None when it is settled, or more came back
    meanwhile.
    """
    mine = (each for each in openings(call, fresh=True) if each.edition == planned.edition)
    return next((each for each in mine if each.kind == planned.kind), None)


def next_in_line(call: Call, planned: Planned) -> Select[*tuple[Any, ...]]:
    """The dossier that gets the offer."""
    opening = _the_one(call, planned)
    chosen = [place.dossier_id for place in opening.offers] if opening else []
    return select(Dossier.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference).where(
        Dossier.id.in_(chosen)
    )


def lot_in_doubt(call: Call, planned: Planned) -> Select[*tuple[Any, ...]]:
    """What nobody but people can settle is about the list, not about one of those on it."""
    opening = _the_one(call, planned)
    return select(
        Lot.id.label("subject_id"), null().label("dossier_id"), literal(planned.edition).label("reference")
    ).where(Lot.id.in_([opening.listed.lot.id] if opening else []))


def prepare(call: Call, planned: Planned, row: Any) -> None:
    """The step that a coordinator could take, with its reason. What stands in its way is for people."""
    opening = _the_one(call, planned)
    if opening is None:
        raise LookupError(planned.edition)
    dossier = dossiers.for_clock(row.reference, kind=Application)
    try:
        process.take(dossier, "promote", actor=CLOCK, values=_offer(opening, dossier))
    except Blocked:
        _tell(call, opening, UNDECIDED)
    else:
        _tell(call, opening, READY, dossier)


def _offer(opening: Opening, dossier: Application) -> Offering:
    (place,) = opening.offers
    passed = opening.listed.passed_over(place)
    return Offering(
        place.cost, place.days, clock.today() + ANSWERING, "",
        _order(passed, opening.listed, dossier.lot.authority.language) if passed else "",
        from_rank=place.rank, freed_how=opening.back.how.value, left=opening.listed.left,
    )  # fmt: skip


def _order(passed: list[int], listed: ReserveList, language: str) -> str:
    """Why it goes before others, in the language in which the authority keeps its papers."""
    with i18n.speaking(language):
        ranks = ", ".join(str(rank) for rank in passed)
        if listed.left is None:
            return _("What is free is not enough for who stands before it (place %(ranks)s).", ranks=ranks)
        return _(
            "The %(left)s that is free is not enough for who stands before it (place %(ranks)s).",
            left=formats.euro(listed.left), ranks=ranks,
        )  # fmt: skip


def say_undecided(call: Call, planned: Planned, _row: Any) -> None:
    """Tell the coordinators that it is for them."""
    opening = _the_one(call, planned)
    if opening is None:
        raise LookupError(planned.edition)
    _tell(call, opening, UNDECIDED)


def _tell(call: Call, opening: Opening, kind: str, dossier: Dossier | None = None) -> None:
    lot = opening.listed.lot
    tell(
        staff_of(call, lot_id=lot.id, about=dossier), kind,
        f"/coordinator/calls/{call.reference}/decisions/{lot.key}",
        call=call, dossier=dossier, lot=lot.name, rank=opening.offers[0].rank,
        day=clock.today() + ANSWERING if dossier is not None else None,
    )  # fmt: skip
