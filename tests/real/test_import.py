"""flask import ideas: every row judged before anything is written, then drafts like any other."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from callflow.applications.models import Answer, Application
from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.db import db
from callflow.core.trail import Event, check_all
from callflow.people.models import Group, User
from tests.real.conftest import GRANT, TITLES, Command, written

HEADER = ("Titel", "Omschrijving", "Kosten", "Taal", "Gemeente", "Groep", "E-mail")
ROW = ("Een bank", "Onder de boom", "1.500,50", "nl", "Lo-Reninge", "Bankgroep", "an@bank.example")


@pytest.fixture
def bring_in(opened: Call, command: Command, tmp_path: Path) -> Callable[..., Result]:
    def run(content: str | bytes, *options: str, language: str = "C") -> Result:
        file = tmp_path / "ideas.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return command("import", "ideas", file, "--call", GRANT, *(options or ("--yes",)), language=language)

    return run


def titles() -> list[str]:
    return list(db.session.scalars(db.select(Application.title).order_by(Application.id)))


def test_a_row_becomes_a_draft_with_its_group_and_its_person(bring_in):
    result = bring_in(written(HEADER, [ROW]))

    draft = db.session.scalars(db.select(Application)).one()
    group = db.session.scalars(db.select(Group)).one()
    answers = dict(db.session.execute(db.select(Answer.field, Answer.value)).all())
    assert result.exit_code == 0, result.output
    assert (draft.title, draft.state.value, draft.language, draft.municipality_code) == (
        "Een bank", "draft", "nl", "32030",
    )  # fmt: skip
    assert (str(draft.requested), answers["summary"]) == ("1500.50", "Onder de boom")
    assert (group.name, group.contact_email, draft.group_id) == ("Bankgroep", "an@bank.example", group.id)
    assert db.session.scalars(db.select(User.email)).all() == ["an@bank.example"]
    assert list(check_all()) == []


def test_what_was_brought_in_stands_in_the_history_of_the_call(bring_in, opened):
    bring_in(written(HEADER, [ROW, ROW]))

    last = db.session.scalars(
        db.select(Event).where(Event.trail_id == opened.trail_id).order_by(Event.sequence.desc())
    ).first()
    assert (last.action, last.data["count"]) == ("ideas_imported", 2)


def test_titles_come_in_to_the_byte_and_guarded_cells_as_they_were_typed(bring_in):
    every = [*TITLES["nl"], *TITLES["fr"]]
    guarded = [f"'{title}" if title[0] in "+-=" else title for title in every]

    bring_in(written(("title",), [[title] for title in guarded]))

    assert titles() == every


def test_rows_of_one_group_share_it_and_a_known_person_is_found(bring_in):
    other = ("Een tweede", "x", "900", "fr", "Wormhout", "Bankgroep", "AN@bank.example")
    bring_in(written(HEADER, [ROW, other]))
    bring_in(written(HEADER, [ROW]))

    counts = [db.session.scalar(db.select(db.func.count(model.id))) for model in (Application, Group, User)]
    assert counts == [3, 1, 1]


def test_a_row_that_names_nobody_is_kept_under_the_authority_of_its_lot(bring_in):
    bring_in(written(("titre", "langue"), [["Un banc", "fr"], ["Une haie", "fr"]]))

    group = db.session.scalars(db.select(Group)).one()
    assert (group.contact_email, group.country) == ("villages@trois-moulins.example", "FR")
    assert titles() == ["Un banc", "Une haie"]


@pytest.mark.parametrize(
    "content",
    [
        written(HEADER, [ROW], delimiter=";").encode("cp1252"),
        written(HEADER, [ROW], delimiter="\t").encode("utf-16"),
        written(HEADER, [ROW]).encode("utf-8-sig"),
        written(
            ("COST", "lang", "Project title", "commune", "bénéficiaire", "courriel"),
            [("1500.50", "NL", "Een bank", "8647 Lo-Reninge", "Bankgroep", "an@bank.example")],
        ),
    ],
    ids=["windows", "unicode text", "marked", "other headers"],
)  # fmt: skip
def test_tables_come_as_spreadsheets_write_them(bring_in, content):
    result = bring_in(content)

    assert result.exit_code == 0, result.output
    assert titles() == ["Een bank"]


def test_lines_within_a_text_are_kept_and_rows_counted_by_their_first_line(bring_in):
    rows = [("Een", "eerste\r\ntweede"), ("", "leeg"), ("Drie", "x")]

    result = bring_in(written(("title", "description"), rows))

    assert result.exit_code == 2
    assert "Line 4: the title is empty." in result.stderr.splitlines()
    bring_in(written(("title", "description"), [rows[0]]))
    assert db.session.scalar(db.select(Answer.value).where(Answer.field == "summary")) == "eerste\ntweede"


WRONG = {
    "no title": ("", "", "1", "nl", "", "", ""),
    "two lines in a title": ("een\ntwee", "", "1", "nl", "", "", ""),
    "title too long": ("x" * 301, "", "1", "nl", "", "", ""),
    "control character": ("een\x07bel", "", "1", "nl", "", "", ""),
    "lost characters": ("potenti\ufffdle", "", "1", "nl", "", "", ""),
    "amount in words": ("a", "", "veel", "nl", "", "", ""),
    "amount in two ways": ("a", "", "1.500", "fr", "", "", ""),
    "language": ("a", "", "1", "pl", "", "", ""),
    "place": ("a", "", "1", "nl", "Atlantis", "", ""),
    "mail": ("a", "", "1", "nl", "", "", "geen adres"),
    "group too long": ("a", "", "1", "nl", "", "g" * 201, ""),
    "a cell too many": ("a", "", "1", "nl", "", "", "", "over"),
}


@pytest.mark.parametrize("name", WRONG)
def test_one_wrong_row_is_named_and_nothing_of_the_file_is_written(bring_in, name):
    result = bring_in(written(HEADER, [ROW, WRONG[name], ROW]))

    assert result.exit_code == 2
    assert [line.split(":")[0] for line in result.stderr.splitlines()[:-1]] == ["Line 3"]
    assert "(" not in result.stderr.splitlines()[0].replace("(�)", ""), "a code instead of words"
    counts = [db.session.scalar(db.select(db.func.count(model.id))) for model in (Application, Group, User)]
    assert counts == [0, 0, 0]


def test_without_a_column_for_the_language_the_headers_tell_it(bring_in):
    bring_in(written(("titre_projet_gagnant",), [["Un banc"]]))
    bring_in(written(("Titel",), [["Een bank"]]))

    rows = db.session.execute(db.select(Application.language, Application.title)).all()
    assert sorted(map(tuple, rows)) == [("fr", "Un banc"), ("nl", "Een bank")]


def test_an_amount_outside_the_limits_is_left_to_the_group(bring_in):
    result = bring_in(written(("title", "cost"), [["Duur", "390000"], ["Goedkoop", "1"]]))

    draft = db.session.scalars(db.select(Application)).first()
    assert "2 ask an amount that the group has to change before it submits." in result.stdout
    assert (titles(), draft.requested) == (["Duur", "Goedkoop"], None)


def test_a_dry_run_shows_the_first_rows_and_writes_nothing(bring_in):
    result = bring_in(written(HEADER, [ROW] * 8), "--dry-run")

    assert result.stdout.count("Een bank") == 5
    assert "8 ideas in the file." in result.stdout
    assert "Nothing was written." in result.stdout
    assert titles() == []


def test_columns_may_be_pointed_at(bring_in):
    table = written(("Op_ration / Actie", "Omschrijving"), [["Brusoc", "x"]])

    assert bring_in(table).exit_code == 2
    assert bring_in(table, "--yes", "--column", "title=Op_ration / Actie").exit_code == 0
    assert titles() == ["Brusoc"]
    assert bring_in(table, "--yes", "--column", "title=Bestaat niet").exit_code == 2
    assert bring_in(table, "--yes", "--column", "geld=Omschrijving").exit_code == 2


def test_a_file_that_is_no_list_is_refused_in_the_language_of_the_terminal(bring_in):
    assert "First" not in bring_in(b"", language="nl_BE.UTF-8").stderr
    assert "kolom title ontbreekt" in bring_in(b"naam;kost\nx;1\n", language="nl_BE.UTF-8").stderr
    assert "colonne title manque" in bring_in(b"naam;kost\nx;1\n", language="fr_FR.UTF-8").stderr
    assert bring_in(b"title\n").exit_code == 2


def test_a_call_that_is_unknown_or_closed_takes_nothing(bring_in, command, opened, tmp_path):
    bring_in(written(HEADER, [ROW]), "--dry-run")

    unknown = command("import", "ideas", tmp_path / "ideas.csv", "--call", "GEEN", "--yes")
    with clock.fixed(opened.closes_at):
        closed = bring_in(written(HEADER, [ROW]))

    assert (unknown.exit_code, closed.exit_code) == (2, 2)
    assert "There is no call “GEEN”." in unknown.stderr
    assert "The call closed on Friday 18 December 2026" in closed.stderr
    assert titles() == []


@pytest.mark.parametrize("name", ["eu_brussels_2007.csv", "eu_nl_2007.csv"])
def test_damaged_lists_of_real_programmes_are_refused_in_plain_words(bring_in, shared, name):
    content = shared(f"data/ideas/messy/{name}").read_bytes()

    result = bring_in(content)

    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert titles() == []


def test_real_lists_come_in_whole(bring_in, shared):
    for name in ("ideas_nl_pabulib", "ideas_fr_paris_winners"):
        with shared(f"data/ideas/{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for _, row in zip(range(60), csv.reader(file), strict=False)]

        result = bring_in(written(rows[0], rows[1:]))

        assert result.exit_code == 0, result.output
    assert len(titles()) == 118
