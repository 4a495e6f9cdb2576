"""The words for what goes wrong with accounts, groups, invitations and roles."""

from typing import Any

from callflow.core.i18n import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "link_unknown": _l("This link is no longer valid. Ask for a new one; it takes a minute."),
    "sign_in_failed": _l(
        "The address and the password do not belong together. Try again, or ask for a link by mail."
    ),
    "too_many_attempts": _l("There were too many attempts. Try again after %(again_at)s, or call us."),
    "password_wrong": _l("This is not your present password."),
    "password_short": _l("Choose at least %(length)s characters, for example four words."),
    "password_common": _l(
        "This password is easy to guess. Choose four words that have nothing to do with each other."
    ),
    "group_name_taken": _l("You are already in a group of this name."),
    "group_changed_meanwhile": _l(
        "Somebody changed this group after you opened the page. What you typed is kept."
    ),
    "already_member": _l("This person is already a member of the group."),
    "already_invited": _l(
        "This address is already invited. Withdraw that invitation first if you want to change the right."
    ),
    "too_many_invitations": _l("There are %(count)s open invitations. Withdraw those you no longer need."),
    "invitation_unknown": _l("This invitation is no longer valid. Ask the group to send you a new one."),
    "invitation_of_another": _l(
        "This invitation was sent to another address. Sign in with that address to accept it."
    ),
    "name_of_unknown": _l("Nobody has an account with this address yet. Fill in the name, then it is made."),
    "no_such_user": _l("Nobody has an account with this address."),
    "name_needed": _l("Fill in your first name and your name."),
    "last_submitter": _l(
        "The group needs at least one member who may submit. Give somebody else that right first."
    ),
    "no_such_member": _l("This person is no longer a member of the group."),
    "grant_exists": _l("This person already has this role."),
    "no_such_grant": _l("This person no longer has this role."),
}
