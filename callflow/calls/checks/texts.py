"""Languages, letters and mails: nothing missing, every name in braces known, French typeset as French is."""

import re
from collections.abc import Iterator
from typing import Any

from callflow.calls import placeholders
from callflow.calls.checks.complaints import Complaints
from callflow.calls.procedure import Procedure
from callflow.calls.reading import Path
from callflow.calls.states import Offer

NOT_WORDS = re.compile(r"https?://\S+|\b\d{1,2}:\d\d\b|\S+@\S+|\{[a-z_]*\}")
ILL_SPACED = re.compile(
    r"(?<![\u202f\u00a0])[;!?](?!\w)|(?<!\u00a0):(?!\w)|«(?![\u00a0\u202f])|(?<![\u00a0\u202f])»"
)


def check(c: Complaints) -> None:
    """The languages of the call, and its letters and mails."""
    languages = c.value["call"]["languages"]
    c.once(((("call", "languages", n), code) for n, code in enumerate(languages)), "language_twice")
    for code in {"nl", "fr"} - set(languages):
        c.refuse(("call", "languages"), "language_wanted", language=code)
    for path, twin in twins(c.value, ()):
        _twin(c, path, twin, languages)
    _kinds(c)
    for kind, parts in c.value["texts"]["letters"].items():
        _letter(c, kind, parts)
    for kind, parts in c.value["texts"]["mails"].items():
        for name, twin in parts.items():
            _names(c, ("texts", "mails", kind, name), kind, twin)
    for key, authority in c.value["authorities"].items():
        for language, text in authority["appeal"]["text"].items():
            if placeholders.named(text):
                c.refuse(("authorities", key, "appeal", "text", language), "braces_in_appeal")


def twins(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Every text in several languages, with its path."""
    if isinstance(value, dict):
        if (
            value
            and value.keys() <= {"nl", "fr", "en"}
            and all(isinstance(each, str) for each in value.values())
        ):
            yield path, value
            return
        for key, inner in value.items():
            yield from twins(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from twins(inner, (*path, number))


def _twin(c: Complaints, path: Path, twin: dict[str, str], languages: list[str]) -> None:
    if "en" in languages and "en" not in twin:
        c.refuse(path, "language_missing", key=_key(path), language="en")
    if ILL_SPACED.search(NOT_WORDS.sub("x", twin["fr"])):
        c.warn((*path, "fr"), "french_spaces", key=_key(path))
    if twin["nl"] == twin["fr"] and len(twin["nl"]) > 60:
        c.warn(path, "same_text_twice", key=_key(path))


def _key(path: Path) -> str:
    from callflow.calls.schema.faults import key_of  # optional: the validator is loaded only for a complaint

    return key_of(path)


def _kinds(c: Complaints) -> None:
    chosen = Procedure.of(c.value["procedure"])
    for part in ("letters", "mails"):
        given = c.value["texts"][part]
        for kind in placeholders.needed(chosen):
            if kind not in given:
                c.refuse(("texts", part), "kind_missing", kind=kind, part=part)
        for kind in given.keys() - set(placeholders.reached(chosen)):
            c.warn(("texts", part, kind), "kind_unreached", kind=kind)


def _letter(c: Complaints, kind: str, parts: dict[str, Any]) -> None:
    here: Path = ("texts", "letters", kind)
    for name in ("opening", "closing"):
        _names(c, (*here, name), kind, parts[name])
    if kind == "selected" and "obligations" not in parts:
        c.refuse(here, "obligations_missing")
    if kind != "selected" and "obligations" in parts:
        c.refuse((*here, "obligations"), "obligations_unneeded", kind=kind)
    if kind == "agreement" and "articles" not in parts:
        c.refuse(here, "articles_missing")
    if kind != "agreement" and "articles" in parts:
        c.refuse((*here, "articles"), "articles_unneeded", kind=kind)
    for listed in ("obligations", "articles"):
        for n, each in enumerate(parts.get(listed, ())):
            _listed(c, (*here, listed, n), kind, each)


def _listed(c: Complaints, here: Path, kind: str, each: dict[str, Any]) -> None:
    """An obligation or an article: its names in braces, and its lots."""
    for name in ("title", "text"):
        if name in each:
            _names(c, (*here, name), kind, each[name], only=each.get("lots"))
    lots = [lot["key"] for lot in c.value["lots"]]
    for m, given in enumerate(each.get("lots", ())):
        c.known((*here, "lots", m), given, lots, "lot_unknown")


def _names(
    c: Complaints, path: Path, kind: str, twin: dict[str, str], *, only: list[str] | None = None
) -> None:
    allowed = placeholders.allowed(kind)
    used = {language: placeholders.named(text) for language, text in twin.items()}
    for language, names in used.items():
        for name in names:
            if name not in allowed:
                known = ", ".join(f"{{{each}}}" for each in sorted(allowed))
                c.refuse((*path, language), "placeholder_unknown", given=name, kind=kind, known=known)
            elif unmet := _unmet(c, name, only):
                c.refuse((*path, language), "placeholder_empty", given=name, lot=unmet)
            elif unset := _unset(c, name):
                c.refuse((*path, language), "placeholder_undated", given=name, key=unset)
    for language in used.keys() - {"nl"}:
        if set(used[language]) != set(used["nl"]):
            c.warn(path, "placeholders_differ", language=language)


def _unmet(c: Complaints, name: str, only: list[str] | None) -> str | None:
    """A lot, of those that the text is for, in which this name would stay empty."""
    lacking = {"amount": Offer.coaching, "days": Offer.grant, "payee": Offer.coaching}.get(name)
    lots = [lot for lot in c.value["lots"] if not only or lot["key"] in only]
    return next((lot["key"] for lot in lots if lot["offer"] == lacking), None)


def _unset(c: Complaints, name: str) -> str | None:
    """The day of the calendar that this name stands for, where the calendar has none."""
    return name if name == "interim_due" and name not in c.value["calendar"] else None
