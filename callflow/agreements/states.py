"""How far a project agreement is, and who receives the money."""

from enum import StrEnum


class AgreementState(StrEnum):
    """Prepared by the authority, offered to the group, sent back by it for change, accepted."""

    prepared = "prepared"
    offered = "offered"
    sent_back = "sent_back"
    accepted = "accepted"


class Relation(StrEnum):
    """What a payee is to the group."""

    itself = "itself"
    association = "association"
    municipality = "municipality"
    member = "member"


class ChangeState(StrEnum):
    """A group asks to be paid otherwise: asked, a new text offered, refused, withdrawn, accepted."""

    asked = "asked"
    offered = "offered"
    refused = "refused"
    withdrawn = "withdrawn"
    accepted = "accepted"


OPEN = frozenset({AgreementState.prepared, AgreementState.sent_back})
"""States in which the authority can still change what it will offer, and the group who is paid."""
