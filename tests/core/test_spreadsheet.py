"""Cells: no formula survives, and every text does."""

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callflow.core.spreadsheet import guard, unguard

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@given(st.text(st.sampled_from("'=+-@\t\r\n \uff1dax5"), max_size=8) | st.text())
@example("'=1+1")
@example(" \r")
@example("''")
@example("' =1+1")
def test_every_text_comes_back_and_none_is_a_formula(text: str):
    cell = guard(text)

    assert unguard(cell) == text
    assert not cell.lstrip(" \u00a0").startswith(STARTS_A_FORMULA)


@given(st.text(st.sampled_from("'=-a "), max_size=6), st.text(st.sampled_from("'=-a "), max_size=6))
def test_two_texts_never_share_a_cell(one: str, other: str):
    assert (guard(one) == guard(other)) == (one == other)


@pytest.mark.parametrize(
    "text", ["Moestuin zonder hek", "'t Lichtpunt", "0032475123456", "1e5", "8900;Ieper", ""]
)
def test_what_is_harmless_is_left_as_it_is(text: str):
    assert guard(text) == text


def test_the_hostile_cells_survive_a_file_and_are_neutral_in_it(shared):
    cells = json.loads(shared("data/hostile/csv_cells.json").read_text(encoding="utf-8"))["cells"]
    file = io.StringIO(newline="")
    csv.writer(file).writerows([guard(cell)] for cell in cells)

    file.seek(0)
    read = [row[0] for row in csv.reader(file)]

    assert [unguard(cell) for cell in read] == cells
    assert [cell for cell in read if cell.lstrip().startswith(STARTS_A_FORMULA)] == []
