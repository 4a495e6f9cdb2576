"""Letters: what callflow adds to WeasyPrint itself, and how many leave two processes in a second."""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import psutil

from benchmarks.figures import Figure
from callflow.app import create_app
from callflow.core import heap, pdf
from callflow.letters import render
from callflow.letters.states import LetterKind
from config import Settings
from tests.letters import contexts

ROUNDS = 25
EACH = 120
"""Letters that each of the two processes makes."""


def figures() -> Iterator[Figure]:
    """One process beside bare WeasyPrint, then two processes together."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"CALLFLOW_ENV": "test", "CALLFLOW_HOME": folder, "CALLFLOW_SECRET": "measuring"}
        with create_app(Settings.from_env(environment)).test_request_context():
            spent, bare = _beside_bare()
        yield Figure("letter_cpu", spent, "ms", 1.15, spent / bare)
        yield Figure("letter_cpu_alone", spent, "ms", 55)
        rate, growth = _two_processes(environment)
        yield Figure("letters_by_two_processes", rate, "a_second", 24, at_least=True)
        yield Figure("letter_memory_growth", growth, "MB", 20)


def context(number: int) -> Any:
    """A decision letter of one page, as the budget names it: tagged, three fonts, QR code; one among many."""
    return contexts.letter(LetterKind.inadmissible, title=f"Dorpshuis {number}", number=number)


def _beside_bare() -> tuple[float, float]:
    """CPU milliseconds a letter by callflow and by WeasyPrint alone, from the same HTML and in turns."""
    ours, bare = [], []
    render.as_pdf(context(0))
    heap.settle()  # as every process does that makes letters
    for number in range(ROUNDS + 3):
        started = time.process_time()
        render.as_pdf(context(number))
        between = time.process_time()
        html = render.as_html(context(number))
        alone = time.process_time()
        _weasyprint(html)
        ended = time.process_time()
        if number >= 3:  # the first ones read the fonts
            ours.append((between - started) * 1000)
            bare.append((ended - alone) * 1000)
    return statistics.median(ours), statistics.median(bare)


def _weasyprint(html: str) -> bytes:
    """The same process, variant, fonts and parsed sheets, without cache and without callflow's checks."""
    weasyprint = pdf._engine()  # noqa: SLF001 - the bare engine is what is measured against
    fonts, sheets = pdf._stationery(render.SHEET)  # noqa: SLF001 - the same
    source = weasyprint.HTML(string=html, url_fetcher=pdf._fetcher("data"))  # noqa: SLF001 - the same
    made: bytes = source.write_pdf(font_config=fonts, stylesheets=sheets, cache=None, pdf_variant="pdf/ua-1")
    return made


def _two_processes(environment: dict[str, str]) -> tuple[float, float]:
    """Letters a second of both together, and the megabytes that the larger of them grew by."""
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(2, initializer=_start, initargs=(environment,)) as pool:
        pool.map(_some, [5, 5], chunksize=1)
        started = time.perf_counter()
        growths = pool.map(_some, [EACH, EACH], chunksize=1)
        spent = time.perf_counter() - started
    return 2 * EACH / spent, max(growths)


def _start(environment: dict[str, str]) -> None:
    create_app(Settings.from_env(environment)).test_request_context().push()
    pdf.made_with()
    heap.settle()


def _some(count: int) -> float:
    """Make so many letters; the megabytes grown meanwhile."""
    before = psutil.Process().memory_info().rss
    for number in range(count):
        render.as_pdf(context(number))
    return (psutil.Process().memory_info().rss - before) / 1024 / 1024
