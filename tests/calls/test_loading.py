"""A checked set-up becomes records, once; later changes are recorded, and what was promised stays."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from callflow.calls import actions, queries
from callflow.calls.actions import Loaded
from callflow.calls.models import Authority, Call, Criterion, Lot, LotMunicipality
from callflow.calls.setup import parse
from callflow.core import clock, trail
from callflow.core.actor import NOBODY, OPERATOR, Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, Refused
from callflow.core.trail import Event
from callflow.dossiers.queries import begun
from callflow.territory.actions import load_municipalities
from tests import factories
from tests.calls import files
from tests.conftest import Installation

TITLE = ("    nl: Dorpen aan zet 2026\n", "    nl: Dorpen aan zet, 2026\n")
FRANCE = (
    ("  - key: flandre\n", "  - key: france\n"),
    ("      lots: [vlaanderen, flandre]\n", "      lots: [vlaanderen, france]\n"),
    ("      lots: [flandre]\n", "      lots: [france]\n"),
)
SUMMARY = ("nl: >-\n      Hebt u met uw buren een plan", "nl: >-\n      Hebt u een plan")


def load(*replaced: tuple[str, str], path=files.COACHED, in_use: Callable[[int], bool] = begun) -> Loaded:
    reading = parse(files.changed(*replaced, path=path))
    assert reading.setup is not None, reading.errors
    with unit_of_work():
        load_municipalities(OPERATOR)
        return actions.load(OPERATOR, reading.setup, in_use=in_use, warnings=reading.warnings)


def refused(
    *replaced: tuple[str, str], path=files.COACHED, in_use: Callable[[int], bool] = begun
) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        load(*replaced, path=path, in_use=in_use)
    return caught.value.code, str(next(iter(caught.value.parameters.values())))


def counts() -> list[int]:
    tables = (Call, Authority, Lot, LotMunicipality, Criterion, Event)
    return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]


def events(call: Call) -> list[Event]:
    return list(
        db.session.scalars(select(Event).where(Event.trail_id == call.trail_id).order_by(Event.sequence))
    )


def test_both_demonstration_calls_are_loaded_whole(app: Flask):
    load()
    load(path=files.IDEAS)
    coached, ideas = (
        queries.by_reference("dorpen-aan-zet-2026"),
        queries.by_reference("zaad-voor-het-dorp-2026"),
    )

    assert [lot.key for lot in coached.lots] == ["vlaanderen", "flandre"]
    assert [lot.authority.key for lot in coached.lots] == ["demo_provincie", "demo_communaute"]
    assert [len(lot.area) for lot in coached.lots] == [18, 46]
    assert [(each.key, each.weight) for each in coached.criteria][:2] == [
        ("need_quality_of_life", 20),
        ("participation", 25),
    ]
    assert (ideas.procedure["coaching"], ideas.procedure["reserve"]) == ("after", False)
    assert [lot.envelope for lot in ideas.lots] == [None, None]
    assert coached.closes_at == clock.local(coached.closes_at).replace(hour=12, minute=0)
    assert counts() == [2, 2, 4, 64 + 32, 6 + 4, 3]


def test_the_same_file_a_second_time_changes_nothing(app: Flask):
    first, before = load(), counts()
    loaded_at = first.call.loaded_at
    second = load()

    assert (first.outcome, second.outcome, second.places) == ("created", "unchanged", ())
    assert counts() == before
    assert second.call.loaded_at == loaded_at


def test_the_second_call_of_the_same_authorities_shares_them(app: Flask):
    load()

    assert load(path=files.IDEAS).outcome == "created"
    assert [event.action for event in events(queries.by_reference("dorpen-aan-zet-2026"))] == ["call_created"]


def test_the_history_says_what_was_worth_a_look_and_what_changed(app: Flask):
    call = load().call
    load(TITLE, ("weight: 20", "weight: 15"), ("weight: 25", "weight: 30"))

    assert [event.data["places"] for event in events(call)] == [
        [],
        [
            "call.title.nl",
            "rubric.criteria.need_quality_of_life.weight",
            "rubric.criteria.participation.weight",
        ],
    ]
    assert events(call)[0].data["warnings"] == [
        {"code": "silence_all", "parameters": {"lot": "flandre", "first": "2026-12-05", "last": "2027-02-18"}}
    ]
    assert list(trail.check_all()) == []


def test_lots_criteria_and_areas_follow_the_file_as_long_as_nobody_writes(app: Flask):
    load()
    lots = {lot.key: lot.id for lot in queries.by_reference("dorpen-aan-zet-2026").lots}
    load(
        (files.between("    - key: cross_border\n", "\ntexts:"), ""),
        ("weight: 25", "weight: 35"),
        ("[Alveringem, De Panne, ", "[Alveringem, "),
        *FRANCE,
        ("max_length: 200", "max_length: 150"),
    )
    call = queries.by_reference("dorpen-aan-zet-2026")

    assert [each.key for each in call.criteria][-1] == "sustainability"
    assert [lot.key for lot in call.lots] == ["vlaanderen", "france"]
    assert call.lots[0].id == lots["vlaanderen"]
    assert [len(lot.area) for lot in call.lots] == [17, 46]
    assert (call.form_version, call.procedure_version) == (2, 1)


def write_one(app: Flask) -> Call:
    """The demonstration call with one draft in it."""
    call = load().call
    person = factories.person()
    lot = queries.by_reference(call.reference).lots[0]
    factories.draft(lot, person, factories.group({person: factories.Right.submit}))
    return call


def test_when_groups_write_explanations_can_still_change(app: Flask):
    call = write_one(app)
    changed = load(
        SUMMARY,
        ("          nl: Een korte naam waaraan", "          nl: Een naam waaraan"),
        ("    - at: 2026-11-26 18:30", "    - at: 2026-11-27 18:30"),
        ("    phone: +32 50 00 00 10", "    phone: +32 50 00 00 20"),
        ("nl: Dank voor uw belangstelling voor deze oproep.", "nl: Dank voor uw belangstelling."),
    )

    assert changed.outcome == "changed"
    assert changed.places == (
        "authorities.demo_provincie.phone",
        "call.summary.nl",
        "calendar.info.2.at",
        "form.1.fields.1.help.nl",
        "texts.letters.withdrawal_confirmed.closing.nl",
    )
    assert [event.action for event in events(call)] == ["call_created", "call_changed"]


@pytest.mark.parametrize(
    "replaced, keys",
    [
        (TITLE, "call.title.nl"),
        (("closes: 2026-12-18 12:00", "closes: 2026-12-19 12:00"), "calendar.closes"),
        (("minimum: 3", "minimum: 2"), "rubric.criteria.participation.minimum"),
        (("envelope: 60000", "envelope: 70000"), "lots.vlaanderen.envelope"),
        (("max_length: 800", "max_length: 900"), "form.1.fields.5"),
        (("sessions_needed: 2", "sessions_needed: 3"), "procedure.sessions_needed"),
        (("[Alveringem, De Panne, ", "[Alveringem, "), "lots.vlaanderen.area"),
        (("nl: U dient ten laatste op", "nl: U dient zeker op"), "texts.letters.selected.obligations"),
        (('    article: "4"', '    article: "5"'), "checklist.1.article"),
        (
            ("nl: Raad van State, afdeling Bestuursrechtspraak\n", "nl: Raad van State\n"),
            "authorities.demo_provincie.court.nl",
        ),
    ],
)
def test_when_groups_write_what_they_were_promised_stays(app: Flask, replaced: tuple[str, str], keys: str):
    call = write_one(app)
    before = counts()

    assert refused(replaced) == ("call_in_use", keys)
    assert counts() == before
    assert [event.action for event in events(call)] == ["call_created"]


def test_the_law_of_an_authority_cannot_change_by_way_of_another_call(app: Flask):
    write_one(app)

    assert refused(("country: BE", "country: FR"), ("law: be_public", "law: private"), path=files.IDEAS) == (
        "authority_in_use",
        "authorities.demo_provincie.country, authorities.demo_provincie.law",
    )


def test_a_new_appeal_text_needs_a_new_confirmation(app: Flask):
    load()
    other = ("kunt u binnen zestig dagen", "mag u binnen zestig dagen")

    assert refused(other) == ("appeal_changed", "demo_provincie")
    assert load(other, ("confirmed_on: 2026-09-14", "confirmed_on: 2026-11-02")).outcome == "changed"


def test_a_change_of_an_authority_shows_on_its_other_calls_at_once(app: Flask):
    load()
    ideas = load(path=files.IDEAS).call
    before = ideas.loaded_at
    load(("    phone: +32 50 00 00 10", "    phone: +32 50 00 00 20"))
    db.session.expire_all()

    assert ideas.loaded_at > before


def test_a_lot_that_somebody_has_a_role_for_stays(app: Flask):
    lot = load().call
    lots = queries.by_reference(lot.reference).lots
    factories.person((Role.coordinator, "lot", lots[1].id))

    assert refused(*FRANCE) == ("lot_has_roles", "flandre")


def test_only_who_sets_calls_up_may_load_one(app: Flask):
    setup = parse(files.COACHED.read_bytes()).setup

    with pytest.raises(Forbidden), unit_of_work():
        actions.load(NOBODY, setup, in_use=begun)


def test_of_first_loads_at_the_same_moment_one_makes_the_call_and_the_others_find_it(
    committed: Installation,
):
    start = Barrier(4)

    def one(_number: int) -> str:
        with committed.app.app_context():
            start.wait()
            try:
                return load().outcome
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        outcomes = Counter(pool.map(one, range(4)))

    db.session.rollback()
    assert outcomes == {"created": 1, "unchanged": 3}
    assert db.session.scalar(select(func.count()).select_from(Call)) == 1


def test_what_lots_share_follows_the_file(app: Flask):
    call = load().call
    shared = queries.whole(call.reference)
    held = [(lot.key, lot.joint.key, lot.joint.amount) for lot in shared.lots]
    numbers = {each.key: (each.least, each.most, each.among) for each in shared.quotas}

    assert held == [("vlaanderen", "border", Decimal(15000)), ("flandre", "border", Decimal(15000))]
    assert numbers["french_side"] == (2, None, {"lots": ["flandre"]})
    assert numbers["getting_around"] == (1, None, {"question": "theme", "choices": ["mobility"]})

    changed = load(
        ("      lots: [vlaanderen, flandre]\n", "      lots: [flandre]\n"),
        ("      amount: 15000", "      amount: 16000"),
        ("      least: 1\n", "      least: 0\n      most: 3\n"),
    )

    assert set(changed.places) == {
        "selection.joint.border.amount",
        "selection.joint.border.lots",
        "selection.quotas.getting_around.least",
        "selection.quotas.getting_around.most",
    }
    again = queries.whole(call.reference)
    assert [lot.joint and lot.joint.amount for lot in again.lots] == [None, Decimal(16000)]
    assert load(in_use=lambda _: False).outcome == "changed"
    assert load(in_use=lambda _: True).outcome == "unchanged"
    assert refused(("      amount: 15000", "      amount: 1"), in_use=lambda _: True) == (
        "call_in_use",
        "selection.joint.border.amount",
    )


def test_a_call_can_lose_all_that_its_lots_shared(app: Flask):
    load()

    call = load((files.between("selection:\n", "procedure:\n"), "")).call

    assert [lot.joint for lot in queries.whole(call.reference).lots] == [None, None]
    assert queries.whole(call.reference).quotas == []
