"""What a call was set up with is parsed once, by however many threads, and never more is kept than may be."""

from concurrent.futures import ThreadPoolExecutor

from callflow.core import db as core_db


def test_the_same_text_is_the_same_object_and_nothing_is_nothing(monkeypatch):
    monkeypatch.setattr(core_db, "_parsed", {})

    assert core_db._known(None) is None
    assert core_db._known('{"nl": "Dorp"}') == {"nl": "Dorp"}
    assert core_db._known('{"nl": "Dorp"}') is core_db._known('{"nl": "Dorp"}')
    assert core_db._known("null") is None


def test_threads_that_empty_it_for_each_other_all_get_what_they_asked_for(monkeypatch):
    monkeypatch.setattr(core_db, "_parsed", {})
    monkeypatch.setattr(core_db, "KEPT", 2)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: core_db._known(f"[{n % 7}]"), range(20_000)))

    assert found == [[n % 7] for n in range(20_000)]
    assert len(core_db._parsed) <= 2 + 4


def test_what_somebody_changes_in_place_is_named(monkeypatch):
    monkeypatch.setattr(core_db, "_parsed", {})
    core_db._known('["een"]').append("twee")

    assert core_db.changed_in_place() == ['["een"]']
