"""flask selection propose: a table in, a table out, every wrong row named and nothing written."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

HEADER = "id,title,cost,score\n"
TABLE = HEADER + 'a,"Een bank, een boom",60,9\nb,Un banc,50,8\nc,Une haie,40,7\nd,Te laag,1,2\n'


@pytest.fixture
def propose(app: Flask, tmp_path: Path):
    def run(text: str | bytes, *options: str, language: str = "C") -> Result:
        file = tmp_path / "table.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        chosen = options or ("--budget", "100", "--rule", "skip")
        environment = {"LC_ALL": language}
        return app.test_cli_runner(env=environment).invoke(args=["selection", "propose", str(file), *chosen])

    return run


def table(text: str) -> dict[str, str]:
    return {line["id"]: line["outcome"] for line in csv.DictReader(io.StringIO(text))}


def test_the_table_goes_out_with_an_outcome_and_a_reason_for_each_row(propose):
    result = propose(TABLE, "--budget", "100", "--rule", "skip", "--minimum", "3")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "id,outcome,reason"
    assert table(result.stdout) == {"a": "selected", "b": "reserve", "c": "selected", "d": "below_minimum"}
    assert "costs 50.00, only 40.00 was left" in result.stdout
    assert result.stderr.strip() == "selected 2, reserve 1, below_minimum 1, undecided 0; 100.00 / 100.00"


def test_out_writes_the_whole_file(propose, tmp_path: Path):
    out = tmp_path / "proposal.csv"

    result = propose(TABLE, "--budget", "100", "--rule", "stop", "--out", str(out))

    assert (result.exit_code, result.stdout) == (0, "")
    assert table(out.read_text()) == {"a": "selected", "b": "reserve", "c": "reserve", "d": "reserve"}
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv", "proposal.csv"] or out.exists()


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode("utf-8-sig"),
        TABLE.replace(", een", " een").replace(",", ";").encode("cp1252"),
        TABLE.replace(", een", " een").replace(",", "\t").replace("\n", "\r\n").encode("utf-16"),
        TABLE.replace("id,title,cost,score", "Score,COST,Title,ID").replace("60,9", "60,9").encode(),
    ],
    ids=["marked", "semicolons", "unicode text", "columns elsewhere"],
)
def test_tables_are_read_as_spreadsheets_write_them(propose, content):
    result = propose(content)

    if content.startswith(b"Score"):  # the cells no longer stand under their headers: each is named
        assert result.exit_code == 2
        assert "Line 2: cost" in result.stderr
    else:
        assert (result.exit_code, table(result.stdout)["a"]) == (0, "selected")


WRONG = {
    "comma": ('a,x,"1,5",2', "Line 2: cost is “1,5”. Write a point for the decimals: 1.5."),
    "negative": ("a,x,-1,2", "Line 2: cost is -1 and cannot be less than zero."),
    "nan": ("a,x,nan,2", "Line 2: cost is “nan”, which is no number."),
    "infinite": ("a,x,1,inf", "Line 2: score is “inf”, which is no number."),
    "thousands": ("a,x,1 000,2", "Line 2: cost is “1 000”, which is no number."),
    "other digits": ("a,x,\u0661,2", "Line 2: cost is “\u0661”, which is no number."),
    "underscore": ("a,x,1_000,2", "Line 2: cost is “1_000”, which is no number."),
    "half a cent": ("a,x,0.005,2", "Line 2: cost is 0.005. Money has at most two decimals."),
    "huge": ("a,x,1e99,2", "Line 2: cost is 1e99, which is more than can be right."),
    "empty cost": ("a,x,,2", "Line 2: cost is empty."),
    "empty id": (" ,x,1,2", "Line 2: the id is empty."),
    "twice": ("a,x,1,2\na,y,1,2", "Line 3: the id a stands on line 2 as well."),
    "short row": ("a,x", "Line 2: cost is empty."),
    "long row": (
        "a,x,1,2,3",
        "Line 2: 1 cells stand beside the columns. A text with a , needs quotes around it.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_row_is_named_and_nothing_is_written(propose, tmp_path: Path, name):
    rows, said = WRONG[name]
    out = tmp_path / "out.csv"

    result = propose(HEADER + rows + "\nz,fine,1,1\n", "--budget", "9", "--rule", "skip", "--out", str(out))

    assert result.exit_code == 2
    assert said in result.stderr.splitlines()
    assert "Nothing was written" in result.stderr
    assert not out.exists()


def test_every_wrong_row_is_named_and_the_line_is_that_of_its_beginning(propose):
    result = propose(HEADER + 'a,"over\ntwo lines",x,1\n\nb,y,1,\n')

    lines = result.stderr.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["Line 2", "Line 5"]
    assert lines[-1] == "Error: Nothing was written: 2 rows need a correction."


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "The first line of the file must name the columns."),
        (b"id,title,score\na,b,1\n", "The column cost is missing. There are: id, title, score."),
        (b"id,title,cost,score,Cost\n", "The columns “cost” and “Cost” mean the same."),
        (b'id,title,cost,score\na,"b,1,2\n', "Line 2: the quotes do not match"),
        (b"\x00\x01\x02", "This is no table in plain text."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is no table in plain text."),
    ],
    ids=["empty", "missing column", "column twice", "quotes", "bytes", "picture"],
)
def test_a_file_that_is_no_such_table_is_refused_in_plain_words(propose, content, said):
    result = propose(content)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize("budget", ["-1", "1,5", "nan", "", "x", "0.001"])
def test_a_budget_that_is_no_money_is_refused(propose, budget):
    assert propose(TABLE, "--budget", budget, "--rule", "skip").exit_code == 2


def test_it_speaks_the_language_of_the_terminal(propose):
    assert "regel 2" in propose(HEADER + "a,x,-1,2", language="nl_BE.UTF-8").stderr.lower()
    assert "ligne 2" in propose(HEADER + "a,x,-1,2", language="fr_FR.UTF-8").stderr.lower()


def test_a_table_without_rows_gives_one_without_rows(propose):
    assert propose(HEADER).stdout == "id,outcome,reason\n"
