"""From records to the frozen context of a letter: what every letter says, and the call's own words with
their names filled in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from callflow.calls import placeholders
from callflow.calls.models import Authority
from callflow.calls.states import Counting, Courtesy
from callflow.core import clock, formats, i18n, ids, mailing, twin
from callflow.core.db import db
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.states import Task
from callflow.jury import queries as jury
from callflow.letters import legal, queries, rules
from callflow.letters.context import Addressee, LetterContext, Office, Person, Privacy, Rules
from callflow.letters.states import LetterKind
from callflow.people.models import Group, Membership, User
from callflow.people.states import Right

Twin = Mapping[str, str]
LANGUAGES = ("nl", "fr")
REVOKING = frozenset({LetterKind.hearing, LetterKind.revoked})


@dataclass(frozen=True)
class Known:
    """What letters need beside the dossier itself, gathered for many dossiers in six statements."""

    numbers: Mapping[int, int] = field(default_factory=dict)
    coaches: Mapping[int, str] = field(default_factory=dict)
    handlers: Mapping[int, User] = field(default_factory=dict)
    members: Mapping[int, tuple[User, ...]] = field(default_factory=dict)
    counting: Mapping[int, Counting] = field(default_factory=dict)
    agreed: Mapping[int, str] = field(default_factory=dict)
    granted: Mapping[int, tuple[Decimal | None, bool]] = field(default_factory=dict)
    """By lot, of letters about decisions alone, as decisions.queries.granted_in() says."""


def gather(dossiers: Iterable[Dossier]) -> Known:
    """Numbers of earlier letters, coaches, case handlers, members who may submit, and how the calls count."""
    chosen = list(dossiers)
    mine = [dossier.id for dossier in chosen]
    coaches = db.session.execute(
        select(Assignment.dossier_id, User.name)
        .join(User, User.id == Assignment.person_id)
        .where(Assignment.dossier_id.in_(mine), Assignment.task == Task.coach)
        .order_by(Assignment.id.desc())
    )
    handler_ids = {dossier.handler_id for dossier in chosen if dossier.handler_id is not None}
    handlers = db.session.scalars(select(User).where(User.id.in_(handler_ids))) if handler_ids else ()
    members: dict[int, list[User]] = {}
    for group_id, user in db.session.execute(
        select(Membership.group_id, User)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.group_id.in_({dossier.group_id for dossier in chosen}),
            Membership.right == Right.submit,
            User.active,
        )
        .order_by(Membership.id)
    ):
        members.setdefault(group_id, []).append(user)
    return Known(
        queries.numbers(mine),
        {row.dossier_id: row.name for row in coaches},
        {user.id: user for user in handlers},
        {group_id: tuple(users) for group_id, users in members.items()},
        {call: terms.counting for call, terms in jury.terms_of({each.call_id for each in chosen}).items()},
        jury.agreed_why(mine),
    )


def context(
    dossier: Dossier,
    kind: LetterKind,
    *,
    known: Known,
    money: bool = False,
    values: Mapping[str, Mapping[str, str]] | None = None,
    **own: Any,
) -> LetterContext:
    """The letter of this kind to this dossier's group, whose call, lot, authority, group and trail are
    loaded.

    ``values`` are, by language, what the names in braces of the call's own words stand for besides those of
    every letter; ``own`` is what only this kind says.
    """
    authority, group, code = dossier.lot.authority, group_of(dossier), ids.hexadecimal(12)
    return LetterContext(
        kind=kind,
        language=authority.language,
        courtesy=courtesy_language(authority, group),
        reference=dossier.reference,
        number=known.numbers.get(dossier.id, 0) + 1,
        code=code,
        check_url=mailing.address(f"/c/{code}"),
        written_on=clock.today(),
        title=dossier.title,
        title_language=dossier.language,
        handler=_handler(dossier, authority, known),
        addressee=_addressee(group, authority),
        lot=dossier.lot.name,
        motivation=own.pop("motivation", ""),
        history=(dossier.trail.sequence, dossier.trail.head),
        **_of_authority(authority, money=money, revoking=kind in REVOKING),
        **_of_call(dossier, kind, values),
        **own,
    )


def _of_authority(authority: Authority, *, money: bool, revoking: bool) -> dict[str, Any]:
    """What every letter of this authority says: itself, who signs, and what its law adds."""
    block, abroad = legal.appeal(authority.law, authority.appeal, authority.name)
    return {
        "law": authority.law,
        "office": _office(authority),
        "signatory": _person(authority.signatory),
        "privacy": _privacy(authority),
        "court": authority.court,
        "appeal": block,
        "abroad": abroad,
        "basis": legal.basis(authority.law, authority.legal_basis, money=money, revoking=revoking),
    }


def _of_call(
    dossier: Dossier, kind: LetterKind, values: Mapping[str, Mapping[str, str]] | None
) -> dict[str, Any]:
    """What every letter of this kind says in this call: rules, funding, and the call's own words."""
    call = dossier.call
    words = call.texts.get("letters", {}).get(kind.value, {})
    return {
        "call": call.title,
        "rules": Rules(call.rules["title"], call.rules["version"], date.fromisoformat(call.rules["date"])),
        "funding": legal.funding(call.texts.get("funding")),
        "opening": filled(words.get("opening"), dossier, values),
        "closing": filled(words.get("closing"), dossier, values),
    }


