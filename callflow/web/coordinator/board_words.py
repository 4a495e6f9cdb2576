"""What the pages of the selection board share: its words, and the board that a form was about."""

from decimal import Decimal
from typing import Any

from callflow.calls.models import CallQuota
from callflow.core.errors import Changed, NotFound
from callflow.core.formats import euro, semicolon
from callflow.core.i18n import gettext as _
from callflow.core.i18n import language
from callflow.core.twin import said
from callflow.decisions import queries
from callflow.decisions.models import Board
from callflow.decisions.portfolio import Contradiction
from callflow.desk.board import Live


def number_of(typed: Any) -> int:
    """A number that a form brought back; one that is none was never shown."""
    return int(typed) if str(typed).isdecimal() and len(str(typed)) < 9 else -1


def current(call_id: int, number: Any, version: int | None) -> Board:
    """The newest board of the call, which must be the one that was seen. Raises Changed, NotFound."""
    held = queries.newest_board(call_id)
    if held is None:
        raise NotFound
    if held.number != number_of(number):
        raise Changed("board_newer")
    if held.version != version:
        raise Changed("board_changed_meanwhile")
    return held


def demands(now: Live, contradiction: Contradiction) -> str:
    """What cannot hold together, each as people know it."""
    quotas = {each.key: each for each in now.quotas}
    names: dict[str, Any] = {f"joint:{each.key}": each.name for each in now.joints}
    for lot in now.lots:
        names |= {f"lot:{lot.key}": lot.name, f"days:{lot.key}": lot.name}
    sizes = {pot.key: Decimal(pot.capacity).scaleb(-2) for pot in now.table.pots}
    found = [_quota(quotas[key]) for key in contradiction.quotas]
    for key in contradiction.envelopes:
        name = said(names[key], language())
        if key.startswith("days:"):
            found.append(_("%(days)s coaching days of %(lot)s", days=int(sizes[key]), lot=name))
        else:
            found.append(_("the envelope “%(name)s” of %(amount)s", name=name, amount=euro(sizes[key])))
    found += [
        _("“%(title)s”, which is in already", title=now.projects[ref].title) for ref in contradiction.fixed
    ]
    return semicolon().join(found)


def _quota(quota: CallQuota) -> str:
    name = said(quota.name, language())
    if quota.most is None:
        return _("“%(quota)s”: at least %(least)s", quota=name, least=quota.least)
    if not quota.least:
        return _("“%(quota)s”: at most %(most)s", quota=name, most=quota.most)
    return _("“%(quota)s”: from %(least)s to %(most)s", quota=name, least=quota.least, most=quota.most)
