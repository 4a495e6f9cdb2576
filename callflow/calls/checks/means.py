"""Authorities, lots and the procedure agree with each other."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from callflow.calls.checks.complaints import Complaints, money
from callflow.calls.reading import Path
from callflow.calls.states import Coaching, Courtesy, Law, Offer
from callflow.territory import listing

COUNTRY_OF = {Law.be_public: "BE", Law.fr_public: "FR"}
SAID_IN_APPEAL = {
    Law.be_public: ("nl", ("zestig dagen", "Raad van State")),
    Law.fr_public: ("fr", ("deux mois", "hors de France", "tribunal administratif")),
}
"""Words without which the appeal block of such an authority surely lacks something that the law asks."""


def check(c: Complaints) -> None:
    """Authorities by their law, lots by their offer and area, the procedure by what the lots offer."""
    for key, authority in c.value["authorities"].items():
        _authority(c, key, authority)
    used = {lot["authority"] for lot in c.value["lots"]}
    for key in c.value["authorities"].keys() - used:
        c.warn(("authorities", key), "authority_unused", given=key)
    c.once(((("lots", n, "key"), lot["key"]) for n, lot in enumerate(c.value["lots"])), "lot_twice")
    for number, lot in enumerate(c.value["lots"]):
        _lot(c, number, lot)
    _procedure(c)


def _authority(c: Complaints, key: str, authority: dict[str, Any]) -> None:
    here = ("authorities", key)
    law = Law(authority["law"])
    country = COUNTRY_OF.get(law, authority["country"])
    if authority["country"] != country:
        c.refuse((*here, "country"), "country_of_law", law=law.value, country=country)
    if law is Law.fr_public and authority["language"] != "fr":
        c.refuse((*here, "language"), "language_of_law", law=law.value, language="fr")
    appeal = authority["appeal"]
    if ("confirmed_by" in appeal) != ("confirmed_on" in appeal):
        c.refuse((*here, "appeal"), "confirmation_half")
    elif "confirmed_by" not in appeal:
        c.warn((*here, "appeal"), "appeal_unconfirmed", authority=key)
    if (
        law is Law.be_public
        and authority["language"] == "nl"
        and authority["courtesy"] == Courtesy.by_residence
    ):
        c.warn((*here, "courtesy"), "courtesy_by_residence", authority=key)
    _appeal(c, key, authority)


def _appeal(c: Complaints, key: str, authority: dict[str, Any]) -> None:
    language, words = SAID_IN_APPEAL.get(Law(authority["law"]), ("", ()))
    if language != authority["language"]:
        return
    said = " ".join(authority["appeal"]["text"][language].split()).casefold()
    for word in words:
        if word.casefold() not in said:
            c.warn(
                ("authorities", key, "appeal", "text", language), "appeal_lacks", words=word, authority=key
            )


def _lot(c: Complaints, number: int, lot: dict[str, Any]) -> None:
    here = ("lots", number)
    c.known((*here, "authority"), lot["authority"], c.value["authorities"], "authority_unknown")
    gives_money, coaches = lot["offer"] != Offer.coaching, lot["offer"] != Offer.grant
    if gives_money and "envelope" not in lot:
        c.refuse(here, "envelope_missing", lot=lot["key"])
    if coaches and "coaching_days" not in lot:
        c.refuse(here, "coaching_days_missing", lot=lot["key"])
    wrong = {"envelope", "minimum_amount", "maximum_amount"} if not gives_money else set()
    wrong |= {"coaching_days", "coaching_days_each"} if not coaches else set()
    for name in sorted(wrong & lot.keys()):
        c.refuse((*here, name), "not_offered_here", key=name, offer=lot["offer"])
    _amounts(c, number, lot)
    _area(c, number, lot)


def _amounts(c: Complaints, number: int, lot: dict[str, Any]) -> None:
    here = ("lots", number)
    envelope, least, most = (
        money(lot.get(name)) for name in ("envelope", "minimum_amount", "maximum_amount")
    )
    joint = _behind(c, lot["key"])
    if envelope is not None and envelope + joint <= 0:
        c.refuse((*here, "envelope"), "envelope_empty")
    if least is not None and most is not None and least > most:
        c.refuse((*here, "minimum_amount"), "minimum_above_maximum")
    if envelope is not None and most is not None and most > envelope + joint:
        c.refuse((*here, "maximum_amount"), "maximum_above_envelope")
    if lot.get("coaching_days_each", 0) > lot.get("coaching_days", 10**6):
        c.refuse((*here, "coaching_days_each"), "days_each_above_days")


def _behind(c: Complaints, key: str) -> Decimal:
    """The joint money behind a lot."""
    joint = c.value.get("selection", {}).get("joint", ())
    return sum((Decimal(each["amount"]) for each in joint if key in each["lots"]), Decimal(0))


def _area(c: Complaints, number: int, lot: dict[str, Any]) -> None:
    municipalities(c, ("lots", number, "area"), lot["area"])


def municipalities(c: Complaints, here: Path, names: Iterable[str]) -> None:
    """Each is found, and none stands there twice."""
    entries = []
    for place, written in enumerate(names):
        path = (*here, place)
        found = listing.found(written)
        if len(found) == 1:
            entries.append((path, found[0].name))
        elif found:
            c.refuse(
                path, "municipality_ambiguous", given=written, codes=", ".join(each.code for each in found)
            )
        elif close := listing.close_to(written):
            c.refuse(path, "municipality_misspelt", given=written, close=close)
        else:
            c.refuse(path, "municipality_unknown", given=written)
    c.once(entries, "municipality_twice")


def _procedure(c: Complaints) -> None:
    procedure, lots = c.value["procedure"], c.value["lots"]
    coaching, needed = Coaching(procedure["coaching"]), procedure.get("sessions_needed", 0)
    offered = [lot for lot in lots if lot["offer"] != Offer.grant]
    if coaching is Coaching.none and needed:
        c.refuse(("procedure", "sessions_needed"), "sessions_without_coaching")
    if coaching is Coaching.none and offered:
        c.refuse(("procedure", "coaching"), "coaching_offered_not_given", lot=offered[0]["key"])
    if coaching is not Coaching.none and not needed:
        c.warn(("procedure",), "coaching_without_sessions")
    for window, when in (("coaching", Coaching.before), ("guidance", Coaching.after)):
        wanted = coaching in (when, Coaching.both)
        if wanted and window not in c.value["calendar"]:
            c.refuse(("calendar",), "window_missing", key=window, when=coaching.value)
        if not wanted and window in c.value["calendar"]:
            c.refuse(("calendar", window), "window_unneeded", key=window, when=coaching.value)
    _reports(c)
    _preapplication(c)
    if procedure.get("signatures", 1) > 1 and not procedure.get("agreement", False):
        c.refuse(("procedure", "signatures"), "signatures_without_agreement")


def _reports(c: Complaints) -> None:
    """Each report has its form and its day, or neither; one halfway needs one at the end."""
    procedure = c.value["procedure"]
    report, interim = procedure.get("report", True), procedure.get("interim", False)
    if interim and not report:
        c.refuse(("procedure", "interim"), "interim_without_report")
    for wanted, name, form, day in (
        (report, "report", "report_form", "report_due"),
        (interim, "interim", "interim_form", "interim_due"),
    ):
        for path in (("calendar", day), (form,)):
            there = path[-1] in (c.value["calendar"] if len(path) > 1 else c.value)
            if wanted and not there:
                c.refuse(path, f"{name}_part_missing", key=".".join(path))
            if there and not wanted:
                c.refuse(path, f"{name}_part_unneeded", key=".".join(path))


def _preapplication(c: Complaints) -> None:
    """A call in two steps says when groups are invited and until when they then have, or neither."""
    wanted = c.value["procedure"].get("preapplication", False)
    for path in (("calendar", "invitations_on"), ("calendar", "full_until")):
        there = path[-1] in c.value["calendar"]
        if wanted and not there:
            c.refuse(path, "preapplication_part_missing", key=".".join(path))
        if there and not wanted:
            c.refuse(path, "preapplication_part_unneeded", key=".".join(path))
