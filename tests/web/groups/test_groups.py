"""The pages of a group: what members see and do, what strangers do not, what comes back from a mistake."""

import re

import pytest
from flask import Flask

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.people import queries
from callflow.people.actions import invitations
from callflow.people.models import Group, Membership, User
from callflow.people.states import Right
from tests import factories
from tests.client import CheckedClient, soup_of

DETAILS = {
    "name": "Buren van 't Lichtpunt", "country": "BE", "legal_form": "vereniging", "language": "nl",
    "contact_name": "An Voorbeeld", "contact_email": "an@voorbeeld.example", "street": "Dorp 1",
    "postcode": "8647", "town": "Lo-Reninge",
}  # fmt: skip


@pytest.fixture
def an(app: Flask) -> User:
    return factories.person(name="An Voorbeeld", email="an@voorbeeld.example")


@pytest.fixture
def bert(app: Flask) -> User:
    return factories.person(name="Bert Voorbeeld", email="bert@voorbeeld.example")


def browser(app: Flask, user: User) -> CheckedClient:
    return CheckedClient(app).sign_in(user)


def held(group: Group) -> dict[str, str]:
    db.session.rollback()
    found = queries.group(group.id)
    assert found is not None
    return {member.user.name: member.right.value for member in found.members}


def form_to(address: str) -> str:
    return f'form[action="{address}"]'


def invite(client: CheckedClient, group: Group, email: str, right: str = "edit"):
    values = {"invite-email": email, "invite-right": right, "invite-language": "fr"}
    address = f"/groups/{group.id}"
    return client.submit(address, values, form=form_to(f"{address}/invitations"))


def link_in_mail() -> str:
    mail = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    found = re.search(r"https?://[^/]+(/groups/invitations/\S+)", mail.body)
    assert found is not None
    return found[1]


def test_making_a_group(app: Flask, an: User):
    client = browser(app, an)
    assert client.page("/groups").select_one('a[href="/groups/new"]')

    answer = client.submit("/groups/new", DETAILS)

    page = client.page(answer.location)
    assert page.h1.get_text() == "Buren van 't Lichtpunt"
    assert held(db.session.scalars(db.select(Group)).one()) == {"An Voorbeeld": "submit"}


def test_a_form_sent_twice_makes_one_group(app: Flask, an: User):
    client = browser(app, an)
    page = client.page("/groups/new")
    values = {
        each["name"]: each.get("value", "") for each in page.select("main input[type=hidden]")
    } | DETAILS

    answers = [client.post("/groups/new", data=values).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert len(db.session.scalars(db.select(Group)).all()) == 1


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"country": None}, "country"),
        ({"country": "DE"}, "country"),
        ({"language": "en"}, "language"),
        ({"contact_email": "an@"}, "contact_email"),
        ({"contact_phone": "<script>"}, "contact_phone"),
        ({"postcode": "1" * 13}, "postcode"),
    ],
)
def test_a_mistake_comes_back_at_its_field_with_all_that_was_typed(
    app: Flask, an: User, values: dict[str, str | None], field: str, language: str
):
    client = browser(app, an)
    client.set_cookie("lang", language)

    answer = client.submit("/groups/new", DETAILS | values)

    page = soup_of(answer)
    assert (answer.status_code, page.html["lang"]) == (422, language)
    assert page.select_one(f'.errors a[href="#{field}"]')
    assert page.select_one("#town")["value"] == "Lo-Reninge"
    assert db.session.scalars(db.select(Group)).all() == []


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '\'; DROP TABLE "group"; --', "{{ config }}", "%(name)s", "Ü\u202eǆ漢字"],
)
def test_a_hostile_name_is_shown_as_it_was_typed(app: Flask, an: User, name: str):
    client = browser(app, an)

    answer = client.submit("/groups/new", DETAILS | {"name": name})

    shown = name.replace("\u202e", "")
    assert client.page(answer.location).h1.get_text() == shown
    assert shown in client.page("/groups").get_text()


@pytest.mark.parametrize("path", ["", "/details", "/members/1"])
def test_a_group_does_not_exist_for_strangers(app: Flask, an: User, bert: User, path: str):
    group = factories.group({an: Right.submit}, name="Geheim")
    own = factories.group({bert: Right.submit})
    client = browser(app, bert)

    page = client.page(f"/groups/{group.id}{path}", status=404)

    assert "Geheim" not in page.get_text()
    assert client.get(f"/groups/{own.id}").status_code == 200


