"""Joint envelopes and quotas agree with the lots, the form and each other."""

from typing import Any

from callflow.calls.checks.complaints import Complaints, money
from callflow.calls.checks.means import municipalities
from callflow.calls.states import FieldKind, Offer


def check(c: Complaints) -> None:
    """What the selection must respect beyond each lot."""
    said = c.value.get("selection", {})
    joint, quotas = list(enumerate(said.get("joint", ()))), list(enumerate(said.get("quotas", ())))
    c.once(((("selection", "joint", n, "key"), each["key"]) for n, each in joint), "joint_twice")
    c.once(((("selection", "quotas", n, "key"), each["key"]) for n, each in quotas), "quota_twice")
    shared = [
        (("selection", "joint", n, "lots", m), lot) for n, each in joint for m, lot in enumerate(each["lots"])
    ]
    c.once(shared, "lot_in_two_joints")
    for number, each in joint:
        _joint(c, number, each)
    for number, each in quotas:
        _quota(c, number, each)


def _joint(c: Complaints, number: int, each: dict[str, Any]) -> None:
    here = ("selection", "joint", number)
    lots = {lot["key"]: lot for lot in c.value["lots"]}
    if not money(each["amount"]):
        c.refuse((*here, "amount"), "envelope_empty")
    for place, key in enumerate(each["lots"]):
        c.known((*here, "lots", place), key, lots, "lot_unknown")
        if key in lots and lots[key]["offer"] == Offer.coaching:
            c.refuse((*here, "lots", place), "joint_without_money", lot=key)


def _quota(c: Complaints, number: int, each: dict[str, Any]) -> None:
    here = ("selection", "quotas", number)
    if each["least"] > each.get("most", each["least"]):
        c.refuse((*here, "least"), "minimum_above_maximum")
    if not each["least"] and "most" not in each:
        c.warn(here, "quota_of_nothing", given=each["key"])
    for place, key in enumerate(each.get("lots", ())):
        c.known((*here, "lots", place), key, [lot["key"] for lot in c.value["lots"]], "lot_unknown")
    municipalities(c, (*here, "municipalities"), each.get("municipalities", ()))
    if ("question" in each) != ("choices" in each):
        c.refuse(here, "quota_half")
    elif "question" in each:
        _choices(c, number, each)


def _choices(c: Complaints, number: int, each: dict[str, Any]) -> None:
    here = ("selection", "quotas", number)
    questions = {
        field["id"]: [choice["id"] for choice in field.get("choices", ())]
        for section in c.value["form"]
        for field in section["fields"]
        if field["kind"] == FieldKind.choice
    }
    c.known((*here, "question"), each["question"], questions, "question_unknown")
    if each["question"] in questions:
        for place, choice in enumerate(each["choices"]):
            c.known((*here, "choices", place), choice, questions[each["question"]], "choice_unknown")
