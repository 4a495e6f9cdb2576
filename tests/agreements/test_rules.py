"""Which forms can own an account, and which account numbers are real."""

import pytest

from callflow.agreements import rules
from callflow.agreements.states import Relation
from callflow.cli.playing.agreeing import iban


@pytest.mark.parametrize(
    "form",
    [
        "vzw",
        "VZW",
        "ivzw",
        "ASBL",
        "association loi 1901",
        "Association loi de 1901 déclarée",
        "commune",
        "gemeente",
    ],
)
def test_these_forms_have_legal_capacity(form: str):
    assert rules.has_capacity(form)


@pytest.mark.parametrize(
    "form",
    [
        "feitelijke vereniging", "association de fait", "collectif d’habitants", "bewonersgroep",
        "association non déclarée", "groupe d'habitants", "", "buurtcomité",
        "feitelijke vereniging (geen vzw)",
    ],
)  # fmt: skip
def test_these_forms_have_none_or_nobody_knows(form: str):
    assert not rules.has_capacity(form)
    assert Relation.itself not in rules.relations(form)


def test_check_digits_country_and_length_of_an_account_agree():
    good = "BE68539007547034"

    assert rules.is_iban(good)
    assert rules.is_iban(rules.plain_iban("fr14 2004-1010.0505 0001 3m02\u00a0606"))
    assert rules.is_iban(rules.plain_iban(rules.grouped(good)))
    for place, sign in enumerate(good[2:], start=2):
        other = str((int(sign) + 1) % 10)
        assert not rules.is_iban(good[:place] + other + good[place + 1 :]), place
    assert rules.is_iban("BE02000000000063")
    assert not rules.is_iban("BE99000000000063"), "comes to the same, and is nobody's"
    for wrong in ("", "BE68", good + "0", good[:-1], "XX00", "BE６８539007547034", "be68539007547034"):
        assert not rules.is_iban(wrong)


@pytest.mark.parametrize("number", [0, 1, 97, 12_345])
def test_accounts_of_a_play_are_well_formed(number: int):
    assert rules.is_iban(iban("BE", number))
    assert rules.is_iban(iban("FR", number))


def test_a_text_shows_an_account_only_by_its_end():
    assert rules.masked("BE68539007547034") == "BE**\u00a0****\u00a07034"
