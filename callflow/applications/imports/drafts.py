"""Begins the drafts of a table, as the people in its rows would: their accounts, their groups, their
answers.
"""

from collections.abc import Iterator

from sqlalchemy.orm import joinedload

from callflow.applications import actions
from callflow.applications.imports.rows import Idea, Source, judged
from callflow.applications.models import Application
from callflow.calls.models import Call, Lot
from callflow.core import trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.trail import Trail
from callflow.dossiers.models import Standing
from callflow.people import queries as people
from callflow.people import signing
from callflow.people.actions.groups import Details, create_group
from callflow.people.models import Group
from callflow.people.states import Right, at_least

BATCH = 100


def begin(actor: Actor, source: Source, *, sha256: str) -> Iterator[Application]:
    """Begin a draft for every row, in the caller's unit of work, as the person of that row would.

    Accounts and groups that are not there yet are made. All rows were judged before: a problem here is a
    mistake. Yields each draft; memory stays flat. The call's history keeps who brought in how many, and
    from which file.
    """
    groups: dict[tuple[str, str], tuple[Actor, int]] = {}
    count = 0
    for found in judged(source):
        if found.idea is None:
            raise RuntimeError(f"line {found.problems[0].line} was not judged before")
        yield _begun(actor, source, found.idea, groups)
        count += 1
        if count % BATCH == 0:
            db.session.flush()  # so that the rows of this batch need not stay in memory
            db.session.expunge_all()
    history = db.session.get_one(Trail, source.call.trail_id, with_for_update=True, populate_existing=True)
    trail.record(history, actor, "ideas_imported", data={"count": count, "sha256": sha256})


def _begun(
    actor: Actor, source: Source, idea: Idea, groups: dict[tuple[str, str], tuple[Actor, int]]
) -> Application:
    key = (idea.details.contact_email, idea.details.name)
    if key not in groups:
        groups[key] = _group(actor, idea.details)
    member, group_id = groups[key]
    call = db.session.get_one(Call, source.call.id)
    lot = db.session.get_one(Lot, idea.lot_id, options=[joinedload(Lot.authority)])
    group = db.session.get_one(Group, group_id)
    draft = actions.start(
        member, call, lot, group=group, language=idea.language, municipality=idea.municipality
    )
    draft.call, draft.lot, draft.standing = call, lot, Standing(member.id)
    actions.save_answers(member, draft, idea.typed, language=idea.language)
    return draft


def _group(actor: Actor, details: Details) -> tuple[Actor, int]:
    """The group of that name in which that person may write; made, with the account, where there is none."""
    user = people.by_email(details.contact_email)
    if user is None:
        name = details.contact_name or details.contact_email
        user = signing.make_account(details.contact_email, name=name, language=details.language, by=actor)
    member = people.actor(user.id)
    for group in people.groups_of(member):
        if group.name == details.name and at_least(member.right_in(group.id), Right.edit):
            return member, group.id
    group_id = create_group(member, details).id
    db.session.flush()  # the actor is read again with the new membership
    return people.actor(user.id), group_id
