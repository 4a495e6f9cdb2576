"""Who may see and touch a dossier: predicates for one record, and their twin in SQL, side by side."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from callflow.core.actor import Actor, Role
from callflow.core.mail_tally import MailTally
from callflow.core.permissions import ROLES, P, Permission, Predicate, register
from callflow.dossiers.models import (
    Assignment,
    Conflict,
    Dossier,
    Exclusion,
    Party,
    PileItem,
    Standing,
    Tally,
)
from callflow.dossiers.states import JUDGED, Kind, Part, State, Task
from callflow.people.states import Right, at_least

Column = ColumnElement[int] | InstrumentedAttribute[int]

EDITS = frozenset({P.application_edit, P.group_edit, P.report_edit, P.coaching_answer, P.message_write})
SUBMITS = frozenset(
    {
        P.application_submit, P.application_withdraw, P.report_submit, P.group_manage, P.agreement_payee,
        P.agreement_accept,
    }
)  # fmt: skip
PILOTS = frozenset(each for each in P if each.value.startswith("pilot:")) - {P.pilot_propose}
"""What reaches pilots, and nothing else; no other permission reaches one, so no list of applications does."""
CARRYING: dict[Permission, tuple[Right, frozenset[Part]]] = {
    P.pilot_view: (Right.view, frozenset(Part)),
    P.pilot_edit: (Right.edit, frozenset(Part)),
    P.pilot_log: (Right.edit, frozenset(Part)),
    P.pilot_submit: (Right.submit, frozenset(Part)),
    P.pilot_agree: (Right.submit, frozenset({Part.guide})),
    P.pilot_select: (Right.submit, frozenset({Part.guide})),
    P.pilot_stop: (Right.submit, frozenset({Part.guide})),
}
"""What somebody may do who belongs to a group that carries a pilot: with which right there, as which part."""
HIDDEN = (State.draft, State.withdrawn)
"""What a juror does not see, though it is assigned to them."""
ROLE_OF = {Task.coach: Role.coach, Task.juror: Role.juror, Task.handler: Role.coordinator}
"""The role that somebody must hold for the dossier's lot or call before a task can be theirs."""


def takes_jurors(dossier: Dossier) -> bool:
    """Until its scoring is closed."""
    return dossier.state in JUDGED


def standing(actor: Actor, dossier: Dossier) -> Standing:
    """What this person is to this dossier; queries.for_step and queries.seen set it in the same statement."""
    mine: Standing | None = getattr(dossier, "standing", None)
    if mine is None or mine.person_id != actor.id:
        raise RuntimeError(
            "load the dossier with dossiers.queries: its standing towards this person is unknown"
        )
    return mine


def is_pilot(record: Any) -> bool:
    """Whether this is a dossier that several groups carry, on a procedure of its own."""
    return getattr(record, "kind", None) is Kind.pilot


def is_member(actor: Actor, record: Any) -> bool:
    """A member of the group with at least the right to view."""
    return actor.right_in(getattr(record, "group_id", None)) is not None and not is_pilot(record)


def may_edit(actor: Actor, record: Any) -> bool:
    """A member who may change texts."""
    return at_least(actor.right_in(record.group_id), Right.edit) and not is_pilot(record)


def may_submit(actor: Actor, record: Any) -> bool:
    """A member who may submit and withdraw for the group."""
    return at_least(actor.right_in(record.group_id), Right.submit) and not is_pilot(record)


def carries(permission: Permission) -> Predicate:
    """Who belongs to a group that carries the pilot, and may do this for it."""
    right, parts = CARRYING[permission]

    def held(actor: Actor, record: Any) -> bool:
        return is_pilot(record) and any(
            party.part in parts and at_least(actor.right_in(party.group_id), right)
            for party in record.parties
        )

    return held


def _staff_of_pilot(actor: Actor, record: Any) -> bool:
    """Staff, from the first proposal on: it is made together with them. A call or lot has no standing."""
    if not isinstance(record, Dossier):
        return True
    return is_pilot(record) and not standing(actor, record).excluded


def coaches(actor: Actor, record: Any) -> bool:
    """The coach assigned to this dossier, without a conflict, once it was submitted: a draft is the
    group's own.
    """
    mine = standing(actor, record)
    return mine.task == Task.coach and not mine.excluded and submitted(actor, record) and not is_pilot(record)


