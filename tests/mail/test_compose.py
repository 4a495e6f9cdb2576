"""Notices put into words: each in every language, loud about what is missing, one line where a header asks
for it.
"""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from callflow.core import mailing
from callflow.letters.states import LetterKind
from config import ROOT
from tests.letters.contexts import letter

NOTICES = sorted(path.name for path in (ROOT / "templates" / "mail").iterdir() if path.is_dir())


@pytest.mark.parametrize("notice", NOTICES)
def test_every_notice_has_its_three_files(notice):
    folder: Path = ROOT / "templates" / "mail" / notice

    assert sorted(path.name for path in folder.iterdir()) == ["body.html", "body.txt", "subject.txt"]


@pytest.mark.parametrize(
    ("language", "subject", "greeting"),
    [
        ("nl", "Brief over uw dossier DAZ26-K7QMP", "Geachte mevrouw, geachte heer,"),
        ("fr", "Lettre sur votre dossier DAZ26-K7QMP", "Madame, Monsieur,"),
        ("en", "Letter about your dossier DAZ26-K7QMP", "Dear Madam, dear Sir,"),
    ],
)
def test_a_notice_speaks_the_language_asked_for(app, language, subject, greeting):
    said = mailing.compose(
        "letter",
        language,
        letter=letter(LetterKind.selected),
        subject="",
        text="",
        attached=True,
        page="https://x.example",
    )

    assert said.subject == subject
    assert said.body.startswith(greeting)
    assert greeting in said.html


def test_what_the_words_need_and_nobody_gave_is_an_error(app):
    with pytest.raises(UndefinedError):
        mailing.compose("letter", "nl", letter=letter(LetterKind.selected))


def test_what_people_typed_is_escaped_in_html_and_left_alone_in_text(app):
    typed = {"subject": "<b>", "text": "<script>x</script>"}

    said = mailing.compose(
        "letter", "nl", letter=letter(LetterKind.selected), attached=False, page="https://x.example", **typed
    )

    assert "<script>" not in said.html
    assert "<script>x</script>" in said.body
    assert said.subject == "<b>"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("een\r\nBcc: x", "een Bcc: x"), ("\x00a\u2028b\x85c ", "a b c"), ("x" * 400, "x" * 250), ("", "")],
)
def test_a_subject_is_one_line(typed, kept):
    assert mailing.one_line(typed) == kept
