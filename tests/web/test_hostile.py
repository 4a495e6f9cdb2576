"""The big list of naughty strings in each field of entering, accounts and groups: refused or kept."""

import json
import random
from io import BytesIO
from itertools import product
from urllib.parse import quote

import pytest
from flask import Flask, request

from callflow.people.states import Right
from callflow.web.inputs import bare
from tests import factories
from tests.agreements.agreed import Agreeing
from tests.client import CheckedClient, form_values, soup_of

SAMPLE, DEEP_SAMPLE = 12, 80
FORMS = {
    "/sign-in": ('form[action^="/sign-in/mail"]', ("mail-email",)),
    "/sign-in?": ('form[action^="/sign-in/password"]', ("pw-email", "pw-password")),
    "/register": ("main form", ("name", "email", "language")),
    "/account": ('form[action="/account"]', ("name", "phone", "language")),
    "/account?": ('form[action="/account/password"]', ("new-password",)),
    "/groups/new": ("main form", ("name", "country", "legal_form", "contact_name", "contact_email", "town")),
    "/groups/{group}": ('form[action$="/invitations"]', ("invite-email", "invite-right")),
    "/coordinator/people": ('form[action^="/coordinator/people?"]', ("email", "name", "role", "over")),
}


@pytest.mark.parametrize("path", FORMS)
def test_every_field_takes_or_refuses_what_nobody_expects(app: Flask, shared, path: str, deep: bool):
    strings = json.loads(shared("data/hostile/blns.json").read_text(encoding="utf-8"))
    chosen = random.Random(path).sample(strings, DEEP_SAMPLE if deep else SAMPLE)
    selector, fields = FORMS[path]
    made = factories.call()
    person = factories.person(("coordinator", "call", made.id), name="An", email="an@voorbeeld.example")
    address = path.format(group=factories.group({person: Right.submit}).id)
    client = CheckedClient(app)
    if not path.startswith(("/sign-in", "/register")):
        client.sign_in(person)

    answers = {
        (field, text): client.submit(address, {field: text}, form=selector)
        for text in chosen
        for field in fields
    }

    odd = {
        where: answer.status_code
        for where, answer in answers.items()
        if answer.status_code not in (303, 422, 429)
    }
    assert odd == {}
    for (field, text), answer in answers.items():
        typed = soup_of(answer).find(attrs={"name": field, "type": ("text", "email", "tel")})
        if answer.status_code == 422 and typed is not None:
            assert typed["value"] == bare(text), (field, text)


@pytest.mark.parametrize("path", FORMS)
def test_a_file_in_place_of_a_text_is_no_text(app: Flask, path: str):
    selector, fields = FORMS[path]
    made = factories.call()
    person = factories.person(("coordinator", "call", made.id), name="An", email="an@voorbeeld.example")
    address = path.format(group=factories.group({person: Right.submit}).id)
    client = CheckedClient(app)
    if not path.startswith(("/sign-in", "/register")):
        client.sign_in(person)

    answers = [
        client.submit(address, {field: (BytesIO(b"%PDF-1.7"), "brief.pdf")}, form=selector).status_code
        for field in fields
    ]

    assert set(answers) <= {303, 422, 429}


FEW = 5
ROOMS = {
    "/applications/{ref}/messages": ("group", "main form", ("subject", "text", "audience", "token")),
    "/coordinator/dossiers/{ref}/messages": ("office", "main form", ("subject", "text", "version")),
    "/applications/{ref}/agreement": ("group", "form[action$='/back']", ("why", "version")),
    "/applications/{ref}/agreement?": ("group", "form#accept", ("sha256", "read")),
    "/coordinator/dossiers/{ref}/agreement": ("office", "form[action$='/back']", ("why", "token")),
    "/coordinator/people/{person}/see": ("office", "main form", ("reason",)),
    "/coordinator/messages/many?call={call}&ref={ref}": (
        "office",
        "main form",
        ("subject_nl", "text_fr", "seen"),
    ),
    "/account": ("group", "form[action$='/notices']", ("told-often", "told-with_text")),
}