def judges(actor: Actor, record: Any) -> bool:
    """A juror assigned to this dossier, without a conflict, once it was submitted."""
    mine = standing(actor, record)
    return (
        mine.task == Task.juror and not mine.excluded and record.state not in HIDDEN and not is_pilot(record)
    )


def submitted(_actor: Actor, record: Any) -> bool:
    """Staff see a dossier from its submission on: a draft is the group's own."""
    return bool(record.submitted_at is not None)


def _staff(actor: Actor, record: Any) -> bool:
    """Staff, unless a conflict excludes them from this dossier."""
    return submitted(actor, record) and not standing(actor, record).excluded and not is_pilot(record)


DOSSIER_WIDE = frozenset(
    {
        P.dossier_view,
        P.dossier_history,
        P.dossier_screen,
        P.dossier_assign,
        P.coaching_view,
        P.coaching_close,
        P.coaching_note,
        P.coaching_waive,
        P.jury_close,
        P.jury_panel,
        P.jury_meet,
        P.scores_view,
        P.dossier_decide,
        P.dossier_offer,
        P.dossier_lapse,
        P.decision_release,
        P.agreement_prepare,
        P.agreement_payee,
        P.report_approve,
        P.mail_manage,
        P.letter_view,
        P.filing_read,
        P.filing_write,
        P.message_office,
    }
)
"""What staff may do with a dossier unless a conflict of interest excludes them."""


def install() -> None:
    """Tell core.permissions which records each role's permissions reach; called once by app.py."""
    member = ROLES[Role.member] - PILOTS - {P.pilot_propose}
    for permission in CARRYING:
        register(Role.member, frozenset({permission}), carries(permission))
    register(Role.member, member - EDITS - SUBMITS, is_member)
    register(Role.member, EDITS, may_edit)
    register(Role.member, SUBMITS, may_submit)
    register(Role.coach, ROLES[Role.coach], coaches)
    register(Role.juror, ROLES[Role.juror] - {P.jury_pile}, judges)
    for role in (Role.coordinator, Role.signatory):
        register(role, ROLES[role] & DOSSIER_WIDE, _staff_or_wide)
    register(Role.chair, ROLES[Role.chair] & DOSSIER_WIDE, _leads)
    for role in (Role.coordinator, Role.signatory, Role.chair):
        register(role, ROLES[role] & PILOTS, _staff_of_pilot)


def _leads(actor: Actor, record: Any) -> bool:
    """A chair is of the jury: they leave the room for any conflict, also where they never had to score."""
    return _staff_or_wide(actor, record) and not (
        isinstance(record, Dossier) and standing(actor, record).apart
    )


def _staff_or_wide(actor: Actor, record: Any) -> bool:
    """Staff permissions also guard calls and lots, which have no standing."""
    return _staff(actor, record) if isinstance(record, Dossier) else True


def _assigned(actor: Actor, task: Task) -> ColumnElement[bool]:
    return exists(
        select(Assignment.id)
        .where(Assignment.dossier_id == Dossier.id, Assignment.person_id == actor.id, Assignment.task == task)
        .correlate(Dossier)
    )


def _excluded(actor: Actor) -> ColumnElement[bool]:
    mine = (Exclusion.dossier_id == Dossier.id, Exclusion.person_id == actor.id)
    return exists(select(Exclusion.id).where(*mine).correlate(Dossier))


def barred(actor: Actor, dossier: Column = Dossier.id) -> ColumnElement[bool]:
    """The dossiers that a conflict hides from this person; few, and so found by their ids."""
    return dossier.in_(select(Exclusion.dossier_id).where(Exclusion.person_id == actor.id))


def in_conflict(actor: Actor) -> ColumnElement[bool]:
    """Whether any conflict of this person stands, of the dossier that the statement is about."""
    mine = (Conflict.dossier_id == Dossier.id, Conflict.person_id == actor.id, Conflict.ended_at.is_(None))
    return exists(select(Conflict.id).where(*mine).correlate(Dossier))


