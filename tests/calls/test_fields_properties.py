"""Whatever is typed is read or refused; what is written into an input is read again."""

import json
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from callflow.calls import fields
from callflow.calls.fields import Reading
from tests.calls.test_fields import BUDGET, LANGUAGES, PLACES, Place, read, row

languages = st.sampled_from(LANGUAGES)
kinds = st.sampled_from(["short_text", "long_text", "number", "money", "date", "choice", "municipality"])
anything = st.text(st.characters(), max_size=60)


@given(kinds, anything, languages)
def test_whatever_is_typed_is_read_or_refused_and_json_holds_it(kind: str, typed: str, language: str):
    reading = read(kind, typed, language, choices=[{"id": "a", "label": {"nl": "a"}}])

    assert reading.value is None or reading.flaws == ()
    assert json.loads(json.dumps(reading.value)) == reading.value
    fields.visible(typed).encode()


@given(st.decimals("0", "999999999.99", places=2), languages)
def test_an_amount_written_into_its_input_is_read_again(amount: Decimal, language: str):
    field = {"id": "x", "kind": "money"}
    value = f"{amount:.2f}"

    assert fields.read(field, fields.for_input(field, value, language), language) == Reading(value)


@given(st.integers(-999_999_999, 999_999_999), languages)
def test_a_number_written_into_its_input_is_read_again(number: int, language: str):
    field = {"id": "x", "kind": "number"}

    assert fields.read(field, fields.for_input(field, number, language), language) == Reading(number)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), languages)
def test_a_day_written_in_words_is_read_again(day: date, language: str):
    field = {"id": "x", "kind": "date"}
    value = day.isoformat()

    assert fields.read(field, fields.for_input(field, value, language), language) == Reading(value)
    assert fields.read(field, f"{day:%d/%m/%Y}", language) == Reading(value)


@given(st.sampled_from(PLACES))
def test_a_municipality_as_the_list_offers_it_is_read_again(place: Place):
    field = {"id": "x", "kind": "municipality"}

    assert read("municipality", fields.for_input(field, place.code, "nl", PLACES)) == Reading(place.code)


@given(
    st.lists(st.tuples(st.text("abc é", min_size=1), st.decimals("0.01", "99999", places=2)), min_size=1),
    languages,
)
def test_a_budget_written_into_its_inputs_is_read_again(rows: list[tuple[str, Decimal]], language: str):
    costs = [row(f"{amount:.2f}", label=f"x{label.strip()}") for label, amount in rows][:60]
    total = sum((Decimal(each["amount"]) for each in costs), Decimal(0))
    income = [row(f"{total:.2f}", kind="grant")]
    value = {"costs": costs, "income": income, "total": f"{total:.2f}"}

    assert fields.read(BUDGET, fields.for_input(BUDGET, value, language), language) == Reading(value)


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_longer_text_is_never_counted_shorter(first: str, second: str):
    assert fields.length(first + second) <= fields.length(first) + fields.length(second)
    assert fields.length(first) <= len(first)


def test_days_of_a_whole_year_are_read_in_every_language():
    days = [date(2028, 1, 1) + timedelta(days=number) for number in range(366)]
    field = {"id": "x", "kind": "date"}

    for language in LANGUAGES:
        written = [fields.written(field, day.isoformat(), language) for day in days]
        assert [fields.read(field, words, language).value for words in written] == [
            d.isoformat() for d in days
        ]