def test_strangers_change_nothing(app: Flask, an: User, bert: User):
    group = factories.group({an: Right.submit})
    factories.group({bert: Right.submit})
    client = browser(app, bert)
    csrf = client.page("/groups").select_one("header input[name=csrf_token]")["value"]
    posts = {
        f"/groups/{group.id}/invitations": {"invite-email": "x@voorbeeld.example", "invite-right": "submit"},
        f"/groups/{group.id}/members/{an.id}/right": {"right": "view"},
        f"/groups/{group.id}/members/{an.id}/remove": {},
        f"/groups/{group.id}/leave": {},
        f"/groups/{group.id}/hand-over": {"over-user_id": str(an.id), "over-keep": "view"},
        f"/groups/{group.id}/details": DETAILS,
    }

    answers = {
        path: client.post(path, data={**data, "csrf_token": csrf}).status_code for path, data in posts.items()
    }

    assert set(answers.values()) == {404}
    assert held(group) == {"An Voorbeeld": "submit"}
    assert db.session.scalars(db.select(OutboxMail)).all() == []


def test_who_only_reads_sees_no_buttons_and_is_refused(app: Flask, an: User, bert: User):
    group = factories.group({an: Right.submit, bert: Right.view})
    client = browser(app, bert)
    page = client.page(f"/groups/{group.id}")
    csrf = page.select_one("main input[name=csrf_token]")["value"]

    answer = client.post(
        f"/groups/{group.id}/members/{an.id}/remove", data={"csrf_token": csrf, "token": "t"}
    )

    assert [form["action"] for form in page.select("main form")] == [f"/groups/{group.id}/leave"]
    assert answer.status_code == 403
    assert client.get(f"/groups/{group.id}/details").status_code == 403


def test_inviting_and_accepting_as_somebody_new(app: Flask, an: User):
    group = factories.group({an: Right.submit}, name="Buren")
    assert invite(browser(app, an), group, "nieuw@exemple.example").status_code == 303
    guest = CheckedClient(app)
    link = link_in_mail()

    nameless = guest.submit(link, {"name": " "})
    answer = guest.submit(link, {"name": "Nieuw Gezicht"})

    assert soup_of(nameless).select_one('.errors a[href="#name"]')
    assert answer.location == f"/groups/{group.id}"
    assert guest.page(answer.location).h1.get_text() == "Buren"
    assert held(group) == {"An Voorbeeld": "submit", "Nieuw Gezicht": "edit"}


def test_an_invitation_reaches_the_address_it_was_sent_to_whoever_is_signed_in(
    app: Flask, an: User, bert: User
):
    group = factories.group({an: Right.submit})
    invite(browser(app, an), group, bert.email)
    link, client = link_in_mail(), browser(app, an)

    page = client.page(link)
    answer = client.submit(link)

    assert bert.email in page.get_text()
    assert answer.status_code == 303
    assert client.page("/account").select_one(".who a").get_text() == "Bert Voorbeeld"
    assert held(group) == {"An Voorbeeld": "submit", "Bert Voorbeeld": "edit"}


def test_used_withdrawn_and_expired_invitations_say_so(app: Flask, an: User, bert: User):
    group = factories.group({an: Right.submit})
    client = browser(app, an)
    invite(client, group, bert.email)
    used = link_in_mail()
    CheckedClient(app).submit(used)
    invite(client, group, "carla@voorbeeld.example")
    withdrawn = link_in_mail()
    waiting = queries.open_invitations(group.id)[0]
    client.submit(
        f"/groups/{group.id}", form=form_to(f"/groups/{group.id}/invitations/{waiting.id}/withdraw")
    )
    invite(client, group, "dirk@voorbeeld.example")
    expired = link_in_mail()

    with clock.fixed(clock.now() + invitations.LASTS):
        late = CheckedClient(app).get(expired).status_code
    answers = [
        CheckedClient(app).get(link).status_code for link in (used, withdrawn, "/groups/invitations/x")
    ]

    assert [*answers, late] == [410] * 4


