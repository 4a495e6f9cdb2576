"""The sentences about an assignment of jurors: why a pairing came about, and why there is none."""

from collections.abc import Callable

from callflow.core.formats import semicolon
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.jury.reasons import Ahead, Before, Pairing
from callflow.jury.shortage import Lack, Shortage
from callflow.jury.wishes import Earlier

AHEAD = 3
"""Jurors with a higher affinity that a reason names."""
Named = Callable[[str], str]

WHY = {
    Before.full: _l("%(juror)s (already has the most)"),
    Before.apart: _l("%(juror)s (kept apart from somebody on it)"),
    Before.elsewhere: _l("%(juror)s (gains more elsewhere)"),
}
STAGES = {
    "": _l("It waits for its turn."),
    "conflicts": _l("Conflicts of interest are looked up (step 1 of 5)."),
    "total": _l("The greatest total is looked for (step 2 of 5)."),
    "smallest": _l("The application that fares worst is helped (step 3 of 5)."),
    "draw": _l("What is still equal is drawn by lot (step 4 of 5)."),
    "ends": _l("Both ends are compared (step 5 of 5)."),
    "diagnosis": _l("No assignment meets all of this: who goes without is looked up."),
}
FAILURES = {
    "search_given_up": _l(
        "The search was given up before a proposal was proved best. Widen the loads or ask for less, and try "
        "again."
    ),
    "asker_lost_role": _l("Who asked for it no longer works on this call. Ask again."),
    "": _l("Several workers ended while working this out. Ask again; if that happens again, call for help."),
}
EARLIER = {
    Earlier.keep: _l("stays on it"),
    Earlier.prefer: _l("stays where that costs nothing else"),
    Earlier.drop: _l("may be taken off it, as long as nothing was begun"),
}
KINDS = {
    "declared": _l("said so: %(reason)s"),
    "reported": _l("reported: %(reason)s"),
    "municipality": _l("lives in the same municipality"),
    "body": _l("works for or sits in “%(reason)s”, which takes part"),
    "household": _l("household or family: %(reason)s is behind it"),
    "coached": _l("coached it"),
    "member": _l("is in the group"),
    "author": _l("wrote in the application"),
}
DEMANDS = {
    "language": _l("reads its language"),
    "side_be": _l("comes from the Belgian side"),
    "side_fr": _l("comes from the French side"),
}
LACKS = {
    Lack.all_places: _l(
        "%(need)d places have to be filled, and with this greatest load the jurors can take %(have)d."
    ),
    Lack.all_loads: _l("The smallest loads come to %(need)d together, and there are only %(have)d places."),
    Lack.kept_conflict: _l("%(name)s: %(other)s was on it and has a conflict, or is no longer a juror."),
    Lack.kept_apart: _l("%(name)s: %(other)s were on it together and are to be kept apart."),
    Lack.kept_many: _l("%(name)s: %(have)d jurors are kept on it, and it gets %(need)d."),
    Lack.kept_load: _l("%(name)s: keeps %(have)d dossiers, more than the greatest load of %(need)d."),
    Lack.readers: _l(
        "%(name)s: only %(have)d jurors may be put on it, and %(need)d are needed "
        "(conflicts of interest: %(conflicts)d)."
    ),
    Lack.reads: _l(
        "%(name)s: may be put on only %(have)d dossiers, and the smallest load is %(need)d "
        "(conflicts of interest: %(conflicts)d)."
    ),
    Lack.dossier_short: _l("%(name)s: gets %(have)d of %(need)d jurors at best."),
    Lack.juror_short: _l("%(name)s: gets %(have)d of at least %(need)d dossiers at best."),
}

DEMAND_LACKS = {
    "language": _l("%(name)s: needs %(need)d jurors who read its language, and gets %(have)d at best."),
    "side_be": _l("%(name)s: needs %(need)d jurors of the Belgian side, and gets %(have)d at best."),
    "side_fr": _l("%(name)s: needs %(need)d jurors of the French side, and gets %(have)d at best."),
}


def reason(pairing: Pairing, *, named: Named = str) -> str:
    """One sentence on why this juror is on this dossier; ``named`` says how a juror is called."""
    parts = [_("was on it before")] if pairing.kept else []
    parts += [str(DEMANDS.get(code, code)) for code in pairing.demands]
    parts.append(_rank(pairing))
    if pairing.ahead:
        parts.append(_("ahead: %(jurors)s", jurors=_ahead(pairing.ahead, named)))
    return semicolon().join(parts)


def _rank(pairing: Pairing) -> str:
    if pairing.rank == 1:
        return ngettext(
            "the only juror who may read it", "highest affinity of %(num)d who may read it", pairing.of
        )
    return _("affinity number %(rank)d of %(of)d who may read it", rank=pairing.rank, of=pairing.of)


def _ahead(ahead: tuple[Ahead, ...], named: Named) -> str:
    said = [str(WHY[each.why]) % {"juror": named(each.juror)} for each in ahead[:AHEAD]]
    if len(ahead) > AHEAD:
        said.append(ngettext("%(num)d more", "%(num)d more", len(ahead) - AHEAD))
    return ", ".join(said)


def lacking(shortage: Shortage, *, named: Named = str) -> str:
    """One sentence on what stands in the way."""
    other = ", ".join(named(each) for each in shortage.other.split(", "))
    sentence = DEMAND_LACKS[shortage.demand] if shortage.demand else LACKS[shortage.lack]
    return str(sentence) % {
        "name": named(shortage.name), "need": shortage.need, "have": shortage.have,
        "conflicts": shortage.conflicts, "other": other,
    }  # fmt: skip


def conflict_words(kind: str, reason: str) -> str:
    """Why somebody cannot judge a dossier, in words; what is no kind are words already."""
    return str(KINDS[kind]) % {"reason": reason} if kind in KINDS else kind
