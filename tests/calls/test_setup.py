"""Whatever can be wrong with a set-up file is found on its line, and said in every language."""

import json
import re

import pytest
from flask import Flask

from callflow.applications.answers import short
from callflow.applications.files import TYPES
from callflow.calls import placeholders
from callflow.calls.schema import document
from callflow.calls.schema.form import TYPES as NAMED_TYPES
from callflow.calls.setup import parse
from callflow.core.i18n import LANGUAGES, speaking
from callflow.letters.states import LetterKind
from callflow.web import setup_words
from tests.architecture import tree
from tests.calls import files, wrong
from tests.calls.wrong import Wrong

EVERY = wrong.SINGLE_KEYS + wrong.MEANS + wrong.SELECTION + wrong.FORMS + wrong.TEXTS + wrong.CALENDAR
OF_THE_TEXT = {
    "file_too_big", "file_empty", "not_utf8", "tab", "control_character", "second_document", "too_deep",
    "anchor", "alias", "tag", "key_not_text", "key_twice", "yaml_colon", "yaml_no_colon", "yaml_indent",
    "yaml_quote_open", "yaml_start", "yaml_bracket", "yaml_other",
}  # fmt: skip
"""What test_reading.py asks for."""
OF_OTHERS = {"procedure_broken", "municipality_ambiguous"}
"""What no file can come to today: test_command.py and tests/territory ask for them by other means."""


@pytest.mark.parametrize("mistake", EVERY, ids=lambda each: f"{each.code}-{each.new[:20]}")
def test_a_mistake_is_found_on_its_line(mistake: Wrong):
    found = [(each.line, each.code) for each in files.findings(mistake.data())]

    assert (mistake.line(), mistake.code) in found


def test_every_sentence_has_a_mistake_that_leads_to_it():
    asked = {each.code for each in EVERY} | OF_THE_TEXT | OF_OTHERS

    assert asked == set(setup_words.FINDINGS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_said_in_the_language_of_who_reads(app: Flask, language: str):
    with speaking(language):
        said = [
            setup_words.say(finding.code, finding.parameters)
            for mistake in EVERY
            for finding in files.findings(mistake.data())
        ]

    assert [sentence for sentence in said if not sentence.strip() or "%(" in sentence] == []


@pytest.mark.parametrize("path", [files.COACHED, files.IDEAS], ids=lambda path: path.stem)
def test_a_demonstration_call_is_in_order_but_for_silence_in_french_law(path):
    reading = parse(path.read_bytes())

    assert reading.errors == []
    assert {finding.code for finding in reading.warnings} <= {"silence_all", "silence_unsure"}
    assert reading.setup is not None


def test_all_mistakes_of_a_file_are_told_at_once():
    data = files.changed(
        ("weight: 25", "weight: twenty"), ("town: Voorbeeldstad", "town:"), ("law: be_public", "law: flemish")
    )

    assert [finding.code for finding in files.findings(data)] == [
        "not_a_choice",
        "text_empty",
        "wants_number",
    ]


def test_the_digest_hangs_on_what_is_said_and_not_on_how_it_is_written():
    plain = parse(files.COACHED.read_bytes()).setup
    commented = parse(files.changed(("format: 1", "# another comment\n\nformat:   1"))).setup
    other = parse(files.changed(("maximum_amount: 10000", "maximum_amount: 9000"))).setup

    assert plain.digest == commented.digest
    assert plain.digest != other.digest


def test_the_stored_shape_is_what_the_other_parts_read():
    setup = parse(files.COACHED.read_bytes()).setup
    field = {each["id"]: each for section in setup.call["form"] for each in section["fields"]}

    assert field["amount"]["role"] == "amount"
    assert (field["amount"]["minimum"], field["amount"]["maximum"]) == ("500", "10000")
    assert field["village"] == {
        "id": "village",
        "kind": "short_text",
        "max_length": 80,
        "label": {"nl": "Dorp of gehucht", "fr": "Village ou hameau", "en": "Village or hamlet"},
        "help": {},
        "required": False,
    }
    assert setup.call["calendar"]["info"][0]["at"] == "2026-11-12T19:30:00+01:00"
    assert setup.call["calendar"]["coaching"] == {"from": "2027-01-11", "until": "2027-02-26"}
    assert setup.call["calendar"]["guidance"] is None
    assert setup.call["closes_at"].isoformat() == "2026-12-18T12:00:00+01:00"
    assert setup.lots[0]["area"][0] == "32003"
    assert setup.call["texts"]["letters"]["selected"]["obligations"][0]["lots"] == []
    assert setup.authorities["demo_provincie"]["appeal"]["nl"].startswith("Tegen deze beslissing")


def test_every_kind_of_letter_has_its_names_in_braces():
    assert set(placeholders.BY_KIND) == {kind.value for kind in LetterKind}


def test_the_types_of_files_are_those_that_applications_take():
    assert set(NAMED_TYPES) == set(TYPES)


def test_names_in_braces_are_filled_and_never_run():
    twice = placeholders.filled("{group} {title}", {"group": "{title}", "title": "A {b}"})

    assert twice == "{title} A {b}"
    with pytest.raises(KeyError):
        placeholders.filled("{group.__class__}", {"group": "x"})


HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE call; --",
    "{{ 7 * 7 }}",
    "{% raise %}",
    "%(group)s %s %n",
    "\\x00",
    "\ufdfd" * 20,
    "Z\u0338\u0321a\u0335l\u0336go",
    "\U0001f469\u200d\U0001f467",
    "\u202fdroit\u00a0",
    "\u200f\u05e2\u05d1\u05e8\u05d9\u05ea",
    "../../etc/passwd",
    "=1+1",
    "null",
    "NaN",
    "-",
)


