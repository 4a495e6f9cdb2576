"""The keys of an authority: its law, its address, who handles, who signs, who answers for personal data."""

from callflow.calls.schema.words import Schema, one_of, parts, several, text, twin
from callflow.calls.states import Courtesy, Law

LAWS = {
    Law.be_public.value: "Flemish or other Belgian public body",
    Law.fr_public.value: "French public body",
    Law.private.value: "private body",
    Law.egtc.value: "European grouping of territorial cooperation",
}
COURTESIES = {
    Courtesy.never.value: "letters in the legal language only",
    Courtesy.on_request.value: "a translation without legal force when asked for",
    Courtesy.by_residence.value: "the same for groups that live across the border",
}
PHONE = r"^[+0-9][0-9 ./()-]{5,}$"


def _person(*more: str) -> dict[str, Schema]:
    every = {
        "first_name": text("First name.", "Demo", longest=60),
        "last_name": text("Last name.", "Voorbeeld", longest=60),
        "capacity": twin("In which capacity, as it stands under a letter.", longest=120),
        "service": twin("The service, as French law asks (CRPA L212-2).", longest=160),
        "phone": text("Telephone number.", "+32 50 00 00 10", longest=40, pattern=PHONE),
        "email": text("Mail address.", "dossier@provincie.example", longest=254, form="email"),
    }
    return {name: every[name] for name in ("first_name", "last_name", "capacity", *more)}


def authority() -> Schema:
    """Everything about who decides on a lot."""
    return parts(
        "Who decides on a lot. Its law fixes language, legal basis and appeal block of its letters.",
        {
            "name": twin("Its name.", longest=160),
            "law": one_of("Under which law it decides.", LAWS),
            "language": one_of("The language that has legal force.", ["nl", "fr"]),
            "country": one_of("Its country.", ["BE", "FR"]),
            **_address(),
            "body": twin("The body that decides: deputatie, conseil communautaire.", longest=160),
            "court": twin("The court that hears an appeal.", longest=200),
            "appeal": _appeal(),
            "legal_basis": several(
                "The texts a decision rests on; what its law names anyway need not be here.",
                twin("One text.", longest=400),
                most=20,
            ),
            "handler": parts("The case handler, named on every letter.", _person("phone", "email")),
            "signatory": parts("Who signs.", _person("service")),
            "privacy": _privacy(),
            "courtesy": one_of("Translations beside the legal text.", COURTESIES),
        },
    )


def _address() -> dict[str, Schema]:
    return {
        "street": text("Street and number.", "Demoplein 1"),
        "postcode": text("Postcode.", "8000", longest=12),
        "town": text("Town.", "Voorbeeldstad", longest=120),
        "phone": text("Telephone number for applicants.", "+32 50 00 00 10", longest=40, pattern=PHONE),
        "email": text("Mail address for applicants.", "dorpen@provincie.example", longest=254, form="email"),
    }


def _appeal() -> Schema:
    return parts(
        "The appeal block of its letters.",
        {
            "text": twin(
                "The whole block, without names in braces; the legal language has force.", longest=2000
            ),
            "confirmed_by": text(
                "Who at the authority confirmed this text; no letter leaves without.",
                "legal service",
                longest=120,
            ),
            "confirmed_on": text("On which day.", "2026-09-14", form="day"),
        },
        optional=("confirmed_by", "confirmed_on"),
    )


def _privacy() -> Schema:
    officer = "Mail address of the data protection officer."
    return parts(
        "Who answers for personal data.",
        {
            "authority": twin("The supervisory authority (VTC, GBA, CNIL).", longest=160),
            "website": text("Its address.", "https://www.cnil.fr", form="website"),
            "dpo": text(officer, "dpo@provincie.example", longest=254, form="email"),
        },
    )
