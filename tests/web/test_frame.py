"""What surrounds every page: the navigation of each role, its home, and what the components make of forms."""

import pytest
from flask import Flask, url_for
from wtforms import BooleanField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired

from callflow.core import formats, i18n
from callflow.core.actor import Role
from callflow.core.errors import Changed, Refused, TooMany
from callflow.core.workflow import Blocked, Reason
from callflow.web import pages, words
from callflow.web.asking import Form
from tests import factories
from tests.client import CheckedClient
from tests.page import complaints

HOMES = {
    Role.coordinator: "/coordinator",
    Role.signatory: "/coordinator/decisions",
    Role.juror: "/jury",
    Role.coach: "/coach",
    Role.admin: "/coordinator/calls",
}


@pytest.mark.parametrize("role", HOMES)
def test_each_role_begins_at_its_home_and_finds_it_in_the_navigation(client: CheckedClient, role: Role):
    made = factories.call()
    scope = ("all", 0) if role is Role.admin else ("call", made.id)
    client.sign_in(factories.person((role, *scope)))

    answer = client.get("/sign-in")

    assert answer.location == HOMES[role]
    page = client.page(answer.location)
    current = page.select_one('.nav [aria-current="page"]')
    assert current is not None
    assert current["href"] == HOMES[role]
    assert len(page.select(".nav li")) <= 7


def test_a_resident_begins_at_the_applications(client: CheckedClient):
    client.sign_in(factories.person())

    assert client.get("/sign-in").location == "/applications"
    assert [each["href"] for each in client.page("/").select(".nav a")] == ["/", "/applications", "/groups"]


def test_a_coach_who_is_also_a_resident_has_both(client: CheckedClient):
    made = factories.call()
    somebody = factories.person((Role.coach, "call", made.id))
    factories.group({somebody: "view"})
    client.sign_in(somebody)

    entries = [each["href"] for each in client.page("/").select(".nav a")]

    assert entries == ["/", "/applications", "/groups", "/partner", "/coach"]


def test_every_line_of_the_navigation_leads_somewhere(app: Flask):
    with app.test_request_context():
        assert all(url_for(entry.endpoint) for entry in pages.NAVIGATION)


class Everything(Form):
    """One field of each kind that the component draws."""

    name = StringField("Name", [DataRequired("Fill in the name.")], description="As on the letter.")
    text = TextAreaField("Text")
    choice = RadioField(
        "Choice", [DataRequired("Choose one.")], choices=[SelectChoice("a", "A"), SelectChoice("b", "B")]
    )
    agreed = BooleanField("Agreed", [DataRequired("Tick the box.")])


PAGE = """{% extends "layouts/page.html" %}{% from "components/field.html" import field, hidden %}
{% from "components/error_summary.html" import error_summary %}{% block title %}x{% endblock %}
{% block main %}{{ error_summary(form) }}<form method="post">{{ hidden(form) }}
{% for each in (form.name, form.text, form.choice, form.agreed) %}{{ field(each) }}{% endfor %}</form>
{% endblock %}"""


def drawn(app: Flask, form: Form) -> str:
    frame = {"person": pages.actor(), "navigation": [], "languages": [], "phone": "", "phone_hours": ""}
    return app.jinja_env.from_string(PAGE).render(form=form, **frame)


def test_each_kind_of_field_carries_its_label_help_and_message(app: Flask):
    with app.test_request_context("/", method="POST", data={}):
        app.config["WTF_CSRF_ENABLED"] = False
        form = Everything(meta={"csrf": False})
        valid = form.valid()
        html = drawn(app, form)
        app.config["WTF_CSRF_ENABLED"] = True

    assert not valid
    assert complaints(html) == []
    assert [(each.field, words.say(each.code, each.parameters)) for each in form.problems] == [
        ("name", "Fill in the name."),
        ("choice", "Choose one."),
        ("agreed", "Tick the box."),
    ]
    assert 'aria-describedby="name-help name-error"' in html
    assert html.count('class="field wrong"') == 3


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (Blocked("submit", [Reason("text_changed"), Reason("report_missing")]), 422, "text_changed"),
        (Changed("dossier_changed"), 409, "dossier_changed"),
        (Refused("already_member", field="name"), 422, "already_member"),
        (TooMany("too_many_attempts", again_at="2026-11-30T11:00:00+00:00"), 429, "too_many_attempts"),
    ],
)
def test_what_an_action_refuses_comes_back_in_the_form(
    app: Flask, refusal: Exception, status: int, code: str
):
    with app.test_request_context("/", method="POST", data={}):
        form = Everything(meta={"csrf": False})
        with form.refusals():
            raise refusal

        assert (form.accepted, form.status, form.problems[0].code) == (False, status, code)
        assert form.problems[0].field == ("name" if isinstance(refusal, Refused) else None)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "nl",
            (
                "maandag 30 november 2026, 12.00 uur",
                "1 december 2026",
                "1.234,50 euro",
                "10.000 euro",
                "73,46 %",
            ),
        ),
        (
            "fr",
            ("lundi 30 novembre 2026 à 12 h 00", "1er décembre 2026", "1 234,50 €", "10 000 €", "73,46 %"),
        ),
        ("en", ("Monday 30 November 2026, 12:00", "1 December 2026", "€1,234.50", "€10,000", "73.46%")),
    ],
)
def test_days_hours_and_amounts_are_written_as_each_language_does(
    app: Flask, language: str, expected: tuple[str, ...]
):
    with app.test_request_context(), i18n.speaking(language):
        written = (
            formats.moment("2026-11-30T11:00:00+00:00", weekday=True),
            formats.day("2026-12-01"),
            formats.euro("1234.5"),
            formats.euro(10000),
            formats.percent("73.46"),
        )

    assert tuple(each.replace("\u00a0", " ").replace("\u202f", " ") for each in written) == expected


def test_what_is_not_whole_is_never_written_as_whole(app: Flask):
    """A letter that refuses would say that a project scores the threshold."""
    values = ("60", "60.5", "83.75", "59.96", "59.996", "60.0004", "66.66666666667", "59.99999999")

    with app.test_request_context(), i18n.speaking("nl"):
        written = [formats.percent(each).replace("\u00a0%", "") for each in values]

    assert written == ["60", "60,5", "83,75", "59,96", "59,996", "60,0004", "66,67", "60"]


def test_numbers_never_break_at_the_end_of_a_line(app: Flask):
    with app.test_request_context():
        for language in ("nl", "fr"):
            with i18n.speaking(language):
                hour = formats.hour("2026-11-30T11:00:00+00:00")
                assert " " not in formats.euro("1234567.89") + formats.percent("5.5") + hour


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("a\r\nb", "<p>a<br />\nb</p>"),
        ("<b>", "<p>&lt;b&gt;</p>"),
        ("\n\n \n\n", ""),
        (None, ""),
    ],
)
def test_what_people_type_becomes_paragraphs_and_nothing_else(typed: str | None, shown: str):
    assert str(formats.paragraphs(typed)) == shown
