"""The arithmetic of the jury against a second implementation, written the long way round."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from callflow.jury.totals import Line, rounded, total

VALUES = st.integers(0, 10).map(lambda halves: Decimal(halves) / 2)
KEYS = ("need", "participation", "feasibility", "novelty", "future")


@st.composite
def panels(draw):
    keys = KEYS[: draw(st.integers(1, 5))]
    lines = [Line(key, draw(st.integers(1, 60)), draw(st.none() | VALUES)) for key in keys]
    sheet = st.fixed_dictionaries({}, optional={key: st.none() | VALUES for key in keys})
    return lines, draw(st.lists(sheet, max_size=6))


def by_hand(lines, sheets, scale_max):
    """Every sheet is laid out once per unit of weight; points and places are counted one by one."""
    means, below = {}, []
    points = places = Fraction(0)
    for line in lines:
        halves, jurors = 0, 0
        for sheet in sheets:
            if line.key in sheet and sheet[line.key] is not None:
                halves += int(sheet[line.key] * 2)
                jurors += 1
        if jurors == 0:
            continue
        means[line.key] = Fraction(halves, 2 * jurors)
        if line.minimum is not None and halves < int(line.minimum * 2) * jurors:
            below.append(line.key)
        for _ in range(line.weight):
            points += Fraction(halves, 2 * jurors)
            places += scale_max
    return (points / places * 100 if places else None), means, tuple(below)


@given(panels())
def test_means_weights_and_minima_are_those_counted_by_hand(panel):
    lines, sheets = panel

    found = total(lines, sheets, scale_max=5)

    assert (found.percent, found.means, found.below) == by_hand(lines, sheets, 5)


@given(panels(), st.randoms())
def test_the_order_of_jurors_and_criteria_changes_nothing(panel, dice):
    lines, sheets = panel
    turned = list(lines)
    dice.shuffle(turned)
    shuffled = list(sheets)
    dice.shuffle(shuffled)

    found, again = total(lines, sheets, scale_max=5), total(turned, shuffled, scale_max=5)

    assert (found.percent, found.means, set(found.below)) == (again.percent, again.means, set(again.below))


@given(panels())
def test_a_sheet_on_which_nothing_applies_changes_nothing(panel):
    lines, sheets = panel

    assert total(lines, [*sheets, dict.fromkeys(KEYS)], scale_max=5) == total(lines, sheets, scale_max=5)


def test_rounding_is_half_up_as_people_do():
    assert rounded(Fraction(145, 2), 0) == Decimal(73)
    assert rounded(Fraction(2, 3) * 100, 4) == Decimal("66.6667")
