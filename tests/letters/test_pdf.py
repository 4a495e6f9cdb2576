"""The PDF: accepted texts, the same bytes everywhere, tagged, with its own fonts, and no gap of any kind."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from callflow.calls.states import Law
from callflow.core import pdf
from callflow.letters import render
from callflow.letters.states import LetterKind
from config import ROOT
from tests.letters.contexts import COMBINATIONS, letter
from tests.letters.reading import flat, golden_of, heights, words_of

K = LetterKind
SUBJECT = {"nl": "Onderwerp", "fr": "Objet"}
LINE = 10
"""Less than a line of the smallest words at the head of a letter, in pixels."""
HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }} {% raw %}",
    "'; DROP TABLE letter; --",
    "Kinderkunst \U0001f3a8 in \u793e\u6703",
    "\u202egnirts desrever",
    "e\u0301e\u0301 \ufb01ets \u0133sland",
    "a\u200bb\u00adc\u0000d\u0007",
    "Ĭ ĭ Ŧ ŧ ‗",
    "x" * 300,
    "« guillemets »\u00a0: 5\u202f000\u00a0€ ; ½ ≤ ≥ → ✓",
]


@pytest.mark.parametrize(("kind", "law", "language"), COMBINATIONS)
def test_the_pdf_says_the_accepted_text(kind, law, language):
    context = letter(kind, law, language)

    assert words_of(render.as_pdf(context)) == golden_of(context).read_text(encoding="utf-8")


def test_another_process_makes_the_same_bytes(tmp_path: Path):
    context = letter(K.selected, Law.fr_public, "fr", courtesy="nl")
    stored = tmp_path / "context.json"
    stored.write_text(json.dumps(context.as_stored()))
    program = (
        "import sys, json; from callflow.app import create_app; from config import Settings;"
        "from callflow.letters import render; from callflow.letters.context import LetterContext;"
        f"given = {{'CALLFLOW_ENV': 'test', 'CALLFLOW_HOME': {str(tmp_path)!r}}};"
        "create_app(Settings.from_env(given)).app_context().push();"
        "sys.stdout.buffer.write(render.as_pdf(LetterContext.of(json.load(open(sys.argv[1])))))"
    )

    done = subprocess.run([sys.executable, "-c", program, stored], capture_output=True, check=True)

    assert done.stdout == render.as_pdf(context)


def test_it_is_tagged_and_says_title_and_language():
    content = render.as_pdf(letter(K.not_selected, Law.be_public, "nl", courtesy="fr"))

    with pikepdf.open(BytesIO(content)) as document:
        root = document.Root
        languages = {str(node["/Lang"]) for node in _nodes(root.StructTreeRoot) if "/Lang" in node}
        headers = [node for node in _nodes(root.StructTreeRoot) if node.get("/S") == "/TH"]
        metadata = document.open_metadata()
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "nl"
        assert str(document.docinfo["/Title"]) == "Beslissing over uw aanvraag DAZ26-K7QMP"
        assert metadata["pdfuaid:part"] == "1"
        assert languages >= {"fr"}
        assert {str(node["/A"]["/Scope"]) for node in headers} == {"/Row", "/Column"}


def test_every_image_says_what_it_shows():
    content = render.as_pdf(letter(K.selected))

    with pikepdf.open(BytesIO(content)) as document:
        figures = [node for node in _nodes(document.Root.StructTreeRoot) if node.get("/S") == "/Figure"]
        assert len(figures) == 3
        assert all(str(node["/Alt"]).strip() for node in figures)


def test_only_the_bundled_fonts_are_in_it():
    content = render.as_pdf(letter(K.selected))

    with pikepdf.open(BytesIO(content)) as document:
        fonts = {
            str(font["/BaseFont"]).split("+")[1]
            for page in document.pages
            for font in page.resources.Font.values()
        }
    assert fonts == {"Callflow-Sans", "Callflow-Sans-Semi-Bold", "Callflow-Serif-Semi-Bold"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_drawn_as_the_stated_substitute_and_nothing_else_happens(text):
    context = letter(K.not_selected, title=text or "-", motivation=text)
    context = replace(context, addressee=replace(context.addressee, name=text))

    said = words_of(render.as_pdf(context))

    shown = pdf.substitute(text)
    assert "".join(shown.split()) in "".join(said.split())


def test_the_strings_that_break_other_programs_do_not_break_a_letter(shared):
    strings = [each for each in json.loads(shared("data/hostile/blns.json").read_text()) if each.strip()]
    paragraph = "\n\n".join(strings)

    said = words_of(render.as_pdf(letter(K.not_selected, motivation=paragraph)))

    missing = [each for each in strings if _squeezed(pdf.substitute(each)) not in _squeezed(said)]
    assert missing == []


def test_every_substitute_can_be_drawn_and_substituting_twice_changes_nothing():
    every = "".join(chr(point) for point in range(0x20, 0x3000) if not 0xD800 <= point < 0xE000)

    once = pdf.substitute(every)

    assert set(once) <= pdf.coverage() | set("\t\n\r")
    assert pdf.substitute(once) == once


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('<img src="" alt="x" />', "without a source"),
        ('<img src="data:image/png;base64,AAAA" alt="x" />', "Failed to load image"),
        ('<img src="https://example.org/x.png" alt="x" />', "Error fetching"),
        ('<img src="file:///etc/hostname" alt="x" />', "Error fetching"),
        ('<link rel="attachment" href="file:///etc/hostname" />', "Error fetching"),
        ("<p>\U0001f3a8</p>", "notdef"),
        ('<p style="color: no-colour">x</p>', "invalid"),
        ("<p>not closed", "not well formed"),
        ("<p>no\0thing</p>", "not well formed"),
    ],
)
def test_a_gap_is_an_error(body, complaint):
    document = f'<!DOCTYPE html><html lang="nl"><head><title>x</title></head><body>{body}</body></html>'

    with pytest.raises(pdf.PdfError, match=complaint):
        pdf.make(document, sheet=render.SHEET)


def test_every_element_of_a_document_has_its_rule_in_the_sheet_that_stands_for_html():
    folders = ["letters", "documents", "print", "minutes"]
    templates = [path for name in folders for path in (ROOT / "templates" / name).glob("*.html")]
    templates.append(ROOT / "templates" / "partner" / "report.html")
    written = "".join(path.read_text() for path in templates)
    paper = re.sub(r"\{.*?\}", ",", (pdf.FONTS / "paper.css").read_text().partition("*/")[2], flags=re.DOTALL)

    unknown = set(re.findall(r"<([a-z][a-z0-9]*)", written)) - set(re.findall(r"[a-z][a-z0-9]*", paper))

    assert unknown == {"meta", "title", "span"}, (
        "the first two are inside head; a span is inline, as by default"
    )


def test_the_private_name_that_the_mended_tags_hang_on_is_still_there():
    from weasyprint.pdf import tags

    html = '<!DOCTYPE html><html lang="nl"><head><title>x</title></head><body>x</body></html>'
    pdf.make(html, sheet=render.SHEET)

    assert tags._build_box_tree.__name__ == "with_language_and_scope"


def test_the_text_of_a_letter_is_what_its_pdf_says():
    context = letter(K.reserve, Law.fr_public, "fr")

    written, drawn = flat(render.text(context)), flat(words_of(render.as_pdf(context)))

    assert [word for word in set(written.split()) if word not in drawn] == []


def _nodes(tree):
    """Every element of a structure tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                yield node
            kids = node.get("/K")
            waiting += list(kids) if isinstance(kids, pikepdf.Array) else [kids] if kids is not None else []


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", ["nl", "fr"])
@pytest.mark.parametrize("law", list(Law))
def test_a_grant_takes_one_sheet_with_its_acceptance_on_the_second_side(law, language):
    said = letter(K.selected, law, language)
    opening = said.addressee.name + ": " + 2 * said.scores.lines[0].text
    context = replace(said, opening={language: opening}, closing={language: opening}, motivation=opening)

    with pikepdf.open(BytesIO(render.as_pdf(context))) as document:
        pages = len(document.pages)

    assert pages == 2


