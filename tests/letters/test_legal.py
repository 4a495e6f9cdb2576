"""What the law adds to letters: dates, blocks that the authority words itself, duties that come with
money.
"""

from decimal import Decimal

import pytest

from callflow.calls.states import Law
from callflow.letters import legal

NAME = {"nl": "Streek", "fr": "Pays"}


def test_the_authoritys_own_block_goes_before_ours():
    block, abroad = legal.appeal(Law.be_public, {"nl": "Eigen tekst."}, NAME)

    assert block["nl"] == "Eigen tekst."
    assert "Conseil d’État" in block["fr"]
    assert abroad["nl"].startswith("Woont u buiten België")


def test_its_sentence_for_residents_abroad_is_taken_out_and_stands_alone():
    own = {"fr": "Recours à Lille. Si vous résidez hors de France, le délai est de quatre mois. Voilà."}

    block, abroad = legal.appeal(Law.fr_public, own, NAME)

    assert (block["fr"], abroad["fr"]) == (
        "Recours à Lille. Voilà.",
        "Si vous résidez hors de France, le délai est de quatre mois.",
    )


@pytest.mark.parametrize("law", [Law.private, Law.egtc])
def test_no_wording_is_invented_where_the_law_has_none(law):
    block, _ = legal.appeal(law, None, NAME)

    assert block == {"nl": "", "fr": ""}


def test_an_act_that_the_authority_names_is_not_named_twice():
    own = [{"nl": "Wet van 29 juli 1991, artikelen 1 tot 3", "fr": "Loi du 29 juillet 1991"}]

    assert legal.basis(Law.be_public, own, money=False) == tuple(own)
    assert len(legal.basis(Law.be_public, own, money=True)) == 2


def test_duties_come_with_money_only_and_an_agreement_above_23000_euro():
    assert legal.duties(Law.fr_public, None) == ()
    assert len(legal.duties(Law.fr_public, Decimal(23000))) == 3
    assert "convention" in legal.duties(Law.fr_public, Decimal("23000.01"))[-1]["fr"]


def test_a_duty_that_the_call_words_itself_is_left_to_it():
    own = [{"nl": "…", "fr": "Une association souscrit le contrat d'engagement républicain."}]

    assert len(legal.duties(Law.fr_public, Decimal(1000), own)) == 2


def test_a_court_of_its_own_wording_stands_in_the_sentence_on_silence():
    said = legal.silence("fr", day="3 mai 2027", court={"fr": "tribunal administratif de Strasbourg"})

    assert said.endswith("pour saisir le tribunal administratif de Strasbourg.")
