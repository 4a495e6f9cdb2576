"""From what a set-up file says to what the tables hold: defaults filled in, moments with their zone."""

from datetime import date
from decimal import Decimal
from typing import Any

from callflow.calls.calendar import moment
from callflow.calls.procedure import Procedure
from callflow.calls.states import Courtesy, Law, Offer
from callflow.territory import listing

Columns = dict[str, Any]


def stored(value: dict[str, Any]) -> dict[str, Any]:
    """Column values of authorities, call, lots and criteria, from a value that passed every check."""
    return {
        "authorities": {key: _authority(key, said) for key, said in value["authorities"].items()},
        "call": _call(value),
        "lots": [_lot(position, said) for position, said in enumerate(value["lots"])],
        "criteria": [_criterion(position, said) for position, said in enumerate(value["rubric"]["criteria"])],
        **_selection(value.get("selection", {})),
    }


def _selection(said: Columns) -> Columns:
    return {
        "joints": [
            {
                "key": each["key"], "position": position, "name": each["name"],
                "amount": Decimal(each["amount"]), "lots": sorted(each["lots"]),
            }
            for position, each in enumerate(said.get("joint", ()))
        ],
        "quotas": [_quota(position, each) for position, each in enumerate(said.get("quotas", ()))],
    }  # fmt: skip


def _quota(position: int, said: Columns) -> Columns:
    towns = sorted(listing.found(written)[0].code for written in said.get("municipalities", ()))
    among: Columns = {name: sorted(said[name]) for name in ("lots", "choices") if name in said}
    among |= {"question": said["question"]} if "question" in said else {}
    among |= {"municipalities": towns} if towns else {}
    kept = {name: said[name] for name in ("key", "name", "least")}
    return {**kept, "position": position, "most": said.get("most"), "among": among}


def _authority(key: str, said: Columns) -> Columns:
    appeal = said["appeal"]
    confirmed_on = appeal.get("confirmed_on")
    plain = {name: said[name] for name in said.keys() - {"appeal", "law", "courtesy"}}
    return {
        **plain,
        "key": key,
        "law": Law(said["law"]),
        "courtesy": Courtesy(said["courtesy"]),
        "appeal": appeal["text"],
        "appeal_confirmed_by": appeal.get("confirmed_by"),
        "appeal_confirmed_on": date.fromisoformat(confirmed_on) if confirmed_on else None,
    }


def _call(value: dict[str, Any]) -> Columns:
    call, rubric = value["call"], value["rubric"]
    kept = ("reference", "prefix", "languages", "title", "summary", "description")
    return {
        **{name: call[name] for name in kept},
        "rules": value["rules"],
        "opens_at": moment(value["calendar"]["opens"]),
        "closes_at": moment(value["calendar"]["closes"]),
        "calendar": _calendar(value["calendar"]),
        "procedure": _procedure(value["procedure"]),
        "form": _form(value["form"]),
        "report_form": _form(value.get("report_form", [])),
        "interim_form": _form(value.get("interim_form", [])),
        "checklist": value["checklist"],
        "texts": _texts(value),
        "scale_max": rubric["scale_max"],
        "threshold_percent": Decimal(rubric["threshold_percent"]),
        "tie_breaks": rubric.get("tie_breaks", []),
    }


PLAIN_DAYS = (
    "reminders_at", "invitations_on", "coaching", "jury_on", "decision_on", "guidance", "interim_due",
    "report_due",
)  # fmt: skip
"""What of the calendar is kept as it is written."""


MOMENTS = ("full_until", "completeness_until")
"""What of it is a moment."""


def _calendar(said: Columns) -> Columns:
    return {
        "info": [{**each, "at": moment(each["at"]).isoformat()} for each in said.get("info", [])],
        **{key: moment(said[key]).isoformat() if key in said else None for key in MOMENTS},
        **{key: said.get(key) for key in PLAIN_DAYS},
    }


def _procedure(said: Columns) -> Columns:
    return Procedure.of(said).as_stored()


def _form(sections: list[Columns]) -> list[Columns]:
    return [
        {
            "id": section["id"],
            "title": section["title"],
            "help": section.get("help", {}),
            "fields": [{"help": {}, "required": False, **field} for field in section["fields"]],
        }
        for section in sections
    ]


def _texts(value: dict[str, Any]) -> Columns:
    letters = {
        kind: {
            "opening": parts["opening"],
            "closing": parts["closing"],
            "obligations": [{"lots": [], **each} for each in parts.get("obligations", [])],
            **(
                {"articles": [{"lots": [], **each} for each in parts["articles"]]}
                if "articles" in parts
                else {}
            ),
        }
        for kind, parts in value["texts"]["letters"].items()
    }
    return {
        "page": {"who": value["call"]["who"], "readers": value["call"]["readers"]},
        "funding": value["texts"].get("funding", {}),
        "letters": letters,
        "mails": value["texts"]["mails"],
    }


def _lot(position: int, said: Columns) -> Columns:
    amounts = ("envelope", "minimum_amount", "maximum_amount")
    return {
        "key": said["key"],
        "authority": said["authority"],
        "position": position,
        "name": said["name"],
        "theme": said["theme"],
        "offer": Offer(said["offer"]),
        **{name: Decimal(said[name]) if name in said else None for name in amounts},
        "coaching_days": said.get("coaching_days"),
        "coaching_days_each": said.get("coaching_days_each"),
        "area": sorted(listing.found(written)[0].code for written in said["area"]),
    }


def _criterion(position: int, said: Columns) -> Columns:
    least = said.get("minimum")
    kept = {name: said[name] for name in ("key", "title", "help", "weight", "levels")}
    return {**kept, "position": position, "minimum": None if least is None else Decimal(least)}
