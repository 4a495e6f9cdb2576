"""Agreements and reports of supported projects, as their people would make them; called in a unit of work."""

from datetime import date, timedelta
from random import Random

from callflow.agreements import actions, rules
from callflow.agreements.queries import letter_of, payee_of
from callflow.agreements.states import Relation
from callflow.applications.models import Application
from callflow.calls.procedure import Procedure
from callflow.cli.playing import acts, cast, lines
from callflow.cli.playing.acts import Entry
from callflow.cli.playing.answering import filled
from callflow.cli.playing.days import Days
from callflow.core import clock, mailing
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.decisions import queries as decisions
from callflow.lifecycle import agreeing, amending, process
from callflow.people import queries as people
from callflow.people.actions.invitations import accept_invitation, invite
from callflow.people.states import Right
from callflow.reports import actions as reports
from callflow.reports.queries import report_of
from callflow.reports.rules import STEPS, form_of
from callflow.reports.states import ReportKind

READING = timedelta(days=21)


def offer(entry: Entry, coordinator: Actor, *, due_on: date | None = None) -> None:
    """The group says who is paid where it must; the authority writes the agreement and offers it."""
    dossier = acts.loaded(entry, entry.group)
    decision = decisions.released(dossier.id)
    if decision and rules.needs_payee(dossier, decision.amount) and payee_of(dossier) is None:
        _name_payee(entry, dossier)
    dossier = acts.loaded(entry, coordinator)
    made = actions.prepare(
        coordinator, dossier, due_on=due_on or clock.today() + READING, terms="",
        signatures=Procedure.of(dossier.call.procedure).signatures,
    )  # fmt: skip
    db.session.flush()  # the text is put together from what is stored
    agreeing.take(coordinator, dossier, "offer", version=made.version)


def _name_payee(entry: Entry, dossier: Application) -> None:
    country = dossier.group.country if dossier.group else "BE"
    name = lines.word("payee", entry.story.language)
    number = iban(country, entry.number)
    actions.name_payee(entry.group, dossier, name=name, relation=Relation.association, iban=number)


def iban(country: str, number: int) -> str:
    """An account of no bank, with check digits that are right."""
    if country == "FR":
        own = f"{0:010d}{number:011d}"
        key = 97 - (15 * int(own[10:]) * 3 % 97) % 97
        bban = f"{own}{key:02d}"
    else:
        own = f"{9_990_000_000 + number:010d}"
        bban = f"{own}{int(own) % 97 or 97:02d}"
    check = 98 - int("".join(str(int(each, 36)) for each in f"{bban}{country}00")) % 97
    return f"{country}{check:02d}{bban}"


def accept(entry: Entry) -> None:
    """As many members as are asked accept the text that they read."""
    dossier = acts.loaded(entry, entry.group)
    agreement = agreeing.standing(dossier)
    letter = letter_of(agreement)
    digest = letter.context_sha256 if letter else ""
    for number in range(1, agreement.signatures):
        agreeing.accept(_companion(entry, dossier, number), dossier, sha256=digest)
    agreeing.accept(entry.group, dossier, sha256=digest)


def ask_otherwise(entry: Entry) -> None:
    """After the agreement the group asks that its money goes to another account."""
    dossier = acts.loaded(entry, entry.group)
    version, language = agreeing.standing(dossier).version, entry.story.language
    country = dossier.group.country if dossier.group else "BE"
    amending.ask(
        entry.group, dossier, version=version, name=lines.word("payee", language),
        relation=Relation.association, iban=iban(country, entry.number + 500),
        why=lines.word("payee_why", language),
    )  # fmt: skip


def _companion(entry: Entry, dossier: Application, number: int) -> Actor:
    """Another member who may submit, invited for it."""
    language, group_id = entry.story.language, dossier.group_id or 0
    email = f"companion.{number}.{entry.reference.lower()}@dorpsgroep.example"
    guest = people.actor(cast.account(lines.word("companion", language), email, language).id)
    invitation = invite(
        entry.group, people.group_for_change(group_id), email=email, right=Right.submit, language=language,
        link_to=lambda secret: mailing.address(f"/groups/invitations/{secret}"),
    )  # fmt: skip
    db.session.flush()  # the invitation is looked up
    accept_invitation(guest, people.group_for_change(group_id), invitation)
    db.session.flush()  # the guest may act for the group
    return people.actor(guest.id or 0)


def begin_report(entry: Entry, days: Days, dice: Random, kind: ReportKind = ReportKind.final) -> Application:
    """The group tells what came of it, and has not sent it yet."""
    dossier = acts.loaded(entry, entry.group)
    form = [dict(section) for section in form_of(dossier.call, kind)]
    typed = filled(form, entry.story, places=[], day=days.guidance.date(), dice=dice)
    reports.save_report(entry.group, dossier, typed, kind=kind, language=entry.story.language)
    return dossier


def report(entry: Entry, days: Days, dice: Random, kind: ReportKind = ReportKind.final) -> None:
    """The group tells what came of it, and sends that in."""
    dossier = begin_report(entry, days, dice, kind)
    saved = report_of(dossier, kind)
    reports.send(entry.group, dossier, version=saved.version if saved else 0, kind=kind)
    process.take(dossier, STEPS[kind], actor=entry.group)