@pytest.mark.parametrize("string", HOSTILE)
def test_a_hostile_text_is_kept_as_it_is_or_refused_with_its_line(string: str):
    data = files.changed(("nl: Dorpen aan zet 2026\n", f"nl: {json.dumps(string, ensure_ascii=False)}\n"))
    reading = parse(data)

    if reading.setup:
        assert reading.setup.call["title"]["nl"] == string.strip(" \n")
    else:
        assert files.line_of("    nl: " + json.dumps(string, ensure_ascii=False), data.decode()) in {
            finding.line for finding in reading.errors
        }


def test_the_worst_strings_there_are_do_no_harm(shared):
    strings = json.loads(shared("data/hostile/blns.json").read_text(encoding="utf-8"))

    for first in range(0, len(strings), 90):
        _in_articles(strings[first : first + 90])


def _in_articles(strings: list[str]) -> None:
    """Each string as the text of an article: what is refused is named with its line, the rest is kept."""
    begin = '    - number: "10"\n'
    left = dict(enumerate(strings))
    while True:
        articles = "".join(_article(n, string) for n, string in left.items())
        data = files.changed((begin, articles + begin))
        reading = parse(data)
        if reading.setup:
            break
        first, numbers = files.line_of(articles[:20], data.decode()), list(left)
        for finding in reading.errors:
            del left[numbers[(finding.line - first) // 3]]
    texts = {each["number"]: each["text"]["nl"] for each in reading.setup.call["rules"]["articles"]}

    assert {n: texts[f"x{n}"] for n in left} == {n: string.strip(" \n") for n, string in left.items()}
    assert len(left) > len(strings) * 0.7


def _article(number: int, string: str) -> str:
    written = json.dumps(string, ensure_ascii=False)
    return f'    - number: "x{number}"\n      title: {{nl: a, fr: b}}\n      text: {{nl: {written}, fr: b}}\n'


@pytest.mark.parametrize("again, number", [("- {}\n", 3000), ("lots: 1\n", 3000)])
def test_of_a_file_that_is_wrong_from_end_to_end_only_the_first_is_said(again: str, number: int):
    found = parse(b"lots:\n" + again.encode() * number).findings

    assert 0 < len(found) <= 1000


def test_the_page_about_the_file_is_written_from_the_schema():
    written = (tree.ROOT / "docs" / "setup-file.md").read_text(encoding="utf-8")

    assert written == document.document(), "flask call docs writes it anew"


def two_steps() -> bytes:
    """A demonstration call whose title, summary and place are asked first."""
    roles = [(f"        role: {role}\n",) * 2 for role in ("title", "summary", "municipality")]
    return files.changed(
        (wrong.CLOSES, f"{wrong.CLOSES}  invitations_on: 2026-12-21\n  full_until: 2027-01-06 12:00\n"),
        ("  coaching: before\n", wrong.TWO_STEPS),
        *((old, f"{new}        short: yes\n") for old, new in roles),
    )


def test_a_call_in_two_steps_is_in_order_and_keeps_its_days():
    reading = parse(two_steps())

    assert reading.errors == []
    assert reading.setup is not None
    call = reading.setup.call
    assert (call["calendar"]["invitations_on"], call["calendar"]["full_until"]) == (
        "2026-12-21", "2027-01-06T12:00:00+01:00",
    )  # fmt: skip
    assert [field["id"] for section in short(call["form"]) for field in section["fields"]] == [
        "title", "municipality", "summary",
    ]  # fmt: skip


def test_silence_is_counted_for_each_of_two_requests():
    found = [each for each in parse(two_steps()).findings if each.code.startswith("silence")]
    of_one = [each for each in files.findings(files.changed()) if each.code.startswith("silence")]

    assert [each.parameters["first"].isoformat() for each in of_one] == ["2026-12-05"]
    assert sorted((each.code, each.parameters["first"].isoformat()) for each in found) == [
        ("silence_all", "2027-02-18"), ("silence_early", "2026-12-05"),
    ]  # fmt: skip


@pytest.mark.parametrize("path", sorted(files.EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_french_example_wants_an_article_before_a_name(path):
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"(?:\b(?:de|à)|[dl]’) ?\{(?:authority|group|payee)\}", text) == []
    assert re.search(r"\{group\}", text)
