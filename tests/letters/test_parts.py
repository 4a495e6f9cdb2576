"""Every letter of every kind, law and language holds each part that it must hold, by name and not empty."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from callflow.calls.states import Law
from callflow.letters import legal, render
from callflow.letters.context import LetterContext, Planned
from callflow.letters.parts import mandatory
from callflow.letters.states import LetterKind
from tests.letters.contexts import COMBINATIONS, GROUPS, letter
from tests.letters.reading import flat

K = LetterKind


def soup(context: LetterContext) -> BeautifulSoup:
    return BeautifulSoup(render.as_html(context), "html5lib")


def part(page: BeautifulSoup, name: str) -> str:
    """The words of one part."""
    found = page.select_one(f'[data-part="{name}"]')
    assert found is not None, name
    return flat(found.get_text(" "))


@pytest.mark.parametrize(("kind", "law", "language"), COMBINATIONS)
def test_every_mandatory_part_is_there_and_says_something(kind, law, language):
    context = letter(kind, law, language)
    wanted = mandatory(kind, law, money=render.money(context))

    page = soup(context)

    assert {name: part(page, name) for name in wanted if not part(page, name)} == {}


@pytest.mark.parametrize(("kind", "law", "language"), COMBINATIONS)
def test_header_says_who_writes_to_whom_about_what(kind, law, language):
    context = letter(kind, law, language)
    page = soup(context)

    assert page.html["lang"] == language
    assert page.title.get_text(strip=True).endswith("DAZ26-K7QMP")
    assert flat(context.title) in flat(page.h1.get_text())
    assert part(page, "authority").startswith(context.office.name[language])
    assert context.office.street in part(page, "authority")
    assert "DAZ26-K7QMP" in part(page, "number")
    assert context.office.town in part(page, "date")
    assert "Lieve Voorbeeld" in part(page, "handler")
    assert context.handler.phone in part(page, "handler")
    assert context.handler.email in part(page, "handler")
    assert GROUPS[language].street in part(page, "addressee")
    assert "dpo@streek.example" in part(page, "privacy")
    assert context.privacy.authority[language] in part(page, "privacy")
    assert "3f2a 91bc 07de" in part(page, "verify")
    assert "9c4d" * 16 in part(page, "history")
    assert part(page, "funding") == legal.funding(None)[language]


@pytest.mark.parametrize("language", ["nl", "fr"])
@pytest.mark.parametrize("law", list(Law))
@pytest.mark.parametrize("kind", [K.inadmissible, K.not_invited, K.selected, K.reserve, K.not_selected])
def test_a_decision_names_its_basis_its_body_its_appeal_and_who_signs(kind, law, language):
    context = letter(kind, law, language)
    page = soup(context)

    assert context.resolved.number in part(page, "resolution")
    assert context.resolved.body in part(page, "resolution")
    assert context.resolved.number in part(page, "basis")
    for text in context.basis:
        assert flat(text[language]) in part(page, "basis")
    assert flat(context.appeal[language]) in part(page, "appeal")
    assert part(page, "abroad") == flat(context.abroad[language])
    assert "An Voorbeeld" in part(page, "sender")
    assert context.signatory.capacity[language] in part(page, "sender")
    assert context.signatory.service[language] in part(page, "sender")


def test_the_appeal_block_of_each_public_law_is_the_one_of_that_law():
    blocks = {
        (law, language): part(soup(letter(K.not_selected, law, language)), "appeal")
        for law in (Law.be_public, Law.fr_public)
        for language in ("nl", "fr")
    }

    assert "binnen zestig dagen na de kennisgeving" in blocks[Law.be_public, "nl"]
    assert "Raad van State" in blocks[Law.be_public, "nl"]
    assert "soixante jours" in blocks[Law.be_public, "fr"]
    assert "dans les deux mois suivant sa notification" in blocks[Law.fr_public, "fr"]
    assert "tribunal administratif de Lille" in blocks[Law.fr_public, "fr"]
    assert "Si vous résidez hors de France" in blocks[Law.fr_public, "fr"]
    assert "Woont u buiten Frankrijk" in blocks[Law.fr_public, "nl"]


def test_the_french_acknowledgement_gives_receipt_silence_remedies_and_service():
    page = soup(letter(K.acknowledgement, Law.fr_public, "fr"))

    assert part(page, "received") == "Reçu le 30 novembre 2026 à 11 h 58"
    assert "au 30 janvier 2027, votre demande sera considérée comme rejetée" in part(page, "silence")
    assert "deux mois pour saisir le tribunal administratif de Lille" in part(page, "silence")
    assert "recours gracieux" in part(page, "remedies")
    assert part(page, "abroad").startswith("Si vous résidez hors de France")
    for said in ("1 rue de l'Exemple", "59122 Hondschoote", "+33 3 00 00 00 10", "villages@exemple.example"):
        assert said in part(page, "service")
    assert "S’il manque une pièce" in part(page, "missing-papers")


@pytest.mark.parametrize("kind", [K.acknowledgement, K.incomplete])
def test_where_the_clock_of_silence_stood_still_both_days_and_the_court_are_named(kind):
    context = letter(kind, Law.fr_public, "fr")
    if context.received is not None:
        later = replace(context.received, suspended_on=date(2027, 2, 13), version=2)
        context = replace(context, received=later)

    said = part(soup(context), "silence")

    assert "rejetée le 13 février 2027" in said
    assert "dès le 30 janvier 2027" in said
    assert "deux mois pour saisir le tribunal administratif de Lille (5 rue" in said


@pytest.mark.parametrize("law", [Law.be_public, Law.private, Law.egtc])
def test_no_other_law_knows_silence_as_refusal(law):
    page = soup(letter(K.acknowledgement, law, "nl"))

    assert page.select('[data-part="silence"]') == []


def test_the_letter_says_every_criterion_with_weight_mean_minimum_and_reason():
    rows = soup(letter(K.not_selected, language="nl")).select(".reasons tbody tr")

    said = [[flat(cell.get_text(" ")) for cell in row.select("th, td")] for row in rows]

    assert said[1] == [
        "Betrokkenheid van de bewoners", "25 %", "4,67", "3,00",
        "Zeer breed: twee dorpsavonden, een deur-aan-deurronde en elke maand een open vergadering.",
    ]  # fmt: skip
    assert said[5] == [
        "Grensoverschrijdende waarde",
        "10 %",
        "–",
        "geen",
        "Niet van toepassing op dit project.",
    ]
    assert said[6] == ["Totaal", "", "58,4 %", "De drempel is 60 %."]


def test_money_brings_amount_payment_proof_and_de_minimis_and_its_absence_does_not():
    context = letter(K.selected, Law.fr_public, "fr")
    without = replace(context, offered=replace(context.offered, amount=None, obligations=()))

    page, bare = soup(context), soup(without)

    assert "5 000 €" in part(page, "amount")
    assert "2023/2831" in part(page, "de-minimis")
    assert "contrat d’engagement républicain" in part(page, "obligations")
    assert bare.select('[data-part="amount"], [data-part="payment"], [data-part="de-minimis"]') == []


def test_a_score_under_a_minimum_is_said_in_words():
    context = letter(K.not_selected, language="nl", motivation="")
    low = replace(context.scores.lines[0], mean=Decimal("1.5"))
    scores = replace(context.scores, lines=(low, *context.scores.lines[1:]), total=Decimal(70))

    said = part(soup(replace(context, scores=scores)), "threshold")

    assert "Voor het criterium Nood en levenskwaliteit haalt uw project 1,50; minstens 2,00 is nodig." in said
    assert "dat maakt een score onder het minimum niet goed" in said


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (K.not_selected, {"appeal": {"nl": "", "fr": ""}}),
        (K.not_selected, {"abroad": {}}),
        (K.not_selected, {"resolved": None}),
        (K.not_selected, {"scores": None}),
        (K.acknowledgement, {"received": None}),
        (K.withdrawal_confirmed, {"call": {}}),
    ],
)
def test_a_letter_that_lacks_something_is_an_error_and_no_gap(kind, changes):
    with pytest.raises(render.LetterError):
        render.as_html(letter(kind, **changes))


def test_no_name_of_a_juror_or_of_another_group_can_be_in_a_context():
    names = set(LetterContext.__dataclass_fields__)

    assert names & {"jurors", "jury", "coach", "others", "ranking"} == set()


@pytest.mark.parametrize("kind", list(K))
def test_a_courtesy_translation_comes_last_is_marked_and_says_which_text_has_force(kind):
    page = soup(letter(kind, Law.be_public, "nl", courtesy="fr"))

    found = page.select_one('[data-part="courtesy"]')

    assert found["lang"] == "fr"
    assert "Seul le texte en néerlandais a force juridique." in flat(found.get_text(" "))
    assert page.main.find_all(recursive=False)[-1] is found
    assert page.html["lang"] == "nl"


def test_there_is_no_courtesy_part_unless_asked_for():
    assert soup(letter(K.selected)).select('[data-part="courtesy"]') == []


@pytest.mark.parametrize("kind", list(K))
def test_beside_the_address_the_other_language_says_where_its_translation_is(kind):
    page = soup(letter(kind, Law.fr_public, "fr", courtesy="nl"))

    found = page.select_one('[data-part="pointer"]')

    assert found["lang"] == "nl"
    assert flat(found.get_text()) == "Een verkorte vertaling staat op het einde van deze brief."
    assert page.select('[data-part="pointer"] ~ [data-part="addressee"]')
    assert soup(letter(kind)).select('[data-part="pointer"]') == []


def test_the_translation_of_an_offer_from_the_reserve_list_says_by_when_to_answer():
    context = letter(K.selected, Law.be_public, "nl", courtesy="fr")
    offered = replace(context.offered, answer_by=date(2027, 6, 15))

    said, usual = part(soup(replace(context, offered=offered)), "courtesy"), part(soup(context), "courtesy")

    assert "Dites-nous au plus tard le 15 juin 2027 si vous acceptez" in said
    assert "l’offre devient caduque" in said
    assert "Signez l’acceptation" in usual
    assert "acceptation jointe à cette lettre" in said
    assert "caduque" not in usual


def test_the_translation_of_a_refusal_says_why_in_its_own_language():
    context = letter(K.not_selected, Law.be_public, "nl", courtesy="fr")
    low = replace(context.scores.lines[0], mean=Decimal("1.5"))
    under = replace(context.scores, lines=(low, *context.scores.lines[1:]), total=Decimal(70))
    ranked = replace(context.scores, total=Decimal("71.3"))

    below = part(soup(replace(context, scores=under)), "courtesy")
    reached = part(soup(replace(context, scores=ranked)), "courtesy")

    assert "Pour le critère Besoin et qualité de vie, votre projet obtient 1,50" in below
    assert "Les moyens de ce lot sont allés aux projets mieux classés" in reached


@pytest.mark.parametrize(
    ("ended", "subject"),
    [
        ("selected", "Onderwerp: steun waarvan uw groep afziet"),
        ("reserve", "Onderwerp: intrekking van uw aanvraag"),
    ],
)
def test_who_gives_up_support_is_not_told_that_an_application_is_withdrawn(ended, subject):
    context = letter(K.withdrawal_confirmed)
    page = soup(replace(context, withdrawn=replace(context.withdrawn, ended=ended)))

    given_up = ended == "selected"
    assert part(page, "subject").startswith(subject)
    assert part(page, "withdrawn-by").startswith("Gevraagd door" if given_up else "Ingetrokken door")
    assert ("uw groep ziet af" in page.title.get_text().lower()) is given_up


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("short", "Wij hebben uw korte formulier voor"),
        ("whole", "Wij hebben uw uitgebreide aanvraag"),
        ("", "ontbrak"),
    ],
)
def test_an_acknowledgement_says_which_of_two_forms_came_in(form, said):
    context = letter(K.acknowledgement, Law.fr_public, "nl")
    steps = (Planned("inviting", date(2026, 12, 21), None), *context.received.steps)
    page = soup(replace(context, received=replace(context.received, form=form, version=2, steps=steps)))

    assert said in flat(page.h1.get_text())
    assert "U hoort uiterlijk op 21 december 2026" in part(page, "next-steps")
    assert part(page, "silence")
