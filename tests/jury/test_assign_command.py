"""flask jury assign: a table in, a table out, every wrong row named and nothing written."""

import csv
import io
import random
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

HEADER = "juror,dossier,affinity,conflict\n"
TABLE = HEADER + "ann,d1,5,no\nann,d2,4,no\nbob,d1,3,\nbob,d2,9,yes\ncee,d1,1,0\ncee,d2,1.5,0\n"
TWO = ("--per-dossier", "2", "--min-load", "1", "--max-load", "2")


@pytest.fixture
def assign(app: Flask, tmp_path: Path):
    def run(text: str | bytes, *options: str, language: str = "C") -> Result:
        file = tmp_path / "table.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        chosen = options or TWO
        environment = {"LC_ALL": language}
        return app.test_cli_runner(env=environment).invoke(args=["jury", "assign", str(file), *chosen])

    return run


def test_the_table_goes_out_with_a_reason_for_each_pairing_and_both_ends(assign):
    result = assign(TABLE)

    assert result.exit_code == 0
    assert list(csv.reader(io.StringIO(result.stdout))) == [
        ["juror", "dossier", "affinity", "reason"],
        ["ann", "d1", "5", "highest affinity of 3 who may read it"],
        ["bob", "d1", "3", "affinity number 2 of 3 who may read it"],
        ["ann", "d2", "4", "highest affinity of 2 who may read it"],
        ["cee", "d2", "1.5", "affinity number 2 of 2 who may read it"],
    ]
    assert result.stderr.splitlines() == [
        "greatest total: 13.5, smallest sum of a dossier 5.5",
        "this assignment: total 13.5, smallest sum of a dossier 5.5",
        "loads: 1 to 2",
    ]


def test_out_writes_the_whole_file_the_same_whatever_the_order_of_rows(assign, tmp_path: Path):
    out, rows = tmp_path / "out.csv", TABLE.splitlines()[1:]
    written = set()
    for _ in range(3):
        random.Random(len(written)).shuffle(rows)
        result = assign("\n".join([HEADER.strip(), *rows]), *TWO, "--out", str(out))
        assert (result.exit_code, result.stdout) == (0, "")
        written.add(out.read_text())

    assert len(written) == 1
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".csv") == [
        "out.csv",
        "table.csv",
    ]


def test_a_juror_ahead_is_named_with_why_they_do_not_read_it(assign):
    said = assign(
        HEADER + "ann,d1,9,\nann,d2,8,\nbob,d1,1,\nbob,d2,1,\n",
        "--per-dossier",
        "1",
        "--min-load",
        "1",
        "--max-load",
        "1",
    )

    assert "bob,d2,1,affinity number 2 of 2 who may read it; ahead: ann (already has the most)" in said.stdout


@pytest.mark.parametrize(
    "options, said",
    [
        (
            ("3", "0", "9"),
            ["d2: only 2 jurors may be put on it, and 3 are needed (conflicts of interest: 1)."],
        ),
        (("1", "2", "2"), ["The smallest loads come to 6 together, and there are only 2 places."]),
        (("2", "0", "1"), ["4 places have to be filled, and with this greatest load the jurors can take 3."]),
    ],
)
def test_what_cannot_be_met_names_dossiers_or_jurors_and_writes_nothing(
    assign, tmp_path: Path, options, said
):
    chosen = [
        word
        for pair in zip(("--per-dossier", "--min-load", "--max-load"), options, strict=True)
        for word in pair
    ]
    result = assign(TABLE, *chosen, "--out", str(tmp_path / "out.csv"))

    lines = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (2, "")
    assert lines[0] in said
    assert any(line.split(":")[0] in {"d1", "d2", "ann", "bob", "cee"} for line in lines)
    assert lines[-1] == "Error: No assignment meets all of this. Nothing was written."
    assert not (tmp_path / "out.csv").exists()


LOOKS = "looks like “%s” on line 2, but is written otherwise (%s)."

