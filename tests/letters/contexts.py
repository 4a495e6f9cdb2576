"""Letters of every kind, law and language with invented facts, for the tests and for looking at them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from callflow.calls.states import Law
from callflow.letters import legal
from callflow.letters.context import (
    Addressee,
    Approved,
    Demanded,
    Heard,
    Lacking,
    LetterContext,
    Line,
    Missing,
    Offered,
    Office,
    Person,
    Planned,
    Postponed,
    Privacy,
    Received,
    Refusal,
    Reserved,
    Resolved,
    Revocation,
    Rules,
    Scores,
    Withdrawn,
)
from callflow.letters.parts import DECISIONS
from callflow.letters.states import LetterKind
from tests.letters.agreements import agreed

K = LetterKind
GRANTS = {K.selected, K.selected_with_conditions, K.hearing, K.revoked, K.report_approved}
REVOKED_ON = date(2027, 10, 7)
WRITTEN_ON = {
    K.acknowledgement: date(2026, 11, 30), K.incomplete: date(2026, 12, 7),
    K.withdrawal_confirmed: date(2026, 12, 20), K.agreement: date(2027, 2, 20),
    K.agreement_accepted: date(2027, 3, 2), K.conditions_met: date(2027, 5, 20),
    K.hearing: date(2027, 8, 30), K.revoked: date(2027, 10, 8), K.lapsed: date(2028, 1, 3),
    K.report_approved: date(2028, 3, 20),
}  # fmt: skip
"""Kinds that are not written on the day after the decision."""
COMBINATIONS = [(kind, law, language) for kind in LetterKind for law in Law for language in ("nl", "fr")]


def twin(nl: str, fr: str) -> dict[str, str]:
    return {"nl": nl, "fr": fr}


OFFICES = {
    Law.be_public: Office(
        twin("Streekbestuur Voorbeeld", "Streekbestuur Voorbeeld"),
        "Voorbeeldweg 1",
        "8600",
        "Diksmuide",
        "BE",
        "+32 50 00 00 10",
        "dorpen@streek.example",
    ),
    Law.fr_public: Office(
        twin("Communauté de communes de l'Exemple", "Communauté de communes de l'Exemple"),
        "1 rue de l'Exemple",
        "59122",
        "Hondschoote",
        "FR",
        "+33 3 00 00 00 10",
        "villages@exemple.example",
    ),
    Law.private: Office(
        twin("Landschap Voorbeeld vzw", "Landschap Voorbeeld vzw"),
        "Kerkstraat 3",
        "8650",
        "Houthulst",
        "BE",
        "+32 51 00 00 10",
        "info@landschap.example",
    ),
    Law.egtc: Office(
        twin("EGTS Voorbeeldkust", "GECT Côte d'Exemple"),
        "Havenplein 2",
        "8620",
        "Nieuwpoort",
        "BE",
        "+32 58 00 00 10",
        "info@egts.example",
    ),
}
OWN_APPEAL = {
    Law.private: twin(
        "Tegen deze beslissing kunt u naar de bevoegde burgerlijke rechtbank gaan.",
        "Vous pouvez contester cette décision devant le tribunal civil compétent.",
    ),
    Law.egtc: twin(
        "De statuten van de EGTS bepalen welke rechter bevoegd is: de rechter van haar zetel.",
        "Les statuts du GECT désignent le juge compétent\u00a0: celui de son siège.",
    ),
}
BODIES = {
    Law.be_public: ("dagelijks bestuur", "2027/31"),
    Law.fr_public: ("conseil communautaire", "2027-02-14"),
    Law.private: ("bestuursorgaan", "B 2027-4"),
    Law.egtc: ("algemene vergadering", "AV 2027/2"),
}
COURTS = {
    Law.be_public: twin("Raad van State", "Conseil d’État de Belgique"),
    Law.fr_public: twin("administratieve rechtbank van Rijsel", "tribunal administratif de Lille"),
    Law.private: twin("burgerlijke rechtbank", "tribunal civil"),
    Law.egtc: twin("rechter van de zetel", "juge du siège"),
}
WATCHDOGS = {
    Law.be_public: (
        twin("Vlaamse Toezichtcommissie (VTC)", "Vlaamse Toezichtcommissie (VTC)"),
        "https://vtc.example",
    ),
    Law.fr_public: (twin("CNIL", "CNIL"), "https://cnil.example"),
    Law.private: (
        twin("Gegevensbeschermingsautoriteit (GBA)", "Autorité de protection des données (APD)"),
        "https://gba.example",
    ),
    Law.egtc: (
        twin("Vlaamse Toezichtcommissie (VTC)", "Vlaamse Toezichtcommissie (VTC)"),
        "https://vtc.example",
    ),
}
TITLES = {
    "nl": "'t Lichtpunt: een kamer voor heel het dorp",
    "fr": "En route ensemble\u00a0: des bénévoles au volant",
}
GROUPS = {
    "nl": Addressee(
        "Bewonersgroep 't Lichtpunt", "Marleen Vanvoorbeeld", "Voorbeeldstraat 12", "8647", "Lo-Reninge", ""
    ),
    "fr": Addressee("En route ensemble", "Hélène Exemple", "4 rue du Canal", "59630", "Bourbourg", ""),
}
LINES = {
    "nl": (
        (
            "Nood en levenskwaliteit",
            "Besoin et qualité de vie",
            20,
            "4.67",
            "2",
            "De nood is duidelijk en met cijfers onderbouwd: 143 antwoorden, 48 gezinnen zonder auto.",
        ),
        (
            "Betrokkenheid van de bewoners",
            "Participation des habitants",
            25,
            "4.67",
            "3",
            "Zeer breed: twee dorpsavonden, een deur-aan-deurronde en elke maand een open vergadering.",
        ),
        (
            "Haalbaarheid",
            "Faisabilité",
            20,
            "4",
            "2",
            "Vijftien openingsuren per week past bij het aantal vrijwilligers.",
        ),
        ("Vernieuwing", "Innovation", 10, "3.33", None, "Een bekende formule, goed aangepast aan het dorp."),
        (
            "Verduurzaming",
            "Pérennité",
            15,
            "3.67",
            "2",
            "De vaste kosten van 2.400 euro per jaar zijn gedekt.",
        ),
        ("Grensoverschrijdende waarde", "Valeur transfrontalière", 10, None, None, ""),
    ),
    "fr": (
        (
            "Nood en levenskwaliteit",
            "Besoin et qualité de vie",
            20,
            "4.67",
            "2",
            "Le besoin est clair et chiffré\u00a0: 143 réponses, 48 ménages sans voiture.",
        ),
        (
            "Betrokkenheid van de bewoners",
            "Participation des habitants",
            25,
            "4.67",
            "3",
            "Très large\u00a0: deux soirées de village et une réunion ouverte chaque mois.",
        ),
        (
            "Haalbaarheid",
            "Faisabilité",
            20,
            "4",
            "2",
            "Quinze heures d’ouverture par semaine conviennent au nombre de bénévoles.",
        ),
        ("Vernieuwing", "Innovation", 10, "3.33", None, "Une formule connue, bien adaptée au village."),
        (
            "Verduurzaming",
            "Pérennité",
            15,
            "3.67",
            "2",
            "Les frais fixes de 2\u202f400\u00a0€ par an sont couverts.",
        ),
        ("Grensoverschrijdende waarde", "Valeur transfrontalière", 10, None, None, ""),
    ),
}


def _exact(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


def scores(language: str, *, total: str = "83.2", threshold: str = "60") -> Scores:
    lines = tuple(
        Line(twin(nl, fr), weight, _exact(mean), _exact(minimum), text)
        for nl, fr, weight, mean, minimum, text in LINES[language]
    )
    return Scores(lines, Decimal(total), Decimal(threshold), 5)


AMOUNT = Decimal(5000)
RECEIVED = Received(
    datetime(2026, 11, 30, 10, 58, 12, tzinfo=UTC),
    1,
    "5f" * 32,
    AMOUNT,
    2,
    (
        Planned("screening", None, None),
        Planned("coaching", date(2026, 12, 14), date(2027, 1, 29)),
        Planned("jury", date(2027, 2, 5), None),
        Planned("decision", date(2027, 2, 25), None),
    ),
    None,
)
OUTSIDE = twin(
    "Het project ligt buiten het gebied van dit lot.", "Le projet est hors du territoire de ce lot."
)
UNFINISHED = twin("Het plan is sympathiek maar nog niet af.", "Le projet est sympathique mais inachevé.")
VISIT = twin("U ontvangt ons één keer op bezoek.", "Vous nous accueillez pour une visite.")
SAFE = twin("De zaal is veilig bij brand.", "La salle est sûre en cas d’incendie.")
ATTEST = twin("attest van de brandweer", "attestation des pompiers")
AGREES = twin("De gemeente stelt de zaal vijf jaar ter beschikking.", "La commune prête la salle cinq ans.")
LETTER = twin("brief van het college", "lettre du maire")
ADVICE_LACKS = twin(
    "Het advies van de dienst Erfgoed is er nog niet.",
    "L’avis du service du patrimoine n’est pas encore rendu.",
)
NEVER_BEGUN = twin(
    "Zes maanden na de beslissing is het project niet begonnen.",
    "Six mois après la décision, le projet n’a pas commencé.",
)
GROUND = twin("artikel 12 van het reglement", "article 12 du règlement")
HALL_CLOSED = twin("De zaal was gesloten voor werken.", "La salle était fermée pour travaux.")
HANDLING = twin("dossierbehandelaar", "chargée de dossier")
PRESIDING = twin("voorzitter", "présidente")
SERVICE = twin("dienst Streekontwikkeling", "service du développement local")


DAYS = date(2027, 1, 30), date(2027, 2, 13)
"""From when silence is a refusal: if nothing suspends the clock, and if the papers that were asked for do."""
BALANCE = twin(
    "De inkomsten zijn 200 euro lager dan de kosten.",
    "Les recettes sont inférieures de 200 euros aux dépenses.",
)
SIGNS = twin("Wij moeten weten wie mag tekenen.", "Nous devons savoir qui peut signer.")
STATUTES = twin("Statuten van de vereniging", "Statuts de l’association")


def _lacking(language: str) -> tuple[Lacking, ...]:
    budget = Lacking(twin("Begroting", "Budget"), BALANCE[language], False, "5")
    return (budget, Lacking(STATUTES, SIGNS[language], True, ""))


def _own(kind: LetterKind, law: Law, language: str) -> dict[str, Any]:
    """What a letter of this kind says that others do not."""
    days = date(2027, 3, 1), date(2028, 1, 31), date(2028, 2, 28)
    duties = (*legal.duties(law, AMOUNT), VISIT)
    by_kind: dict[LetterKind, dict[str, Any]] = {
        K.acknowledgement: {
            "received": replace(RECEIVED, silence_on=DAYS[0], suspended_on=DAYS[0])
            if law is Law.fr_public
            else RECEIVED
        },
        K.incomplete: {
            "missing": Missing(
                _lacking(language),
                datetime(2026, 12, 21, 11, tzinfo=UTC),
                True,
                legal.completion_basis(law),
                "https://callflow.example/applications/DAZ26-K7QMP/completion",
                *(DAYS if law is Law.fr_public else (None, None)),
            )
        },
        K.inadmissible: {"refusal": Refusal("4", twin("Gebied", "Territoire"), OUTSIDE[language], None)},
        K.selected: {
            "scores": scores(language),
            "offered": Offered(AMOUNT, 5, "Sofie Voorbeeld", *days, duties, {}),
        },
        K.reserve: {"scores": scores(language, total="71"), "reserved": Reserved(2, date(2027, 12, 31))},
        K.not_selected: {"scores": scores(language, total="58.4"), "motivation": UNFINISHED[language]},
        K.withdrawal_confirmed: {
            "withdrawn": Withdrawn(GROUPS[language].attention, datetime(2026, 12, 20, 9, 5, tzinfo=UTC))
        },
        **_bent(law, language, days), **agreed(law, AMOUNT, SAFE[language]),
    }  # fmt: skip
    body, number = BODIES[law]
    resolved = Resolved(body, date(2027, 2, 11), number)
    if kind is K.revoked:
        resolved = Resolved(body, REVOKED_ON, f"{number} bis")
    decided = kind in {*DECISIONS, K.hearing, K.agreement}
    return {**by_kind[kind], **({"resolved": resolved} if decided else {})}


def _bent(law: Law, language: str, days: tuple[date, date, date]) -> dict[LetterKind, dict[str, Any]]:
    """What follows a decision: conditions, what is put off, lapses or is revoked, the report."""
    demands = (
        Demanded(SAFE[language], ATTEST[language], date(2027, 4, 15), date(2027, 4, 2)),
        Demanded(AGREES[language], LETTER[language], date(2027, 5, 31), date(2027, 5, 20)),
    )
    offered = Offered(AMOUNT, 5, "Sofie Voorbeeld", *days, (*legal.duties(law, AMOUNT), VISIT), {})
    facts = NEVER_BEGUN[language]
    return {
        K.report_approved: {"approved": Approved(Decimal("4812.50"), AMOUNT, "")},
        K.selected_with_conditions: {
            "scores": scores(language),
            "offered": offered,
            "conditions": demands,
            "otherwise": legal.otherwise(law),
        },
        K.conditions_met: {"conditions": demands},
        K.not_invited: {"motivation": ADVICE_LACKS[language]},
        K.postponed: {"postponed": Postponed(date(2027, 6, 30)), "motivation": ADVICE_LACKS[language]},
        K.lapsed: {"reserved": Reserved(2, date(2027, 12, 31))},
        K.hearing: {"heard": Heard(GROUND[language], facts, date(2027, 9, 15))},
        K.revoked: {
            "revocation": Revocation(
                GROUND[language], facts, date(2027, 2, 11), BODIES[law][1], date(2027, 8, 30),
                date(2027, 9, 15), HALL_CLOSED[language], date(2027, 9, 10), AMOUNT, Decimal(1500),
            )
        },
    }  # fmt: skip


def _of_office(law: Law) -> dict[str, Any]:
    """What every letter of the office of this law says."""
    office, (watchdog, website) = OFFICES[law], WATCHDOGS[law]
    appeal, abroad = legal.appeal(law, OWN_APPEAL.get(law), office.name)
    return {
        "law": law,
        "office": office,
        "handler": Person("Lieve Voorbeeld", HANDLING, {}, office.phone, "lieve@streek.example"),
        "signatory": Person("An Voorbeeld", PRESIDING, SERVICE, "", ""),
        "privacy": Privacy("dpo@streek.example", watchdog, website),
        "court": COURTS[law],
        "appeal": appeal,
        "abroad": abroad,
    }


def letter(kind: LetterKind, law: Law = Law.be_public, language: str = "nl", **changes: Any) -> LetterContext:
    """A letter of this kind; ``changes`` replace what it holds."""
    made = LetterContext(
        kind=kind,
        language=language,
        courtesy=None,
        reference="DAZ26-K7QMP",
        number=2,
        code="3f2a91bc07de",
        check_url="https://callflow.example/c/3f2a91bc07de",
        written_on=WRITTEN_ON.get(kind, date(2027, 2, 12)),
        title=TITLES[language],
        title_language=language,
        addressee=GROUPS[language],
        call=twin("Samen leven in het dorp 2026", "Vivre ensemble au village 2026"),
        lot=twin("Westhoek", "Flandre"),
        rules=Rules(twin("Oproepreglement", "Règlement de l’appel à projets"), "2", date(2026, 10, 1)),
        funding=legal.funding(None),
        basis=legal.basis(law, (), money=kind in GRANTS, revoking=kind in {K.hearing, K.revoked}),
        opening={},
        closing={},
        motivation="",
        history=(12, "9c4d" * 16),
        **_of_office(law),
    )
    return replace(made, **{**_own(kind, law, language), **changes})
