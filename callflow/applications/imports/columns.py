"""Which column of a table is what: by the headers that people in three languages give it."""

from collections.abc import Mapping

from callflow.applications import answers
from callflow.calls.models import Call
from callflow.core import tables
from callflow.core.tables import Table, TableError

Names = dict[str, tuple[str, ...]]


def _names(**words: str) -> Names:
    return {name: tuple(text.split(", ")) for name, text in words.items()}


ROLES = _names(
    title="title, titel, titre, project title, titel van het project, naam van het project, titre du projet, "
    "intitulé, intitulé du projet, titre projet gagnant, idea, idee, idée",
    summary="description, summary, omschrijving, beschrijving, samenvatting, résumé, descriptif",
    amount="cost, amount, requested, budget, kost, kosten, kostprijs, bedrag, gevraagd bedrag, "
    "gevraagde steun, coût, montant, montant demandé, soutien demandé, budget global projet gagnant",
    municipality="municipality, gemeente, commune",
    village="village, dorp, deelgemeente, wijk, hameau, quartier",
)
PEOPLE = _names(
    email="mail, e-mail, e-mail address, e-mailadres, mailadres, courriel, adresse e-mail, adresse mail",
    contact="contact person, contact name, contactpersoon, personne de contact, nom du contact",
    phone="telephone, telefoon, telefoonnummer, téléphone",
    group="group name, groep, groepsnaam, organisatie, vereniging, groupe, nom du groupe, association, "
    "organisation, organization, begunstigde, bénéficiaire, beneficiary",
    legal_form="legal form, rechtsvorm, forme juridique",
    street="address, straat, adres, rue, adresse",
    postcode="postal code, code postal",
    town="city, woonplaats, plaats, ville",
)
PLACING = _names(language="lang, taal, langue", lot="perceel, lot key")


def names_of(call: Call) -> Names:
    """What each column may be called: by its role, and every field of the form by its id and its labels."""
    names: Names = {**PEOPLE, **PLACING}
    taken = {tables.folded(word) for words in (*names.values(), *ROLES.values()) for word in words}
    for key, each in answers.fields_of(call.form).items():
        role = ROLES.get(each.get("role") or key, ())
        labels = tuple(
            text
            for text in each["label"].values()
            if tables.folded(text) not in taken or text.casefold() in role
        )
        if each["kind"] not in ("file", "budget"):
            names[f"field:{key}"] = (*dict.fromkeys((key, *role, *labels)),)
    return names


def read(content: bytes, call: Call, *, called: Mapping[str, str]) -> Table:
    """The table of a file. Raises TableError when it is none, or has no column for the title."""
    names = names_of(call)
    wanted = {_named(call, column): header for column, header in called.items()}
    if unknown := [column for column, name in zip(called, wanted, strict=True) if name not in names]:
        raise TableError("table_column_no_such", column=unknown[0])
    table = tables.read(content, names, called=wanted)
    if title_of(call) not in table.columns:
        raise TableError("table_column_missing", columns="title", header=", ".join(table.header))
    return table


SPOKEN = {"titre": "fr", "intitule": "fr", "titel": "nl", "naam": "nl", "title": None, "project": None}


def spoken(table: Table, title: str) -> str | None:
    """The language in which people named the column of titles, where that tells; for rows that name none."""
    return SPOKEN.get(tables.folded(table.header[table.columns[title]]).split(" ")[0])


def _named(call: Call, column: str) -> str:
    """The name of a column that somebody mapped by hand: a role, a field of the form, or ours."""
    if column in ROLES and (found := answers.with_role(call.form, column)):
        return f"field:{found['id']}"
    return f"field:{column}" if column in answers.fields_of(call.form) else column


def title_of(call: Call) -> str:
    """The name of the column that holds the titles."""
    found = answers.with_role(call.form, "title")
    if found is None:
        raise TableError("form_without_title")
    return f"field:{found['id']}"
