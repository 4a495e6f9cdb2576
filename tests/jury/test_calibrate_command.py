"""flask jury calibrate: a table in, a table out with what it means; every wrong row named."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.jury.test_calibration import LENIENT

HEADER = "juror,dossier,score\n"
TABLE = HEADER + "".join(
    f"{juror},{dossier},{score}\n" for juror, given in LENIENT.items() for dossier, score in given.items()
)


@pytest.fixture
def calibrate(app: Flask, tmp_path: Path):
    def run(content: str | bytes, *options: str, language: str = "C") -> Result:
        file = tmp_path / "scores.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        runner = app.test_cli_runner(env={"LC_ALL": language})
        return runner.invoke(args=["jury", "calibrate", str(file), *options])

    return run


def order(text: str) -> list[str]:
    return [line["dossier"] for line in csv.DictReader(io.StringIO(text))]


def test_the_table_is_in_the_order_of_the_model_and_says_what_it_turned_round(calibrate):
    result = calibrate(TABLE)

    assert result.exit_code == 0
    assert order(result.stdout) == ["banc", "haie", "kerk", "bus", "four", "lavoir"]
    assert "Turned round: haie comes before kerk by the model and after it by the raw mean." in result.stderr
    assert "Door: +2.83 (+1.15 to +4.52), from 4 scores. Lenient." in result.stderr


def test_rows_in_another_order_give_the_same_bytes(calibrate, tmp_path: Path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    header, *rows = TABLE.splitlines(keepends=True)

    calibrate(TABLE, "--out", str(first))
    calibrate(header + "".join(reversed(rows)), "--out", str(second))

    assert first.read_bytes() == second.read_bytes()


def test_the_american_panel_with_its_own_columns(calibrate, shared):
    """0 is best; the raw mean ties three pairs that different jurors scored, and one that the same did."""
    content = shared("data/reviews/aibs_grant_panel.csv").read_bytes()

    result = calibrate(content, "--low-is-good", "--dossier", "proposal", "--score", "rating_0best_40worst")

    assert order(result.stdout)[:5] == ["P17", "P25", "P19", "P21", "P04"]
    assert "3 rows without a score are left out." in result.stderr
    assert "J12: 0. A single score cannot tell a strict juror from a weak dossier." in result.stderr
    assert "The raw mean ties 3 pairs that different jurors scored." in result.stderr
    assert "Only P25 was scored by J07, only P19 by J02." in result.stderr
    assert "P28 and P27. The same jurors scored both, but for J02" in result.stderr


WRONG = {
    "comma": ('a,x,"6,5"', "Line 2: score is “6,5”. Write a point for the decimals: 6.5."),
    "word": ("a,x,good", "Line 2: score is “good”, which is no number."),
    "nan": ("a,x,nan", "Line 2: score is “nan”, which is no number."),
    "huge": ("a,x,1e99", "Line 2: score is 1e99, which is more than can be right."),
    "nobody": (" ,x,3", "Line 2: the juror is empty."),
    "nothing": ("a,,3", "Line 2: the dossier is empty."),
    "look": ("ann,x,3\n\u0430nn,y,4", "Line 3: the juror “\u0430nn” looks like “ann” on line 2"),
    "before": ("ann\u200b,x,3\nann,y,4", "but is written otherwise (U+200B)."),
    "twice": ("a,x,3\nb,x,4\na,x,5", "Line 4: a scored x on line 2 as well."),
    "spare": ("a,x,3,4", "Line 2: 1 cells stand beside the columns. A text with a , needs quotes around it."),
    "no row": ("", "The file holds no rows."),
    "no score": ("a,x,\nb,x, ", "No row of the file has a score."),
    "quotes": ('a,"x,3', "Line 2: the quotes do not match"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_with_its_line_and_nothing_is_written(calibrate, tmp_path: Path, name):
    rows, said = WRONG[name]
    out = tmp_path / "out.csv"

    result = calibrate(HEADER + rows + "\n", "--out", str(out))

    assert (result.exit_code, result.stdout, out.exists()) == (2, "", False)
    assert said in result.stderr


def test_columns_that_are_not_there_are_named_beside_those_that_are(calibrate):
    missing = calibrate("reader,dossier,score\na,x,3\n")
    unknown = calibrate(TABLE, "--score", "points")

    assert (missing.exit_code, unknown.exit_code) == (2, 2)
    assert "The column juror is missing. There are: reader, dossier, score." in missing.stderr
    assert "No column is called “points”. There are: juror, dossier, score." in unknown.stderr


def test_the_same_name_in_two_codings_of_its_accents_is_one(calibrate):
    assert "1 jurors, 2 dossiers" in calibrate(HEADER + "Ren\u00e9,x,3\nRene\u0301,y,4\n").stderr


def test_no_name_runs_as_a_formula_and_each_reads_back_as_it_was(calibrate):
    result = calibrate(HEADER + "a,=1+1,3\na,'-x,2\n")

    assert order(result.stdout) == ["'=1+1", "'-x"]
    assert order(calibrate(HEADER + "a,'=1+1,3\na,-x,2\n").stdout) == ["'=1+1", "'-x"]