def test_the_last_who_may_submit_is_told_why_leaving_must_wait(app: Flask, an: User, bert: User):
    group = factories.group({an: Right.submit, bert: Right.edit})
    client = browser(app, an)

    answer = client.submit(f"/groups/{group.id}", form=form_to(f"/groups/{group.id}/leave"))

    assert answer.status_code == 422
    assert "minstens één lid" in soup_of(answer).select_one(".errors").get_text()
    assert held(group) == {"An Voorbeeld": "submit", "Bert Voorbeeld": "edit"}


def test_handing_over_and_leaving(app: Flask, an: User, bert: User):
    group = factories.group({an: Right.submit, bert: Right.view})
    client = browser(app, an)

    values = {"over-user_id": str(bert.id), "over-keep": "leave"}
    answer = client.submit(f"/groups/{group.id}", values, form=form_to(f"/groups/{group.id}/hand-over"))

    assert answer.location == "/groups"
    assert held(group) == {"Bert Voorbeeld": "submit"}


def test_changing_a_right(app: Flask, an: User, bert: User):
    group = factories.group({an: Right.submit, bert: Right.view})
    client = browser(app, an)
    address = f"/groups/{group.id}/members/{bert.id}"

    wrong = client.submit(address, {"right": "owner"}, form=form_to(f"{address}/right"))
    right = client.submit(address, {"right": "edit"}, form=form_to(f"{address}/right"))

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert soup_of(wrong).select_one('.errors a[href="#right"]')
    assert held(group) == {"An Voorbeeld": "submit", "Bert Voorbeeld": "edit"}


def test_removing_somebody_who_may_be_removed_and_who_may_not(app: Flask, an: User, bert: User):
    group = factories.group({an: Right.submit, bert: Right.submit})
    client = browser(app, an)
    address = f"/groups/{group.id}/members"

    removed = client.submit(f"{address}/{bert.id}", form=form_to(f"{address}/{bert.id}/remove"))
    own = client.page(f"{address}/{an.id}")
    lowered = client.submit(f"{address}/{an.id}", {"right": "view"}, form=form_to(f"{address}/{an.id}/right"))

    assert removed.status_code == 303
    assert own.select_one(form_to(f"{address}/{an.id}/remove")) is None
    assert lowered.status_code == 422
    assert held(group) == {"An Voorbeeld": "submit"}
    assert client.get(f"{address}/{bert.id}").status_code == 404


def test_details_that_somebody_else_changed_meanwhile_are_not_covered(app: Flask, an: User, bert: User):
    group = factories.group({an: Right.edit, bert: Right.edit})
    mine, other = browser(app, an), browser(app, bert)
    address = f"/groups/{group.id}/details"
    stale = {
        each["name"]: each.get("value", "") for each in mine.page(address).select("main input[type=hidden]")
    }
    assert other.submit(address, {"town": "Diksmuide"}).status_code == 303

    answer = mine.post(address, data=DETAILS | stale)

    page = soup_of(answer)
    assert answer.status_code == 409
    assert page.select_one("#town")["value"] == "Lo-Reninge"
    assert db.session.get_one(Group, group.id).town == "Diksmuide"


@pytest.mark.parametrize("count", [1, 3, 30])
def test_lists_take_the_same_number_of_statements_however_long(app: Flask, an: User, statements, count: int):
    made = [factories.group({an: Right.submit}) for _ in range(count)]
    with unit_of_work():
        for _ in range(count):
            other = factories_user()
            db.session.add(
                Membership(group_id=made[0].id, user_id=other.id, right=Right.view, since=clock.now())
            )
    client = browser(app, an)
    client.get("/groups")

    with statements() as listing:
        assert len(client.page("/groups").select(".rows > li")) == count
    with statements() as showing:
        assert len(client.page(f"/groups/{made[0].id}").select("tbody tr")) == count + 1

    assert (len(listing), len(showing)) == (2, 8)


def factories_user() -> User:
    """Somebody, added to the running unit of work."""
    number = db.session.scalar(db.select(db.func.count()).select_from(User))
    user = User(
        pseudonym=f"p{number}", name=f"Lid {number}", email=f"lid{number}@voorbeeld.example", language="nl",
        created_at=clock.now(), active=True, session_version=1,
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    return user
