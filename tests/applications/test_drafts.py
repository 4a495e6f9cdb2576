"""A draft from its beginning: what is kept, what follows from an answer, and who may not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from callflow.applications import actions, answers
from callflow.applications.models import Answer, Application
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, NotFound, Refused
from callflow.core.trail import Event, check_all
from callflow.core.workflow import Blocked
from callflow.dossiers import queries as dossiers
from callflow.lifecycle import process
from callflow.lifecycle.values import Submitting
from tests import factories
from tests.applications.conftest import BUDGET, RIGHT_ANSWERS, Village
from tests.factories import actor


def answer(application: Application, name: str) -> Answer:
    db.session.expire_all()
    return db.session.scalars(
        select(Answer).where(Answer.application_id == application.id, Answer.field == name)
    ).one()


def actions_on(application: Application) -> list[str]:
    db.session.expire_all()
    return list(
        db.session.scalars(
            select(Event.action).where(Event.trail_id == application.trail_id).order_by(Event.sequence)
        )
    )


def open_in(application):
    return answers.unanswered(application, application.call.form)


def reloaded(application: Application, by) -> Application:
    db.session.expire_all()
    return dossiers.seen(application.reference, by=actor(by), kind=Application)


def test_a_draft_begins_empty_with_a_number_that_tells_nothing(village: Village):
    first, second = village.started(), village.started()

    assert (first.title, first.state, first.language) == ("", "draft", "nl")
    assert first.reference != second.reference
    assert first.reference.startswith(f"{village.call.prefix}-")
    assert actions_on(first) == ["created"]


def test_the_municipality_that_the_lot_was_found_by_is_answered(village: Village):
    with unit_of_work():
        application = actions.start(
            actor(village.els), village.call, village.lot, group=village.group, language="fr",
            municipality="32030",
        )  # fmt: skip

    assert answer(application, "place").value == "32030"
    assert application.municipality_code == "32030"


def test_a_draft_begins_in_a_language_of_the_call(village: Village):
    with pytest.raises(Refused, match="language_unknown"), unit_of_work():
        actions.start(actor(village.els), village.call, village.lot, group=village.group, language="en")


@pytest.mark.parametrize("who", ["rita", "stranger"])
def test_only_who_may_edit_begins_a_draft(village: Village, who: str):
    person = factories.person() if who == "stranger" else village.rita

    with pytest.raises(Forbidden), unit_of_work():
        actions.start(actor(person), village.call, village.lot, group=village.group, language="nl")

    assert db.session.scalar(select(func.count()).select_from(Application)) == 0


@pytest.mark.parametrize(
    "seconds, code",
    [(-1, "call_not_open"), (0, None), (3599, None), (3600, "call_closed"), (3601, "call_closed")],
)
def test_a_draft_begins_between_opening_and_closing_to_the_second(village: Village, seconds: int, code: str):
    with unit_of_work():
        village.call.closes_at = village.call.opens_at + timedelta(hours=1)
    moment = village.call.opens_at + timedelta(seconds=seconds)

    with clock.fixed(moment):
        if code is None:
            assert village.started().created_at == moment
        else:
            with pytest.raises(Refused, match=code):
                village.started()


def test_answers_are_kept_as_values_and_lead_the_columns_that_lists_sort_by(village: Village):
    application = village.ready()

    again = reloaded(application, village.els)
    assert (again.title, again.title_key) == ("'t Lichtpunt", "'t lichtpunt")
    assert (again.requested, again.municipality_code) == (Decimal(4000), "32030")
    assert answer(application, "amount").value == "4000.00"
    assert answer(application, "budget").value["total"] == "4000.00"
    assert answers.unanswered(again, again.call.form) == ()


def test_a_title_sorts_without_capitals_and_accents(village: Village):
    application = village.started()

    village.save(application, {"title": "Été à l’École"})

    assert reloaded(application, village.els).title_key == "ete a l’ecole"


def test_what_is_not_understood_is_kept_as_typed_and_holds_the_submission_back(village: Village):
    application = village.ready()

    saved = village.save(application, {"amount": "8oo"}, language="fr")

    assert [flaw.code for flaw in saved.flaws["amount"]] == ["money_unread"]
    kept = answer(application, "amount")
    assert (kept.value, kept.typed, kept.version) == (None, {"text": "8oo", "language": "fr"}, 2)
    again = reloaded(application, village.els)
    assert again.requested == Decimal(4000), "the last amount that was one"
    assert answers.unanswered(again, again.call.form) == ("amount",)
    with pytest.raises(Blocked, match="submit"), unit_of_work():
        loaded = dossiers.for_step(application.reference, by=actor(village.els), kind=Application)
        process.take(loaded, "submit", actor=actor(village.els), values=Submitting(loaded.content_version))


def test_an_answer_can_be_put_right_and_emptied(village: Village):
    application = village.ready()
    village.save(application, {"amount": "8oo"})

    village.save(application, {"amount": "800"})
    assert (answer(application, "amount").value, answer(application, "amount").typed) == ("800.00", None)

    village.save(application, {"amount": " ", "title": ""})
    again = reloaded(application, village.els)
    assert (again.requested, again.title, again.title_key) == (None, "", "")
    assert answers.unanswered(again, again.call.form) == ("title", "amount")


def test_what_does_not_change_is_not_saved_again(village: Village):
    application = village.ready()
    before = reloaded(application, village.els).content_version

    saved = village.save(application, {**RIGHT_ANSWERS, "amount": "4000"}, versions={})

    assert saved.versions == {}
    assert reloaded(application, village.els).content_version == before


def test_fields_that_the_form_does_not_have_are_left_out(village: Village):
    application = village.started()

    saved = village.save(application, {"unknown": "x", "letter": "x", "title": "Ja"})

    assert list(saved.versions) == ["title"]


def test_somebody_elses_newer_text_is_never_covered(village: Village):
    application = village.ready()
    seen = {"summary": answer(application, "summary").version, "title": answer(application, "title").version}
    village.save(application, {"summary": "De tekst van Piet."}, village.piet, versions=seen)

    with pytest.raises(Changed) as refused:
        village.save(application, {"summary": "De tekst van Els.", "title": "Nieuw"}, versions=seen)

    assert refused.value.code == "answer_changed"
    assert refused.value.parameters == {"theirs": {"summary": "De tekst van Piet."}}
    assert answer(application, "summary").value == "De tekst van Piet."
    assert answer(application, "title").value == "'t Lichtpunt", "all or nothing"


def test_two_members_who_save_different_fields_lose_nothing(village: Village):
    application = village.ready()
    seen = {name: answer(application, name).version for name in ("summary", "title")}

    village.save(application, {"summary": "Van Piet."}, village.piet, versions=seen)
    village.save(application, {"title": "Van Els"}, village.els, versions=seen)

    assert (answer(application, "summary").value, answer(application, "title").value) == (
        "Van Piet.",
        "Van Els",
    )


def test_the_same_correction_by_two_people_is_no_conflict(village: Village):
    application = village.ready()
    seen = {"title": answer(application, "title").version}

    village.save(application, {"title": "Gelijk"}, village.piet, versions=seen)
    saved = village.save(application, {"title": "Gelijk"}, village.els, versions=seen)

    assert saved.versions == {}


@pytest.mark.parametrize("who", ["rita", "stranger"])
def test_who_may_not_edit_saves_nothing(village: Village, who: str):
    application = village.ready()
    person = factories.person() if who == "stranger" else village.rita

    with pytest.raises(NotFound if who == "stranger" else Forbidden):
        village.save(application, {"title": "Gekaapt"}, person)

    assert answer(application, "title").value == "'t Lichtpunt"


def test_nothing_is_saved_a_second_past_the_closing_hour(village: Village):
    application = village.ready()

    with clock.fixed(village.call.closes_at - timedelta(seconds=1)):
        village.save(application, {"title": "Op tijd"})
    with clock.fixed(village.call.closes_at), pytest.raises(Refused, match="call_closed"):
        village.save(application, {"title": "Te laat"})

    assert answer(application, "title").value == "Op tijd"


def test_what_was_submitted_is_frozen(village: Village):
    application = village.ready()
    factories.take(application, "submit", village.els, Submitting(application.content_version))

    with pytest.raises(Refused, match="application_frozen"):
        village.save(application, {"title": "Nog iets"})


def test_a_text_without_end_is_refused_whole(village: Village):
    application = village.ready()

    with pytest.raises(Refused, match="text_huge"):
        village.save(application, {"summary": "a" * 300_000, "title": "Nieuw"})

    assert answer(application, "title").value == "'t Lichtpunt"


@pytest.mark.parametrize("text", ["nul\x00", "half \ud83d", "\x1b[31m", "\ufffe"])
def test_what_no_page_can_show_is_kept_apart_on_both_databases(village: Village, text: str):
    application = village.ready()

    village.save(application, {"summary": text})

    assert answer(application, "summary").typed == {"text": text, "language": "nl"}
    assert open_in(reloaded(application, village.els)) == ("summary",)


def test_the_amount_and_the_place_must_fit_the_lot(village: Village):
    application = village.ready()
    with unit_of_work():
        db.session.merge(village.lot).minimum_amount = Decimal(500)

    village.save(application, {"amount": "5.000,01"})
    assert open_in(reloaded(application, village.els)) == ("amount",)
    village.save(application, {"amount": "499"})
    assert open_in(reloaded(application, village.els)) == ("amount",)
    village.save(application, {"amount": "500"})
    assert open_in(reloaded(application, village.els)) == ()


def test_a_village_of_another_lot_is_told_so(app):
    from tests.applications.conftest import WHOLE_FORM  # slow import

    call = factories.call(factories.Law.be_public, factories.Law.fr_public, form=WHOLE_FORM)
    els = factories.person()
    group = factories.group({els: factories.Right.submit})
    village = Village(call, factories.lots(call)[0], group, els, els, els)
    application = village.ready()

    village.save(application, {"place": "Hondschoote"})

    again = reloaded(application, els)
    assert again.municipality_code == "59309"
    assert answers.unanswered(again, again.call.form) == ("place",)


def test_a_sitting_is_one_line_of_history(village: Village):
    start = clock.now()
    application = village.started()
    for minutes, who in [
        (1, village.els),
        (2, village.els),
        (3, village.piet),
        (4, village.piet),
        (40, village.piet),
    ]:
        with clock.fixed(start + timedelta(minutes=minutes)):
            village.save(application, {"title": f"Titel {minutes}"}, who)

    assert actions_on(application) == ["created", *["answers_saved"] * 3]
    assert list(check_all()) == []


def test_every_change_counts_for_the_text_that_is_checked(village: Village):
    application = village.ready()
    seen = reloaded(application, village.els).content_version
    village.save(application, {"summary": "Anders."}, village.piet)

    with pytest.raises(Blocked) as refused:
        factories.take(application, "submit", village.els, Submitting(seen))

    assert [reason.code for reason in refused.value.reasons] == ["text_changed"]


def test_the_submission_freezes_what_was_answered(village: Village):
    from callflow.applications.queries import last_submission  # slow import

    application = village.ready()
    factories.take(
        application, "submit", village.els, Submitting(reloaded(application, village.els).content_version)
    )

    frozen = last_submission(application)
    assert frozen is not None
    assert frozen.answers == {
        "title": "'t Lichtpunt",
        "summary": "Een kamer voor heel het dorp.",
        "place": "32030",
        "amount": "4000.00",
        "budget": {
            "costs": [{"kind": "works", "label": "Verf", "amount": "4000.00"}],
            "income": [{"kind": "grant", "label": "Oproep", "amount": "4000.00"}],
            "total": "4000.00",
        },
    }
    assert BUDGET["costs"][0]["amount"] == "4.000"
