"""Files with an answer: what they really are, what is taken out of them, and who gets them back."""

import io
import warnings
import zipfile
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from callflow.applications import actions, answers, queries
from callflow.applications.files import TYPES, Examined, clean_name, examined
from callflow.applications.models import Application
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, NotFound, Refused
from callflow.core.storage import storage
from callflow.dossiers import queries as dossiers
from callflow.lifecycle.values import Submitting
from tests import factories
from tests.applications.conftest import Village
from tests.factories import actor

LIMIT = 10_000_000
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 60)).save(buffer, kind, **more)
    return buffer.getvalue()


def packed(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


DOCX = packed(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
XLSX = packed(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<x/>"))
ODT = packed(("mimetype", TYPES["odt"].encode()), ("content.xml", b"<o/>"))
ODS = packed(("mimetype", TYPES["ods"].encode()), ("content.xml", b"<o/>"))


@pytest.mark.parametrize(
    "name, content, kind",
    [
        ("brief.pdf", PDF, "pdf"),
        ("foto.jpg", picture(), "jpg"),
        ("foto.JPEG", picture(), "jpg"),
        ("foto.png", picture("PNG"), "png"),
        ("tekst.docx", DOCX, "docx"),
        ("raming.xlsx", XLSX, "xlsx"),
        ("tekst.odt", ODT, "odt"),
        ("raming.ods", ODS, "ods"),
    ],
)
def test_what_may_be_kept_is_known_by_its_bytes(name: str, content: bytes, kind: str):
    assert examined(name, content, limit=LIMIT).media_type == TYPES[kind]


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("foto.png", picture(), "file_lies"),
        ("foto.jpg", PDF, "file_lies"),
        ("brief.pdf", b"MZ\x90\x00" + bytes(200), "file_type"),
        ("brief.pdf", b"<html><script>alert(1)</script>", "file_type"),
        ("tekst.docx", XLSX, "file_lies"),
        ("tekst.docx", packed(("a.txt", b"x")), "file_type"),
        ("tekst.docx", packed(("[Content_Types].xml", b"x"), ("word/vbaProject.bin", b"x")), "file_macros"),
        ("tekst.docx", DOCX[:-30], "file_broken"),
        ("foto.jpg", picture()[:200], "file_broken"),
        ("foto.gif", picture("GIF"), "file_type"),
        ("tekening.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "file_type"),
        ("leeg.pdf", b"", "file_empty"),
        ("groot.pdf", PDF + bytes(LIMIT), "file_too_large"),
    ],
)
def test_what_is_something_else_is_refused(name: str, content: bytes, code: str):
    with pytest.raises(Refused) as refused:
        examined(name, content, limit=LIMIT)

    assert refused.value.code == code


def test_a_field_can_ask_for_certain_kinds_only():
    with pytest.raises(Refused, match="file_type"):
        examined("foto.jpg", picture(), limit=LIMIT, allowed=frozenset({"pdf"}))


def test_a_picture_is_drawn_anew_without_place_camera_and_comment():
    exif = Image.Exif()
    exif[0x010F] = "Camera van Els"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (50.0, 58.0, 0.0)
    jpeg = picture(exif=exif.tobytes(), comment=b"geheim", size=(40, 30))
    notes = PngInfo()
    notes.add_text("Author", "Els Maes")
    png = picture("PNG", pnginfo=notes)

    clean = [examined("a.jpg", jpeg, limit=LIMIT).content, examined("a.png", png, limit=LIMIT).content]

    assert b"Camera" in jpeg
    assert b"Els Maes" in png
    for content in clean:
        assert not any(word in content for word in (b"Camera", b"geheim", b"Els Maes", b"Exif"))
    with Image.open(io.BytesIO(clean[0])) as upright:
        assert upright.size == (30, 40), "turned as the camera said"


def test_a_picture_that_would_fill_the_memory_is_not_unpacked():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bomb = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(bomb, "PNG")

    for allowed_to_warn in ("ignore", "error"):
        with warnings.catch_warnings():
            warnings.simplefilter(allowed_to_warn)
            with pytest.raises(Refused, match="picture_too_large"):
                examined("bom.png", bomb.getvalue(), limit=LIMIT)


def test_an_office_document_that_unpacks_without_end_is_refused():
    bomb = packed(("[Content_Types].xml", b"x"), ("word/document.xml", bytes(201_000_000)))

    with pytest.raises(Refused, match="file_broken"):
        examined("bom.docx", bomb, limit=LIMIT)


@pytest.mark.parametrize(
    "name, clean",
    [
        ("brief.pdf", "brief.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Temp\\Brief aan de gemeente.PDF", "Brief aan de gemeente.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("x" * 300 + ".pdf", "x" * 114 + ".pdf"),
        ("vrijwilligers & co; één.pdf", "vrijwilligers & co; één.pdf"),
    ],
)
def test_a_name_shows_what_it_is(name: str, clean: str):
    assert clean_name(name, "pdf") == clean


@given(st.text(st.characters(), max_size=200))
def test_whatever_a_file_is_called_its_name_can_be_sent(name: str):
    clean = clean_name(name, "pdf")

    assert clean.encode()
    assert len(clean) <= 126
    assert "/" not in clean
    assert clean.isprintable() or " " not in clean or clean.strip() == clean


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused_or_known(content: bytes):
    for head in (b"", b"%PDF-", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"):
        try:
            assert examined("a", head + content, limit=LIMIT).media_type in TYPES.values()
        except Refused:
            continue


def attach(village: Village, application: Application, by=None, name: str = "letter") -> int:
    person = actor(by or village.els)
    file = examined("brief.pdf", PDF + str(clock.now()).encode(), limit=LIMIT)
    with unit_of_work():
        loaded = dossiers.for_step(application.reference, by=person, kind=Application)
        return actions.attach(person, loaded, name, file).id


def remove(village: Village, application: Application, attachment: int, by=None) -> None:
    person = actor(by or village.els)
    with unit_of_work():
        loaded = dossiers.for_step(application.reference, by=person, kind=Application)
        actions.remove_file(person, loaded, attachment)


def listed(application: Application) -> list[int]:
    db.session.expire_all()
    given = answers.given_to(application)
    return [file["id"] for file in (given["letter"].value or [])] if "letter" in given else []


def test_files_stand_in_the_answer_and_leave_it_again(village: Village):
    application = village.started()
    first, second = attach(village, application), attach(village, application)

    assert listed(application) == [first, second]
    remove(village, application, first)
    remove(village, application, first)
    assert listed(application) == [second]


def test_a_field_takes_so_many_files_and_no_more(village: Village):
    application = village.started()
    for _ in range(2):
        attach(village, application)

    with pytest.raises(Refused, match="too_many_files"):
        attach(village, application)
    with pytest.raises(Refused, match="no_such_field"):
        attach(village, application, name="title")


def test_only_who_may_edit_an_open_draft_adds_and_removes(village: Village):
    application = village.started()
    kept = attach(village, application)

    with pytest.raises(Forbidden):
        attach(village, application, by=village.rita)
    with pytest.raises(Forbidden):
        remove(village, application, kept, by=village.rita)
    with (
        clock.fixed(village.call.closes_at + timedelta(seconds=1)),
        pytest.raises(Refused, match="call_closed"),
    ):
        remove(village, application, kept)


def test_a_file_of_another_dossier_cannot_be_removed(village: Village):
    mine, other = village.started(), village.started()
    kept = attach(village, other)

    remove(village, mine, kept)

    assert listed(other) == [kept]


def test_a_file_is_given_to_who_may_see_the_dossier(village: Village):
    application = village.started()
    kept = attach(village, application)
    reference = application.reference

    found = queries.file(reference, kept, by=actor(village.rita))
    assert storage().get(found.sha256).startswith(b"%PDF-")
    with pytest.raises(NotFound):
        queries.file(reference, kept, by=actor(factories.person()))
    with pytest.raises(NotFound):
        queries.file(village.started().reference, kept, by=actor(village.rita))
    remove(village, application, kept)
    with pytest.raises(NotFound):
        queries.file(reference, kept, by=actor(village.rita))


def test_what_was_submitted_keeps_its_files(village: Village):
    application = village.ready()
    kept = attach(village, application)
    db.session.expire_all()
    factories.take(
        application, "submit", village.els,
        Submitting(dossiers.seen(application.reference, by=actor(village.els)).content_version),
    )  # fmt: skip

    frozen = queries.last_submission(application)
    assert frozen is not None
    assert [file["id"] for file in frozen.answers["letter"]] == [kept]
    assert frozen.answers["letter"][0]["name"] == "brief.pdf"
    with pytest.raises(Refused, match="application_frozen"):
        remove(village, application, kept)


def test_an_examined_file_is_a_value():
    assert examined("a.pdf", PDF, limit=LIMIT) == Examined("a.pdf", "application/pdf", PDF)