def apart(dossier: Column, person: Column) -> ColumnElement[bool]:
    """Whether a conflict keeps this person away from this dossier, both as columns: they stand aside, or one
    was found though they never sat on it.
    """
    aside = exists().where(Exclusion.dossier_id == dossier, Exclusion.person_id == person)
    known = (Conflict.dossier_id == dossier, Conflict.person_id == person, Conflict.ended_at.is_(None))
    return or_(aside, exists().where(*known))


def in_scope(
    actor: Actor, role: Role, kind: type[Dossier | PileItem | Tally | MailTally] = Dossier
) -> ColumnElement[bool]:
    """The dossiers, or the counts of them or of their mails, that the scopes of this role reach."""
    reach: list[ColumnElement[bool]] = []
    for grant in actor.grants:
        if grant.role == role:
            column = {"call": kind.call_id, "lot": kind.lot_id}.get(grant.kind)
            reach.append(true() if column is None else column == grant.id)
    return or_(*reach) if reach else false()


def _carried(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The pilots that a group of this person carries, and that they may see for it."""
    right, parts = CARRYING[permission]
    mine = [group_id for group_id, held in actor.groups if at_least(held, right)]
    carrying = (Party.dossier_id == Dossier.id, Party.group_id.in_(mine), Party.part.in_(parts))
    return exists(select(Party.id).where(*carrying).correlate(Dossier))


def _role_sees_pilots(actor: Actor, role: Role, permission: Permission) -> ColumnElement[bool]:
    if role is Role.member:
        return _carried(actor, permission)
    return and_(in_scope(actor, role), ~_excluded(actor))


def _role_sees(actor: Actor, role: Role) -> ColumnElement[bool]:
    if role is Role.member:
        return Dossier.group_id.in_([group_id for group_id, _ in actor.groups])
    scope = in_scope(actor, role)
    if role is Role.coach:
        return and_(scope, _assigned(actor, Task.coach), ~_excluded(actor), Dossier.submitted_at.is_not(None))
    if role is Role.juror:
        return and_(_assigned(actor, Task.juror), unbarred(actor))
    seen = and_(staffed(actor, role), ~_excluded(actor))
    return and_(seen, ~in_conflict(actor)) if role is Role.chair else seen


def unbarred(actor: Actor) -> ColumnElement[bool]:
    """Of the dossiers that are assigned to a juror, those that neither a conflict nor their state hides."""
    shown = Dossier.state.not_in(HIDDEN)
    return and_(in_scope(actor, Role.juror), ~barred(actor), shown, looker_sees(actor))


def on_pile(actor: Actor) -> ColumnElement[bool]:
    """The same of what lies on their piles."""
    mine = and_(PileItem.person_id == actor.id, in_scope(actor, Role.juror, PileItem))
    found = and_(mine, ~barred(actor, PileItem.dossier_id), PileItem.state.not_in(HIDDEN))
    if actor.behind is None:
        return found
    return and_(found, PileItem.dossier_id.in_(select(Dossier.id).where(looker_sees(actor))))


def staffed(actor: Actor, role: Role) -> ColumnElement[bool]:
    """What is handed in within the reach of a role of the staff, conflicts of interest not looked at."""
    handed_in = and_(Dossier.submitted_at.is_not(None), Dossier.kind == Kind.application)
    return and_(in_scope(actor, role), handed_in)


def looker_sees(actor: Actor) -> ColumnElement[bool]:
    """What the member of the staff who looks as this person may see under their own name; else everything."""
    if actor.behind is None:
        return true()
    return or_(visible_to(actor.behind, P.scores_view), visible_to(actor.behind, P.pilot_view))


def visible_to(actor: Actor, permission: Permission = P.dossier_view) -> ColumnElement[bool]:
    """SQL twin of ``may(actor, permission, dossier)`` for permissions that only view; tests hold the two
    equal.
    """
    if actor.behind is not None:
        return and_(visible_to(actor.alone, permission), looker_sees(actor))
    holding = [role for role in sorted(actor.roles) if permission in ROLES[role]]
    if not holding:
        return false()
    if permission in PILOTS:
        found = or_(*(_role_sees_pilots(actor, role, permission) for role in holding))
        return and_(Dossier.kind == Kind.pilot, found)
    return and_(Dossier.kind == Kind.application, or_(*(_role_sees(actor, role) for role in holding)))