def group_of(dossier: Dossier) -> Group:
    """The group that the dossier is of; every application has one."""
    if dossier.group is None:
        raise ValueError(f"{dossier.reference} has no group to write to")
    return dossier.group


def courtesy_language(authority: Authority, group: Group) -> str | None:
    """The language of a translation without legal force, None where there is to be none.

    On request: the group stated another language of its own. By residence: it lies in the other country.
    """
    other = "fr" if authority.language == "nl" else "nl"
    wanted = {
        Courtesy.never: False,
        Courtesy.on_request: group.language == other,
        Courtesy.by_residence: group.country != authority.country,
    }
    return other if wanted[authority.courtesy] else None


def filled(words: Twin | None, dossier: Dossier, values: Mapping[str, Mapping[str, str]] | None) -> Twin:
    """The call's own words with their names filled in, in each language. Raises KeyError for a name unknown
    here.
    """
    found = {}
    for language in LANGUAGES:
        if text := (words or {}).get(language):
            names = {**_everywhere(dossier, language), **(values or {}).get(language, {})}
            found[language] = placeholders.filled(text, names)
    return found


def committed(dossier: Dossier, values: Mapping[str, Mapping[str, str]]) -> list[Twin]:
    """What a selected project of this lot commits to, in the words of the call."""
    words = dossier.call.texts.get("letters", {}).get("selected", {})
    return [
        filled(each["text"], dossier, values)
        for each in words.get("obligations", [])
        if not each.get("lots") or dossier.lot.key in each["lots"]
    ]


def in_each_language(**values: Any) -> dict[str, dict[str, str]]:
    """Values for names in braces, written as each language writes them; a function is called there, text
    stays.
    """
    written: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with i18n.speaking(language):
            written[language] = {
                name: value() if callable(value) else value if isinstance(value, str) else formats.day(value)
                for name, value in values.items()
            }
    return written


def _everywhere(dossier: Dossier, language: str) -> dict[str, str]:
    return {
        "group": group_of(dossier).name,
        "title": dossier.title,
        "call": twin.said(dossier.call.title, language),
        "lot": twin.said(dossier.lot.name, language),
        "authority": twin.said(dossier.lot.authority.name, language),
        "reference": dossier.reference,
    }


def _office(authority: Authority) -> Office:
    return Office(
        authority.name,
        authority.street,
        authority.postcode,
        authority.town,
        authority.country,
        authority.phone,
        authority.email,
    )


def _person(record: Mapping[str, Any]) -> Person:
    return Person(
        rules.full_name(record),
        record.get("capacity", {}),
        record.get("service", {}),
        record.get("phone", ""),
        record.get("email", ""),
    )


def _handler(dossier: Dossier, authority: Authority, known: Known) -> Person:
    """Who handles this dossier (CRPA L111-2 gives the right to know it), else whom the authority names for
    all.
    """
    person = known.handlers.get(dossier.handler_id or 0)
    general = _person(authority.handler)
    if person is None:
        return general
    return Person(person.name, general.capacity, general.service, person.phone or general.phone, person.email)


def _addressee(group: Group, authority: Authority) -> Addressee:
    country = group.country if group.country != authority.country else ""
    return Addressee(group.name, group.contact_name, group.street, group.postcode, group.town, country)


def _privacy(authority: Authority) -> Privacy:
    said = authority.privacy
    return Privacy(said.get("dpo", ""), said.get("authority", {}), said.get("website", ""))
