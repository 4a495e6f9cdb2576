"""Who may do what: one enum of permissions, one table of roles, one question, may()."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from callflow.core.actor import Actor, Role
from callflow.core.errors import Forbidden


class Permission(StrEnum):
    """One thing a person can be allowed to do: ``resource:action``."""

    account_use = "account:use"
    group_view = "group:view"
    group_edit = "group:edit"
    group_manage = "group:manage"
    dossier_view = "dossier:view"
    dossier_history = "dossier:history"
    application_edit = "application:edit"
    application_submit = "application:submit"
    application_withdraw = "application:withdraw"
    dossier_screen = "dossier:screen"
    dossier_assign = "dossier:assign"
    coaching_log = "coaching:log"
    coaching_view = "coaching:view"
    coaching_close = "coaching:close"
    coaching_answer = "coaching:answer"
    coaching_note = "coaching:note"
    coaching_waive = "coaching:waive"
    coaching_profile = "coaching:profile"
    jury_pile = "jury:pile"
    jury_score = "jury:score"
    jury_close = "jury:close"
    jury_panel = "jury:panel"
    jury_meet = "jury:meet"
    scores_view = "scores:view"
    dossier_decide = "dossier:decide"
    dossier_offer = "dossier:offer"
    dossier_lapse = "dossier:lapse"
    decision_record = "decision:record"
    decision_release = "decision:release"
    mail_manage = "mail:manage"
    letter_view = "letter:view"
    agreement_prepare = "agreement:prepare"
    agreement_payee = "agreement:payee"
    agreement_accept = "agreement:accept"
    message_read = "message:read"
    message_write = "message:write"
    message_coach = "message:coach"
    message_office = "message:office"
    report_edit = "report:edit"
    report_submit = "report:submit"
    report_approve = "report:approve"
    pilot_view = "pilot:view"
    pilot_propose = "pilot:propose"
    pilot_edit = "pilot:edit"
    pilot_log = "pilot:log"
    pilot_submit = "pilot:submit"
    pilot_agree = "pilot:agree"
    pilot_select = "pilot:select"
    pilot_stop = "pilot:stop"
    pilot_manage = "pilot:manage"
    filing_read = "filing:read"
    filing_write = "filing:write"
    caller_help = "caller:help"
    person_see_as = "person:see_as"
    call_view = "call:view"
    call_manage = "call:manage"
    call_change = "call:change"
    call_export = "call:export"
    people_manage = "people:manage"
    system_admin = "system:admin"


P = Permission

ROLES: dict[Role, frozenset[Permission]] = {
    Role.person: frozenset({P.account_use}),
    Role.member: frozenset(
        {
            P.group_view,
            P.group_edit,
            P.group_manage,
            P.dossier_view,
            P.dossier_history,
            P.application_edit,
            P.application_submit,
            P.application_withdraw,
            P.report_edit,
            P.report_submit,
            P.agreement_payee,
            P.agreement_accept,
            P.coaching_view,
            P.coaching_answer,
            P.letter_view,
            P.message_read,
            P.message_write,
            P.pilot_view,
            P.pilot_propose,
            P.pilot_edit,
            P.pilot_log,
            P.pilot_submit,
            P.pilot_agree,
            P.pilot_select,
            P.pilot_stop,
        }
    ),
    Role.coach: frozenset(
        {
            P.dossier_view,
            P.dossier_history,
            P.coaching_log,
            P.coaching_view,
            P.coaching_close,
            P.coaching_note,
            P.coaching_profile,
            P.message_coach,
        }
    ),
    Role.juror: frozenset({P.dossier_view, P.jury_pile, P.jury_score}),
    Role.chair: frozenset({P.jury_panel, P.jury_meet}),
    Role.coordinator: frozenset(
        {
            P.dossier_view,
            P.dossier_history,
            P.dossier_screen,
            P.dossier_assign,
            P.coaching_view,
            P.coaching_close,
            P.coaching_note,
            P.coaching_waive,
            P.coaching_profile,
            P.jury_close,
            P.jury_panel,
            P.jury_meet,
            P.scores_view,
            P.dossier_decide,
            P.dossier_offer,
            P.dossier_lapse,
            P.decision_record,
            P.mail_manage,
            P.letter_view,
            P.agreement_prepare,
            P.agreement_payee,
            P.message_office,
            P.report_approve,
            P.pilot_view,
            P.pilot_propose,
            P.pilot_log,
            P.pilot_select,
            P.pilot_stop,
            P.pilot_manage,
            P.filing_read,
            P.filing_write,
            P.caller_help,
            P.person_see_as,
            P.call_view,
            P.call_change,
            P.call_export,
            P.people_manage,
        }
    ),
    Role.signatory: frozenset(
        {
            P.dossier_view,
            P.dossier_history,
            P.scores_view,
            P.pilot_view,
            P.decision_release,
            P.filing_read,
            P.call_view,
            P.mail_manage,
            P.letter_view,
        }
    ),
    Role.admin: frozenset(
        {
            P.call_view,
            P.call_change,
            P.call_manage,
            P.people_manage,
            P.person_see_as,
            P.system_admin,
        }
    ),
}

WITHHELD = frozenset({P.jury_score, P.jury_meet, P.jury_panel})
"""What nobody does who looks as somebody else, not even to read: a sheet is the juror's own until it is
handed in, and who may follow a jury follows it under their own name.
"""

Predicate = Callable[[Actor, Any], bool]
_own: dict[tuple[Role, Permission], Predicate] = {}


def register(role: Role, permissions: frozenset[Permission], predicate: Predicate) -> None:
    """Limit what ``role`` may do with a record to those for which ``predicate`` holds; called once by
    app.py.
    """
    for permission in permissions:
        _own[role, permission] = predicate


def carries(actor: Actor, permission: Permission) -> bool:
    """Whether any grant of this actor holds the permission, for whichever record."""
    if actor.behind is not None and permission in WITHHELD:
        return False
    return any(permission in ROLES[role] for role in actor.roles)


def may(actor: Actor, permission: Permission, record: Any = None) -> bool:
    """Whether this actor may do this to this record.

    A role counts when its scope covers the record and its own-record predicate, if one is registered, holds.
    A record that belongs to no call or lot is covered only by roles held for everything.
    """
    if record is None:
        return carries(actor, permission)
    if actor.behind is not None and (permission in WITHHELD or not actor.behind.works_on(record)):
        return False
    return any(
        permission in ROLES[role]
        and actor.covers(role, record)
        and ((role, permission) not in _own or _own[role, permission](actor, record))
        for role in actor.roles
    )


def require(actor: Actor, permission: Permission, record: Any = None) -> None:
    """Raise Forbidden unless may() says yes: the first line of every public action."""
    if not may(actor, permission, record):
        raise Forbidden("not_allowed", permission=permission.value)