WRONG = {
    "comma": ('a,x,"1,5",', "Line 2: affinity is “1,5”. Write a point for the decimals: 1.5."),
    "word": ("a,x,high,", "Line 2: affinity is “high”, which is no number."),
    "nan": ("a,x,nan,", "Line 2: affinity is “nan”, which is no number."),
    "negative": ("a,x,-1,", "Line 2: affinity is -1 and cannot be less than zero; mark a conflict instead."),
    "empty": ("a,x,,no", "Line 2: affinity is empty."),
    "decimals": ("a,x,0.1234567,", "Line 2: affinity is 0.1234567. It can have 6 decimals at most."),
    "large": (
        "a,x,1e8,",
        "Line 2: affinity is 100000000. With the 0 decimals of this table it can be 10000000 at most.",
    ),
    "huge": ("a,x,1e99,", "Line 2: affinity is 1e99, which is more than can be right."),
    "conflict": ("a,x,1,maybe", "Line 2: conflict is “maybe”. Write yes or no (ja, nee, oui, non, 1, 0)."),
    "twice": ("a,x,1,\nb,x,1,\na,x,1,yes", "Line 4: a and x stand on line 2 as well."),
    "nobody": (" ,x,1,", "Line 2: the juror is empty."),
    "nothing": ("a,,1,", "Line 2: the dossier is empty."),
    "long": (f"{'a' * 300},x,1,", "Line 2: juror is longer than 200 characters."),
    "beside": (
        "a,x,1,no,more",
        "Line 2: 1 cells stand beside the columns. A text with a , needs quotes around it.",
    ),
    "capitals": ("ann,x,1,\nAnn,y,1,", "Line 3: the juror “Ann”" + " " + LOOKS % ("ann", "U+0041")),
    "cyrillic": ("ann,x,1,\n\u0430nn,y,1,", "Line 3: the juror “\u0430nn”" + " " + LOOKS % ("ann", "U+0430")),
    "invisible": (
        "a,x1,1,\na,x\u200b1,1,",
        "Line 3: the dossier “x\u200b1”" + " " + LOOKS % ("x1", "U+200B"),
    ),
    "invisible before": (
        "a,x\u200b1,1,\na,x1,1,",
        "Line 3: the dossier “x1”" + " " + LOOKS % ("x\u200b1", "U+200B"),
    ),
    "two spaces": ("an b,x,1,\nan  b,y,1,", "Line 3: the juror “an  b”" + " " + LOOKS % ("an b", "-")),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_row_is_named_and_nothing_is_written(assign, tmp_path: Path, name):
    rows, said = WRONG[name]

    result = assign(HEADER + rows + "\nz,fine,1,no\n", *TWO, "--out", str(tmp_path / "out.csv"))

    assert result.exit_code == 2
    assert said in result.stderr.splitlines()
    assert "Nothing was written" in result.stderr
    assert not (tmp_path / "out.csv").exists()


def test_the_same_name_in_two_codings_of_its_accents_is_one(assign):
    rows = "Ren\u00e9,x,1,\nRene\u0301,y,1,\n"

    result = assign(HEADER + rows, "--per-dossier", "1", "--min-load", "2", "--max-load", "2")

    assert [row[0] for row in csv.reader(io.StringIO(result.stdout))] == ["juror", "Ren\u00e9", "Ren\u00e9"]


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "The first line of the file must name the columns."),
        (HEADER.encode(), "The file holds no rows."),
        (
            b"juror,dossier,affinity\na,b,1\n",
            "The column conflict is missing. There are: juror, dossier, affinity.",
        ),
        (b"juror,dossier,affinity,conflict,Juror\n", "The columns “juror” and “Juror” mean the same."),
        (HEADER.encode() + b'a,"b,1,\n', "Line 2: the quotes do not match"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is no table in plain text."),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_plain_words(assign, content, said):
    result = assign(content)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    "options", [("0", "0", "1"), ("1", "-1", "1"), ("1", "3", "2"), ("x", "0", "1"), ("1", "0", "1.5")]
)
def test_options_that_are_none_are_refused(assign, options):
    names = ("--per-dossier", "--min-load", "--max-load")

    result = assign(TABLE, *[word for pair in zip(names, options, strict=True) for word in pair])

    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("options", [(10**20, 0, 10**20), (1, 10**20, 10**21)])
def test_numbers_past_all_measure_name_who_goes_without(assign, options):
    names = ("--per-dossier", "--min-load", "--max-load")

    result = assign(TABLE, *[str(word) for pair in zip(names, options, strict=True) for word in pair])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "No assignment meets all of this. Nothing was written." in result.stderr
    assert f"{10**20} are needed" in result.stderr or f"the smallest load is {10**20}" in result.stderr


def test_no_name_runs_as_a_formula_and_each_reads_back_as_it_was(assign):
    rows = "=1+1,-x,3,\n'=1+1,@y,3,\n"

    result = assign(HEADER + rows, "--per-dossier", "1", "--min-load", "0", "--max-load", "2")

    assert [row[:2] for row in csv.reader(io.StringIO(result.stdout))][1:] == [
        ["'=1+1", "'-x"],
        ["'=1+1", "'@y"],
    ]


def test_a_place_that_cannot_be_written_is_said(assign, tmp_path: Path):
    result = assign(TABLE, *TWO, "--out", str(tmp_path / "nowhere" / "out.csv"))

    assert result.exit_code == 2
    assert "out.csv cannot be written: No such file or directory." in result.stderr


def test_it_speaks_the_language_of_the_terminal(assign):
    assert "hoogste affiniteit" in assign(TABLE, language="nl_BE.UTF-8").stdout
    assert "la plus forte affinité" in assign(TABLE, language="fr_FR.UTF-8").stdout
