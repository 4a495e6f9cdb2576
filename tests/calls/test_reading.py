"""A set-up file is taken apart as text: nothing is expanded, values keep their lines, riddles are refused."""

import time
from pathlib import Path

import pytest
import yaml

from callflow.calls import reading
from callflow.calls.reading import MAXIMUM_BYTES, Document, Unreadable, read
from tests.calls import files


def refused(data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(Unreadable) as caught:
        read(data)
    return [(finding.line, finding.code) for finding in caught.value.findings]


def test_values_are_texts_with_the_line_on_which_they_stand():
    document = read(b"# first\na: 1\nb:\n  - x\n  - {c: no}\nd: >-\n  one\n  line\n\n  two\ne: ~\n")

    assert document.value == {"a": "1", "b": ["x", {"c": "no"}], "d": "one line\n\ntwo", "e": ""}
    assert {path: line for path, line in document.lines.items() if len(path) == 1} == {
        ("a",): 2, ("b",): 3, ("d",): 6, ("e",): 11,
    }  # fmt: skip
    assert document.line(("b", 1, "c")) == 5
    assert document.line(("b", 1, "absent", 3)) == 5


def test_nothing_is_taken_for_a_number_a_date_or_a_yes():
    document = read(b"a: no\nb: 12:30\nc: 2026-01-01\nd: 0x1F\ne: .5\nf: null\n")

    assert document.value == {"a": "no", "b": "12:30", "c": "2026-01-01", "d": "0x1F", "e": ".5", "f": ""}


def test_line_ends_of_every_system_and_a_mark_at_the_beginning_are_taken():
    assert read(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n").value == {"a": "1", "b": "2", "c": "3"}


@pytest.mark.parametrize(
    "data, where",
    [
        (b"", [(1, "file_empty")]),
        (b" \n \n", [(1, "file_empty")]),
        (b"a: 1\n\tb: 2\nc: \t3\n", [(2, "tab"), (3, "tab")]),
        (b"a: 1\nb: caf\xe9\n", [(2, "not_utf8")]),
        ("a: 1\n".encode("utf-16"), [(1, "not_utf8")]),
        (b"PK\x03\x04\x00\x00", [(1, "not_utf8")]),
        ("a: 1\nb: x\u0007y\n".encode(), [(2, "control_character")]),
        ("a: 1\nb: x\u2028y\n".encode(), [(2, "control_character")]),
        ("a: 1\nb: abc\u202edef\n".encode(), [(2, "control_character")]),
        (b'a: 1\nb: "x\\0"\n', [(2, "control_character")]),
        (b"a: 1\na: 2\n", [(2, "key_twice")]),
        (b"a: {x: 1, x: 2}\nb:\n  c: 1\n  c:\n    d: 1\n", [(1, "key_twice"), (4, "key_twice")]),
        (b"a: &x 1\nb: *x\n", [(1, "anchor")]),
        (b"a: 1\nb: *x\n", [(2, "alias")]),
        (b"a: 1\nb: !!python/object/apply:os.system [ls]\n", [(2, "tag")]),
        (b"a: 1\nb: !!int 3\n", [(2, "tag")]),
        (b"a: 1\n---\nb: 1\n", [(2, "second_document")]),
        (b"a: 1\n? [b, c]\n: 2\n", [(2, "key_not_text")]),
        (b"a: 1\nb: c: d\n", [(2, "yaml_colon")]),
        (b"a: 1\nb: 'x\nc: 3\n", [(2, "yaml_quote_open")]),
        (b"a: 1\nb: [x, y\nc: 3\n", [(3, "yaml_bracket")]),
        (b"a: 1\nb: @x\n", [(2, "yaml_start")]),
        (b"- a\nb: 1\n", [(2, "yaml_indent")]),
        (b'a: "\\ud800"\n', [(1, "yaml_other")]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_line(data: bytes, where: list[tuple[int, str]]):
    assert refused(data) == where


def test_a_file_that_would_unfold_to_billions_is_refused_at_its_first_anchor():
    lines = ['a: &a ["lol", "lol"]'] + [
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20)
    ]

    assert refused("\n".join(lines).encode()) == [(1, "anchor")]


@pytest.mark.parametrize("bracket", [b"[", b"{a: ", b"- "])
def test_endless_nesting_is_refused_before_it_costs_anything(bracket: bytes):
    begun = time.process_time()

    assert refused(bracket * (MAXIMUM_BYTES // len(bracket) - 10)) == [(1, "too_deep")]
    assert time.process_time() - begun < 2


def test_ten_megabytes_are_refused_unread():
    assert refused(b"x: y\n" * 2_000_000) == [(1, "file_too_big")]


@pytest.mark.parametrize("path", [files.COACHED, files.IDEAS], ids=lambda path: path.stem)
def test_the_compiled_and_the_plain_parser_read_the_same(path: Path, monkeypatch: pytest.MonkeyPatch):
    compiled = read(path.read_bytes())
    monkeypatch.setattr(reading, "LOADER", yaml.SafeLoader)
    plain = read(path.read_bytes())

    assert (plain.value, plain.lines) == (compiled.value, compiled.lines)


def test_a_document_without_lines_points_at_its_beginning():
    assert Document().line(("a", 0)) == 1


def test_the_demonstration_calls_keep_the_line_of_their_deepest_values():
    document, whole = read(files.text().encode()), files.text()

    assert document.line(("rubric", "criteria", 1, "levels", 5, "fr")) == files.line_of(
        "le projet est celui", whole.lower()
    )
    assert document.line(("lots", 1, "area", 0)) == files.line_of("area: [Bambecque", whole)
