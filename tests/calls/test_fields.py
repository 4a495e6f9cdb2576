"""What each kind of field accepts in each language, what it refuses, and that writing and reading agree."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import strategies as st

from callflow.calls import fields
from callflow.calls.fields import Flaw, Reading
from callflow.calls.fields.budget import typed_totals

LANGUAGES = ("nl", "fr", "en")
languages = st.sampled_from(LANGUAGES)


@dataclass
class Place:
    code: str
    country: str
    name_nl: str
    name_fr: str
    postcodes: str

    @property
    def name(self) -> str:
        return self.name_nl if self.country == "BE" else self.name_fr


PLACES = (
    Place("32030", "BE", "Lo-Reninge", "Lo-Reninge", "8647"),
    Place("33011", "BE", "Ieper", "Ypres", "8900 8902 8904 8906 8908"),
    Place("59309", "FR", "Hondschote", "Hondschoote", "59122"),
    Place("59260", "FR", "Giveld", "Ghyvelde", "59254"),
    Place("59999", "FR", "Moeren", "Les Moëres", "59122"),
)
BUDGET = {
    "id": "budget",
    "kind": "budget",
    "costs": [{"id": "works", "label": {"nl": "Werken", "fr": "Travaux"}}],
    "income": [{"id": "grant", "label": {"nl": "Steun", "fr": "Soutien"}}],
}


def read(kind: str, typed: object, language: str = "nl", **definition: object) -> Reading:
    return fields.read({"id": "x", "kind": kind, **definition}, typed, language, PLACES)


def code_of(reading: Reading) -> str:
    assert reading.value is None
    return reading.flaws[0].code


def row(amount: str, *, kind: str = "works", label: str = "Verf") -> dict[str, str]:
    return {"kind": kind, "label": label, "amount": amount}


@pytest.mark.parametrize(
    "language, typed, value",
    [
        ("nl", "1.234,50", "1234.50"),
        ("nl", "4.200", "4200.00"),
        ("nl", "800", "800.00"),
        ("nl", "800,-", "800.00"),
        ("nl", "€ 1.234.567,8", "1234567.80"),
        ("nl", "1 234,50 euro", "1234.50"),
        ("nl", "12.50", "12.50"),
        ("nl", "0,5", "0.50"),
        ("fr", "1 234,50", "1234.50"),
        ("fr", "1\u00a0234,50\u00a0€", "1234.50"),
        ("fr", "1\u202f234\u202f567,05", "1234567.05"),
        ("fr", "1.234,50", "1234.50"),
        ("fr", "2400 EUR", "2400.00"),
        ("en", "1,234.50", "1234.50"),
        ("en", "€1,234", "1234.00"),
        ("en", "1234.5", "1234.50"),
        ("en", "12,50", "12.50"),
        ("en", "1.234,50", "1234.50"),
    ],
)
def test_amounts_are_read_as_the_language_writes_them(language: str, typed: str, value: str):
    assert read("money", typed, language) == Reading(value)


@pytest.mark.parametrize(
    "language, typed, code",
    [
        ("nl", "8oo", "money_unread"),
        ("nl", "1,234", "money_ambiguous"),
        ("fr", "1.234", "money_ambiguous"),
        ("fr", "1,234", "money_ambiguous"),
        ("en", "1.234", "money_ambiguous"),
        ("nl", "12,345,6", "money_unread"),
        ("nl", "1.23.456", "money_unread"),
        ("nl", "12 34", "money_unread"),
        ("nl", "1234,567", "money_cents"),
        ("nl", "1.234,567", "money_cents"),
        ("nl", "-5", "money_negative"),
        ("nl", "1e3", "money_unread"),
        ("nl", "NaN", "money_unread"),
        ("nl", "Infinity", "money_unread"),
        ("nl", "\u0661\u0662", "money_unread"),
        ("nl", "9" * 39, "money_too_large"),
        ("nl", "9" * 5000, "money_unread"),
        ("nl", "=1+1", "money_unread"),
    ],
)
def test_what_is_no_amount_or_two_amounts_is_refused(language: str, typed: str, code: str):
    assert code_of(read("money", typed, language)) == code


def test_an_amount_keeps_within_its_limits():
    limits = {"minimum": "500", "maximum": "5000"}

    assert read("money", "5.000", **limits) == Reading("5000.00")
    assert read("money", "499,99", **limits).flaws == (Flaw("money_too_small", {"minimum": "500"}),)
    assert read("money", "5.000,01", **limits).flaws == (Flaw("money_too_large", {"maximum": "5000"}),)


@pytest.mark.parametrize(
    "typed, definition, value",
    [
        ("12", {}, 12),
        ("1.200", {}, 1200),
        ("-3", {"minimum": "-10"}, -3),
        ("2,5", {"decimals": 1}, "2.5"),
        ("2,50", {"decimals": 1}, "2.5"),
        ("1,234", {"decimals": 3}, "1.234"),
    ],
)
def test_numbers(typed: str, definition: dict[str, object], value: object):
    assert read("number", typed, **definition) == Reading(value)


def test_what_is_no_such_number_is_refused():
    assert code_of(read("number", "twaalf")) == "number_unread"
    assert code_of(read("number", "2,5")) == "number_whole"
    assert code_of(read("number", "2,55", decimals=1)) == "number_decimals"
    assert code_of(read("number", "1,234")) == "number_ambiguous"
    assert code_of(read("number", "3", minimum="5")) == "number_too_small"
    assert code_of(read("number", "6", maximum="5")) == "number_too_large"


@pytest.mark.parametrize(
    "language, typed",
    [
        ("nl", "25/11/2026"),
        ("nl", "25-11-2026"),
        ("nl", "25.11.2026"),
        ("nl", "2026-11-25"),
        ("nl", "25 november 2026"),
        ("nl", "woensdag 25 nov. 2026"),
        ("fr", "25 novembre 2026"),
        ("fr", "le mercredi 25 novembre 2026"),
        ("fr", "25 nov 2026"),
        ("en", "25 November 2026"),
        ("en", "Wednesday, 25 November 2026"),
        ("en", "November 25, 2026"),
        ("en", "25th of November 2026"),
        ("nl", "25 novembre 2026"),
    ],
)
def test_dates_in_figures_and_in_words(language: str, typed: str):
    assert read("date", typed, language) == Reading("2026-11-25")


def test_the_day_comes_first_in_every_language():
    assert [read("date", "03/04/2026", language).value for language in LANGUAGES] == ["2026-04-03"] * 3
    assert read("date", "1er août 2026", "fr").value == "2026-08-01"
    assert read("date", "2 mrt 2026", "nl").value == "2026-03-02"


@pytest.mark.parametrize(
    "typed, code",
    [
        ("11/25/2026", "date_not_there"),
        ("30 februari 2026", "date_not_there"),
        ("25/11/26", "date_short_year"),
        ("volgende week", "date_unread"),
        ("3 ju 2026", "date_unread"),
        ("\u0662\u0665/11/2026", "date_unread"),
        ("25/11/1826", "date_too_early"),
        ("25/11/9999", "date_too_late"),
    ],
)
def test_what_is_no_day_is_refused_with_an_example(typed: str, code: str):
    assert code_of(read("date", typed)) == code


def test_a_day_keeps_within_its_limits():
    limits = {"minimum": "2027-01-01", "maximum": "2028-06-30"}

    assert read("date", "1/1/2027", **limits) == Reading("2027-01-01")
    assert code_of(read("date", "31/12/2026", **limits)) == "date_too_early"
    assert code_of(read("date", "1/7/2028", **limits)) == "date_too_late"


def test_text_is_kept_to_the_byte():
    typed = "  Été à l'École «\u202fok\u202f»  e\u0301 <b>&amp;</b> \u200d \u202e\ufeff "

    assert read("short_text", typed) == Reading(typed)
    assert read("long_text", "een\r\ntwee\rdrie\x0bvier") == Reading("een\ntwee\ndrie\nvier")


@pytest.mark.parametrize(
    "typed", ["\x00", "a\x1bb", "a\x7f", "\x85", "\ufffe", "\ud800", "\U0001ffff", "a\x07"]
)
def test_what_no_page_can_show_is_refused_and_made_visible(typed: str):
    assert code_of(read("short_text", f"een {typed} twee")) == "text_unprintable"
    assert fields.visible(typed).replace("a", "").replace("b", "") == "\ufffd"


def test_a_line_break_has_no_place_in_a_short_text():
    assert code_of(read("short_text", "een\ntwee")) == "text_one_line"
    assert read("short_text", "een\r\n") == Reading("een")


@pytest.mark.parametrize(
    "text, count",
    [
        ("", 0),
        ("Lichtpunt", 9),
        ("e\u0301te\u0301", 3),
        ("👨‍👩‍👧", 1),
        ("🇧🇪🇫🇷", 2),
        ("🇧🇪🇫", 2),
        ("👍🏽a", 2),
        ("❤️", 1),
        ("Z̡̖̜͖̰̣͉̜a͖̰̙̬͡", 2),
        ("한국어", 3),
    ],
)
def test_characters_are_counted_as_a_person_counts(text: str, count: int):
    assert fields.length(text) == count


def test_a_text_keeps_within_its_limit():
    limit = {"max_length": 10}

    assert read("short_text", "é" * 10, **limit) == Reading("é" * 10)
    assert read("short_text", "e\u0301" * 10, **limit) == Reading("e\u0301" * 10)
    assert read("short_text", "a" * 12, **limit).flaws == (
        Flaw("text_too_long", {"limit": 10, "count": 12, "over": 2}),
    )
    assert code_of(read("short_text", "a" + "\u0301" * 300, **limit)) == "text_stacked"
    assert code_of(read("long_text", "a" * 300_000)) == "text_huge"


def test_a_choice_is_one_of_its_choices():
    choices = [{"id": "yes", "label": {"nl": "Ja"}}, {"id": "no", "label": {"nl": "Nee"}}]

    assert read("choice", "yes", choices=choices) == Reading("yes")
    assert code_of(read("choice", "Ja", choices=choices)) == "choice_unknown"


@pytest.mark.parametrize(
    "typed, code",
    [
        ("32030", "32030"),
        ("lo-reninge", "32030"),
        ("Lo Reninge", "32030"),
        ("Lo-Reninge (8647)", "32030"),
        ("8647", "32030"),
        ("8904 Ieper", "33011"),
        ("Ypres", "33011"),
        ("les moeres", "59999"),
        ("Hondschoote", "59309"),
    ],
)
def test_a_municipality_is_found_as_people_name_it(typed: str, code: str):
    assert read("municipality", typed) == Reading(code)


def test_a_municipality_that_is_two_or_none_is_refused():
    assert code_of(read("municipality", "59122")) == "place_ambiguous"
    assert code_of(read("municipality", "Atlantis")) == "place_unknown"


def test_a_budget_is_read_and_added_up():
    typed = {
        "costs": [row("4.200"), {"kind": "", "label": "", "amount": " "}, row("800,50")],
        "income": [row("5.000,50", kind="grant", label="Steun")],
    }

    reading = fields.read(BUDGET, typed, "nl")

    assert reading.value == {
        "costs": [row("4200.00"), row("800.50")],
        "income": [row("5000.50", kind="grant", label="Steun")],
        "total": "5000.50",
    }


def test_costs_and_income_are_equal_or_the_difference_is_named():
    typed = {"costs": [row("10.000")], "income": [row("9.200", kind="grant")]}

    reading = fields.read(BUDGET, typed, "nl")

    assert reading.value is None
    assert reading.flaws == (
        Flaw(
            "budget_income_missing",
            {"costs": "10000.00", "income": "9200.00", "difference": "800.00"},
            "balance",
        ),
    )
    assert typed_totals(typed, "nl") == {"costs": Decimal(10000), "income": Decimal(9200)}


def test_every_wrong_cell_of_a_budget_is_named():
    typed = {
        "costs": [row("8oo"), row("5", kind="unknown"), row("5", label="")],
        "income": [row("", kind="grant")],
    }

    found = [
        (flaw.code, flaw.part, flaw.parameters["row"]) for flaw in fields.read(BUDGET, typed, "nl").flaws
    ]

    assert found == [
        ("money_unread", "costs-0-amount", 1),
        ("budget_kind", "costs-1-kind", 2),
        ("budget_label", "costs-2-label", 3),
        ("budget_amount", "income-0-amount", 1),
    ]


@pytest.mark.parametrize(
    "typed",
    [None, "", "text", [], {"costs": "x"}, {"costs": [1, [], {"kind": [], "label": {}}]}, {"income": {}}],
)
def test_whatever_comes_in_the_place_of_a_table_is_no_answer(typed: object):
    assert fields.read(BUDGET, typed, "nl") == Reading()


def test_a_table_typed_in_dutch_stands_in_french_signs_on_a_french_page():
    typed = {"costs": [row("4.200"), row("8oo")], "income": [row("1,5", kind="grant")]}

    again = fields.for_input_again(BUDGET, typed, "nl", "fr")

    assert [each["amount"] for each in again["costs"]] == ["4\u202f200", "8oo"]
    assert [each["amount"] for each in again["income"]] == ["1,50"]
    assert fields.for_input_again(BUDGET, typed, "nl", "nl") == typed


def test_a_table_has_an_end():
    typed = {"costs": [row("1")] * 61, "income": []}

    assert code_of(fields.read(BUDGET, typed, "nl")) == "budget_rows"


def test_answers_are_written_for_readers():
    place = {"id": "m", "kind": "municipality"}
    choice = {"id": "c", "kind": "choice", "choices": [{"id": "a", "label": {"nl": "Ja", "fr": "Oui"}}]}
    budget = {"costs": [row("4200.00")], "income": [row("4200.00", kind="grant")], "total": "4200.00"}

    assert fields.written({"kind": "money"}, "1234.50", "nl") == "1.234,50\u00a0euro"
    assert fields.written({"kind": "money"}, "1234.00", "fr") == "1\u202f234\u00a0€"
    assert fields.written({"kind": "money"}, "1234.50", "en") == "€1,234.50"
    assert fields.written({"kind": "date"}, "2026-08-01", "fr") == "1er août 2026"
    assert fields.written({"kind": "number", "unit": {"nl": "uur"}}, 1200, "nl") == "1.200\u00a0uur"
    assert fields.written(choice, "a", "fr") == "Oui"
    assert fields.written(place, "33011", "fr", PLACES) == "Ieper (Ypres)"
    assert fields.written(BUDGET, budget, "fr") == (
        "Travaux, Verf\u00a0: 4\u202f200\u00a0€\nSoutien, Verf\u00a0: 4\u202f200\u00a0€\n4\u202f200\u00a0€"
    )
