"""What everybody sees: the landing page, contact, privacy, accessibility, and pages for what goes wrong."""

import gzip
from datetime import timedelta

import pytest
from flask import Flask

from callflow.core import clock
from tests import factories
from tests.client import CheckedClient, soup_of

LANGUAGES = ("nl", "fr", "en")
OPEN = ("/", "/sign-in", "/register", "/contact", "/privacy", "/accessibility", "/sign-in/sent")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", OPEN)
def test_open_pages_speak_each_language(client: CheckedClient, path: str, language: str):
    page = client.page(f"{path}?lang={language}")

    assert page.html["lang"] == language
    assert page.select_one(".lang [aria-current]").get_text() == language.upper()
    assert "+32 50 00 00 10" in page.select_one(".foot").get_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_switch_keeps_the_address(client: CheckedClient, language: str):
    page = client.page(f"/sign-in?back=/groups&lang={language}")

    others = {link["hreflang"]: link["href"] for link in page.select(".lang a")}

    assert others == {code: f"/sign-in?back=/groups&lang={code}" for code in LANGUAGES if code != language}


def test_the_landing_page_shows_calls_by_what_can_be_done_with_them(client: CheckedClient):
    now = clock.now()
    factories.call(title=factories.twin("Open tot morgen", "Ouvert"), closes_at=now + timedelta(hours=30))
    factories.call(title=factories.twin("Open tot later", "Ouvert plus tard"))
    factories.call(open_now=False, title=factories.twin("Voorbij", "Fini"))
    later = {"opens_at": now + timedelta(days=3), "closes_at": now + timedelta(days=30)}
    factories.call(title=factories.twin("Binnenkort", "Bientôt"), **later)

    page = client.page("/")

    def titles(section: str) -> list[str]:
        return [each.get_text() for each in page.select(f'section[aria-labelledby="{section}"] h3')]

    assert titles("open") == ["Open tot morgen", "Open tot later"]
    assert titles("coming") == ["Binnenkort"]
    assert titles("closed") == ["Voorbij"]


def test_a_call_closes_to_the_second(client: CheckedClient, app: Flask):
    closes = clock.now() + timedelta(days=1)
    factories.call(closes_at=closes)

    with clock.fixed(closes - timedelta(seconds=1)):
        before = client.page("/").select('section[aria-labelledby="open"] h3 a')
    with clock.fixed(closes):
        after = client.page("/").select('section[aria-labelledby="open"] h3 a')

    assert (len(before), len(after)) == (1, 0)


def test_a_text_that_exists_in_one_language_only_says_which(client: CheckedClient):
    factories.call(title={"nl": "Alleen Nederlands"})

    page = client.page("/?lang=fr")

    assert page.find("span", lang="nl", string="Alleen Nederlands")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_landing_page_takes_the_same_number_of_statements(client: CheckedClient, statements, count: int):
    for _ in range(count):
        factories.call()

    with statements() as seen:
        assert len(client.page("/").select('section[aria-labelledby="open"] .rows > li')) == count

    assert len(seen) == 3


def test_contact_and_privacy_come_from_the_records_of_the_authorities(client: CheckedClient):
    handler = {
        "first_name": "Lieve", "last_name": "Voorbeeld", "capacity": factories.twin("dossierbehandelaar"),
        "phone": "+32 50 00 00 11", "email": "lieve@streek.example",
    }  # fmt: skip
    factories.authority(handler=handler)
    factories.call()

    contact, privacy = client.page("/contact").get_text(), client.page("/privacy").get_text()

    for text in (
        "Streekbestuur Voorbeeld",
        "info@streek.example",
        "Voorbeeldweg 1, 8600 Diksmuide",
        "Lieve Voorbeeld",
    ):
        assert text in contact
    for text in ("Streekbestuur Voorbeeld", "dpo@streek.example", "VTC"):
        assert text in privacy


def test_a_first_visit_weighs_little(client: CheckedClient):
    factories.call()
    home = client.get("/")
    page = soup_of(home)
    sheets = [link["href"] for link in page.select("link[rel=stylesheet], link[rel=icon]")]
    scripts = [script["src"] for script in page.select("script[src]")]
    answers = [home, *(client.get(path) for path in sheets + scripts)]
    fonts = [
        client.get(sheets[0].rsplit("/", 1)[0] + f"/fonts/callflow-{name}.woff2")
        for name in ("sans-400", "sans-600", "serif-400", "serif-600")
    ]

    weight = sum(len(gzip.compress(each.get_data())) for each in answers) + sum(
        len(each.get_data()) for each in fonts
    )

    assert [each.status_code for each in answers + fonts] == [200] * len(answers + fonts)
    assert weight < 150_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/nothing-here", 404),
        ("get", "/calls/../../etc/passwd", 404),
        ("get", "/groups/99999999999999999999999999", 404),
        ("post", "/", 405),
        ("get", "/sign-in/mail", 405),
    ],
)
def test_what_goes_wrong_ends_on_a_page_with_a_way_on(
    client: CheckedClient, method: str, path: str, status: int, language: str
):
    client.set_cookie("lang", language)

    answer = client.open(path, method=method.upper())

    assert answer.status_code == status
    if status >= 400:
        page = soup_of(answer)
        assert page.html["lang"] == language
        assert page.select_one("main a.button")
        assert "+32 50 00 00 10" in page.main.get_text()


def test_numbers_beyond_every_database_are_just_not_there(client: CheckedClient):
    user = factories.person()
    factories.group({user: "view"})
    client.sign_in(user)

    for number in ("99999999999999999999999999", "-1", "0", "1e3"):
        assert client.get(f"/groups/{number}").status_code == 404


def test_a_file_that_is_too_large_is_answered_with_the_limit(client: CheckedClient):
    answer = client.post("/sign-in/mail", data={"mail-email": "x" * (12 * 1024 * 1024)})

    assert answer.status_code == 413
    assert "10 MB" in soup_of(answer).main.get_text()


def test_a_broken_page_tells_no_secrets(client: CheckedClient, app: Flask):
    def break_down() -> str:
        raise RuntimeError("geheim in de fout")

    kept = app.view_functions["public.home"]
    break_down.access = "public"  # type: ignore[attr-defined]  # as the gate reads it
    app.view_functions["public.home"] = break_down
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        answer = client.get("/")
    finally:
        app.view_functions["public.home"] = kept
        app.config["PROPAGATE_EXCEPTIONS"] = None

    assert answer.status_code == 500
    assert "geheim" not in answer.get_data(as_text=True)
    assert soup_of(answer).main


def test_assets_are_kept_for_a_year_and_nothing_else_is_served(client: CheckedClient):
    href = client.page("/").select_one("link[rel=stylesheet]")["href"]

    assert "max-age=31536000" in client.get(href).headers["Cache-Control"]
    for path in (
        "/assets/0123456789/../config.py",
        "/assets/0123456789/%2e%2e/%2e%2e/config.py",
        "/assets/x/a.css",
    ):
        assert client.get(path).status_code == 404


def test_every_answer_carries_the_headers_that_protect_it(client: CheckedClient):
    headers = client.get("/").headers

    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store, private"