@pytest.mark.parametrize("path", ROOMS)
def test_the_rooms_around_a_decision_take_or_refuse_it_too(app: Flask, shared, path: str, deep: bool):
    who, selector, fields = ROOMS[path]
    strings = json.loads(shared("data/hostile/blns.json").read_text(encoding="utf-8"))
    chosen = [*random.Random(path).sample(strings, DEEP_SAMPLE if deep else FEW), "\0", "9" * 5000]
    call = Agreeing()
    dossier = call.offered()
    person = call.resident if who == "group" else call.coordinator
    address = path.format(ref=dossier.reference, person=call.resident.id, call=call.call.reference)
    client = CheckedClient(app).sign_in(person)
    form = client.page(address).select_one(selector)
    values, target = form_values(form), form.get("action") or address

    answers = {}
    for number, (field, text) in enumerate(product(fields, chosen)):
        values["token"] = f"{number:030}"
        answers[field, text] = client.post(target, data=values | {field: text}).status_code
        if answers[field, text] == 303:  # it may have begun a look
            own = client.sign_in(person).page("/account").select_one("input[name=csrf_token]")
            values["csrf_token"] = own["value"]

    odd = {where: status for where, status in answers.items() if status not in (200, 303, 409, 422)}
    assert odd == {}


HUGE = ("9" * 10, "9" * 30, "9" * 5000, "\u0663", "-1", "1e9", "\0")


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_no_record_can_have_is_refused_in_words(app: Flask, number: str):
    made = factories.call()
    person = factories.person(("coordinator", "call", made.id))
    group = factories.group({person: Right.submit})
    client = CheckedClient(app).sign_in(person)
    asked = {"call": made.reference, "lot": number, "handler": number, "page": number}

    answers = [
        client.get("/coordinator/dossiers", query_string=asked),
        client.get("/coordinator/outbox", query_string=asked),
        client.get(f"/groups/{quote(number)}"),
        client.get(f"/groups/{group.id}/members/{quote(number)}"),
        client.submit("/coordinator/people", {"over": number}, form='form[action^="/coordinator/people?"]'),
    ]

    assert {answer.status_code for answer in answers} <= {200, 404, 422}


def test_a_zero_character_reaches_no_database(app: Flask):
    made = factories.call()
    person = factories.person(("coordinator", "call", made.id))
    client = CheckedClient(app).sign_in(person)
    sent = {"data": {"token": "a\0b", "r\0ef": ["\0", "x"]}, "query_string": {"ref": "T-1\0"}}

    with app.test_request_context("/coordinator/messages/many", method="POST", **sent):
        assert request.form.to_dict(flat=False) == {"token": ["ab"], "ref": ["", "x"]}
        assert request.args.getlist("ref") == ["T-1\ufffd"]
    paths = ("coordinator/dossiers/%00/messages", "coordinator/dossiers/T%00/agreement", "c/a%00")
    assert {path: client.get(f"/{path}").status_code for path in paths} == dict.fromkeys(paths, 404)
    with app.test_request_context("/coordinator/dossiers/T%00/agreement"):
        assert request.view_args == {"ref": "T\ufffd"}
    many = client.submit("/coordinator/messages/many", {"token": "a\0b", "send": "look"})
    assert many.status_code == 422


@pytest.mark.parametrize(
    "query, said", [("code=\xff", "%ff"), ("code=\xc3\xa9%26&x=\u00b2", "é&"), ("\xed\xa0", "")]
)
def test_a_query_of_bytes_that_are_no_text_is_read_as_far_as_it_is(app: Flask, query: str, said: str):
    with app.test_request_context("/c", environ_overrides={"QUERY_STRING": query}):
        assert request.args.get("code", "").lower() == said
    answer = CheckedClient(app).get("/c", environ_overrides={"QUERY_STRING": query})
    assert answer.status_code in (200, 404)
