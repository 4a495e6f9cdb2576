"""Why a coach is proposed for a project, or nobody: whole sentences from the codes of coaching.assignment."""

from callflow.coaching.assignment import Ground, Pairing
from callflow.core.i18n import gettext as _
from callflow.core.i18n import ngettext

_PLAIN = {
    "in_area": lambda: _("near by"),
    "same_side": lambda: _("same side of the border"),
    "other_side": lambda: _("other side of the border"),
    "no_coach": lambda: _("Nobody coaches in this call."),
    "nobody_free_of_conflict": lambda: _("Whoever speaks the language has a conflict or another task."),
    "nobody_has_room": lambda: _("Whoever speaks the language has no room left."),
}


def grounds(pairing: Pairing) -> str:
    """All reasons of a pairing on one line: speaks French, 2 of 6 projects, same side of the border."""
    written = ", ".join(_ground(each) for each in pairing.grounds)
    return written[:1].upper() + written[1:]


def _ground(ground: Ground) -> str:
    given = ground.parameters
    if ground.code == "speaks":
        return {"nl": _("speaks Dutch"), "fr": _("speaks French"), "en": _("speaks English")}[
            str(given["language"])
        ]
    if ground.code == "nobody_speaks":
        return {
            "nl": _("No coach speaks Dutch."), "fr": _("No coach speaks French."),
            "en": _("No coach speaks English."),
        }[str(given["language"])]  # fmt: skip
    if ground.code == "load_of":
        return _("%(count)s of %(most)s projects", count=given["count"], most=given["most"])
    if ground.code == "load":
        return ngettext(
            "%(num)d project with this one", "%(num)d projects with this one", int(str(given["count"]))
        )
    return _PLAIN[ground.code]()