@pytest.mark.parametrize(
    ("law", "language", "other"), [(Law.be_public, "nl", "fr"), (Law.fr_public, "fr", "nl")]
)
def test_a_grant_with_conditions_and_its_translation_take_one_sheet(law, language, other):
    context = letter(K.selected_with_conditions, law, language, courtesy=other)

    with pikepdf.open(BytesIO(render.as_pdf(context))) as document:
        pages = len(document.pages)

    assert pages == 2


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_a_long_name_of_the_authority_or_its_handler_pushes_down_what_stands_below(language):
    made = letter(LetterKind.reserve, Law.egtc, language, courtesy="fr" if language == "nl" else "nl")
    name = "Groepering voor territoriale samenwerking West-Vlaanderen / Flandre-Dunkerque-Côte d’Opale " * 2
    capacity = "hoofdmedewerker grensoverschrijdende leefbaarheid en volksgezondheid " * 2
    twins = [dict.fromkeys(("nl", "fr"), words) for words in (name, capacity)]
    made = replace(
        made, office=replace(made.office, name=twins[0]), handler=replace(made.handler, capacity=twins[1])
    )

    said = heights(render.as_pdf(made))

    ordered = [
        next(height for words, height in said if words.startswith(begin))
        for begin in (made.office.street, made.addressee.name, made.handler.phone, SUBJECT[language])
    ]
    assert ordered == sorted(ordered)
    assert all(after - before > LINE for before, after in pairwise(ordered))


def test_what_this_process_starts_draws_with_the_fonts_of_its_machine():
    before = os.environ.get("FONTCONFIG_FILE")

    render.as_pdf(letter(K.withdrawal_confirmed))

    assert os.environ.get("FONTCONFIG_FILE") == before
