"""A juror with a conflict learns nothing of that dossier by any address: no name, number, score or file."""

import pytest

from callflow.core.db import db, unit_of_work
from callflow.dossiers.models import Dossier
from callflow.jury import profiles
from callflow.lifecycle import conflicts, seating
from tests import factories as make
from tests.architecture.access import Neighbourhood

TITLE = "'t Lichtpunt"


def found_at_home(around: Neighbourhood) -> make.User:
    """A juror who sat on it, scored nothing yet, and then told that they live there."""
    juror = around.people["juror"]
    town = make.municipality("BE")
    who, call_id = make.actor(juror), around.dossier.call_id
    with unit_of_work():
        db.session.get_one(Dossier, around.dossier.id).municipality_code = town.code
    with unit_of_work():
        call = db.session.get_one(make.Call, call_id)
        known = profiles.Known(("nl",), town.code)
        profiles.keep_profile(who, call, person_id=juror.id, known=known, version=0)
        db.session.flush()  # it is looked at next
        conflicts.renew(who, call, seating.jurors_of(call_id), only=juror.id)
    return juror


@pytest.mark.parametrize("relation", ["declared", "found", "not assigned"])
def test_every_address_hides_it_from_a_juror_with_a_conflict(app, client, relation):
    around = Neighbourhood()
    person = {
        "declared": lambda: around.people["juror_aside"],
        "found": lambda: found_at_home(around),
        "not assigned": lambda: around.people["juror_of_others"],
    }[relation]()
    client.sign_in(person)
    public = {f"/calls/{around.values['reference']}"}

    told = {}
    for rule in app.url_map.iter_rules():
        with app.test_request_context():
            path = app.url_for(
                rule.endpoint,
                **{**{name: around.values[name] for name in rule.arguments}, **(rule.defaults or {})},
            )
        if "GET" not in (rule.methods or ()) or path in public:
            continue
        answer = client.get(path)
        text = answer.get_data(as_text=True)
        shown = [word for word in (TITLE, "Lichtpunt") if word in text]
        if answer.status_code == 200 and around.values["ref"] in text.replace(path, ""):
            shown.append("reference")
        if shown or (answer.status_code == 200 and "ref" in rule.arguments):
            told[rule.rule] = shown

    assert told == {}


def test_it_is_counted_nowhere_on_the_pile_of_a_juror_with_a_conflict(app, client):
    around = Neighbourhood()
    juror = around.people["juror"]
    client.sign_in(juror)
    before = client.page("/jury").get_text()
    found_at_home(around)

    after = client.page("/jury").get_text()

    assert TITLE in before
    assert TITLE not in after
