"""See callflow as somebody of one's calls sees it: for a reason, reading only, for half an hour."""

from dataclasses import replace
from typing import Any

from flask import flash, url_for

from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.desk.looking import reach_for_look
from callflow.people import queries
from callflow.people.actions import looking as actions
from callflow.people.models import Look
from callflow.people.rules import may_be_seen
from callflow.web import looking
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.coordinator.callers import reach_in
from callflow.web.figures import text
from callflow.web.pages import home_of, page

Answer = Any


class ReasonForm(Form):
    """Why."""

    reason = text(
        _l("Why do you look as this person?"), longest=400,
        needed=_l("Write why you look as this person: they read it on their own page."),
        description=_l("For example: she called, and cannot find where to add the budget."),
    )  # fmt: skip


@bp.get("/coordinator/people/<int:user_id>/see")
@requires(P.person_see_as)
def see_as(user_id: int) -> str:
    return _page(user_id, ReasonForm(formdata=None))


def _page(user_id: int, form: ReasonForm) -> str:
    reach_for_look(actor(), user_id)
    them = queries.actor(user_id)
    return page(
        "coordinator/see_as.html", them=them, form=form, possible=may_be_seen(actor(), them),
        minutes=int(actions.LASTS.total_seconds()) // 60, entry="coordinator.people",
    )  # fmt: skip


@bp.post("/coordinator/people/<int:user_id>/see")
@requires(P.person_see_as)
def begin_to_see(user_id: int) -> Answer:
    form, over = ReasonForm(), reach_for_look(actor(), user_id)
    made: Look | None = None
    if form.valid():
        with form.refusals(), unit_of_work(form.once(url_for("coordinator.see_as", user_id=user_id))):
            user = queries.user_for_change(user_id)
            made = actions.begin_looking(
                actor(), user, over=reach_in(over), reason=str(form.reason.data or "")
            )
            looking.begin(made)
    if form.accepted:
        if made is None:
            return form.leads_to(url_for("coordinator.see_as", user_id=user_id))
        flash(_("From now on you see what this person sees."), "well")
        return form.leads_to(home_of(replace(queries.actor(user_id), behind=actor())))
    return _page(user_id, form), form.status
