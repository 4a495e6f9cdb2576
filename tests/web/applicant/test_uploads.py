"""Files added on a page: refused when they are something else, given back to the group only."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from callflow.applications.models import Attachment
from callflow.core.db import db
from callflow.people.states import Right
from tests import factories
from tests.applications.conftest import Village
from tests.client import CheckedClient, soup_of
from tests.web.applicant.looking import section_of, stored, values

Browser = Callable[..., CheckedClient]
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"


@pytest.mark.parametrize(
    "name, content",
    [("foto.png", PDF), ("brief.pdf", b"MZ" + bytes(99)), ("leeg.pdf", b""), ("b.svg", b"<svg/>")],
)
def test_a_file_that_lies_is_refused_and_the_texts_are_kept(
    village: Village, browser: Browser, name: str, content: bytes
):
    application = village.started()
    els, path = browser(village.els), section_of(village, application, "money")

    answer = els.post(
        path,
        data={
            **values(els, path), "f-amount": "800", "go": "next", "f-letter": (io.BytesIO(content), name),
        },
        content_type="multipart/form-data",
    )  # fmt: skip

    assert answer.status_code == 422
    assert soup_of(answer).select_one('.errors a[href="#f-letter"]') is not None
    assert stored(application)["amount"].value == "800.00"
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_a_file_is_added_downloaded_and_removed(village: Village, browser: Browser):
    application = village.started()
    els, path = browser(village.els), section_of(village, application, "money")
    name = "Brief <van> de 'gemeente' é.pdf"
    added = els.post(
        path,
        data={**values(els, path), "go": "later", "f-letter": (io.BytesIO(PDF), name)},
        content_type="multipart/form-data",
    )
    assert added.status_code == 303
    link = els.page(path).select_one("#f-letter-files .tasks a")
    assert link.get_text() == "Brief -van- de 'gemeente' é.pdf"

    download = els.get(link["href"])
    assert download.data == PDF
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    neighbour = factories.person()
    factories.group({neighbour: Right.submit})
    browser(neighbour).page(link["href"], status=404)
    number = link["href"].rsplit("/", 1)[1]
    els.post(path, data={**values(els, path), "go": "", "remove": f"file:{number}"})
    assert els.page(path).select_one("#f-letter-files .tasks a") is None
    els.page(link["href"], status=404)
