"""Run the phases of `make test` or `make deep`: each with its time and its cap, one summary at the end.

Needs nothing but the standard library, because the first phase is what installs the rest.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "test"
# the caps are for eight cores; they stop what hangs, and say nothing of what is slow
PATIENCE = float(os.environ.get("CALLFLOW_TEST_PATIENCE", max(1, 8 // (os.cpu_count() or 2))))
SLOWEST = "--durations=12"
SIDE_BY_SIDE = 2
WALKS = ("tests/browser/test_bent_walk.py", "tests/browser/test_walk.py")
JOURNEYS = ("tests/browser/test_journey.py",)
# Tests start hundreds of processes: each would compile the project anew where bytecode may not be written
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
UNIT_TESTS = ("tests", "--ignore=tests/browser", "--ignore=tests/deep")


@dataclass
class Phase:
    """One command; ``cap`` in minutes, after which it is stopped and counts as failed."""

    name: str
    cap: float
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    code: int | None = None
    stopped: bool = False

    @property
    def report(self) -> Path:
        return REPORTS / f"{self.name}.xml"

    @property
    def failed(self) -> bool:
        return self.code != 0


def pytest_phase(name: str, cap: float, *paths: str, **environment: str) -> Phase:
    """A phase that runs tests; one process is left to each of two phases side by side."""
    workers = max(1, (os.cpu_count() or 2) // 2)
    spread = ("-n", str(workers)) if workers > 1 else ()
    command = (
        ".venv/bin/python",
        "-m",
        "pytest",
        "-q",
        "-ra",
        *spread,
        f"--junitxml={REPORTS / name}.xml",
        *paths,
    )
    return Phase(name, cap, command, environment)


def stages(kind: str) -> list[list[Phase]]:
    """What is run in which order: the phases of a stage go side by side, two at a time, in this order."""
    sqlite, postgresql = {"CALLFLOW_TEST_DB": "sqlite"}, {"CALLFLOW_TEST_DB": "postgresql"}
    stretch = 1
    if kind == "deep":
        stretch = 15
        for settings in (sqlite, postgresql):
            settings["CALLFLOW_TEST_DEPTH"] = "deep"
    tests = [
        pytest_phase("postgresql", 4 * stretch, *UNIT_TESTS, **postgresql),
        pytest_phase("sqlite", 4 * stretch, *UNIT_TESTS, **sqlite),
        pytest_phase("browser-walks", 3 * stretch, *WALKS, **sqlite),
        pytest_phase("browser-journeys", 3 * stretch, *JOURNEYS, **sqlite),
        pytest_phase(
            "browser",
            3 * stretch,
            "tests/browser",
            *(f"--ignore={path}" for path in (*WALKS, *JOURNEYS)),
            **sqlite,
        ),
    ]
    if kind == "deep":
        tests.append(pytest_phase("deep-postgresql", 30, "tests/deep", **postgresql))
        tests.append(pytest_phase("deep-sqlite", 30, "tests/deep", **sqlite))
    return [
        [Phase("set-up", 4, ("make", "environment"))],
        [Phase("lint", 1, ("make", "lint"))],
        tests,
    ]


def run_stage(phases: list[Phase]) -> None:
    """Run these phases, the next one as soon as one of two ends: the long ones come first, so that the last
    two end at about the same time. With several, each line of output is marked with the name of its phase.
    """
    waiting = iter(phases)
    taking = threading.Lock()

    def lane() -> None:
        while True:
            with taking:
                phase = next(waiting, None)
            if phase is None:
                return
            report(phase, marked=len(phases) > 1)

    threads = [threading.Thread(target=lane) for _ in range(SIDE_BY_SIDE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def report(phase: Phase, *, marked: bool) -> None:
    """Run a phase and say when it begins and how it ended."""
    print(f"\n== Phase {phase.name} (at most {phase.cap * PATIENCE:g} min)", flush=True)
    run_phase(phase, marked)
    outcome = "stopped at its cap" if phase.stopped else "failed" if phase.failed else "ok"
    print(f"== Phase {phase.name}: {outcome} after {phase.seconds:.0f} s", flush=True)


def run_phase(phase: Phase, marked: bool) -> None:
    started = time.monotonic()
    process = subprocess.Popen(
        phase.command,
        cwd=ROOT,
        env=os.environ | phase.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
        errors="replace",
    )
    watchdog = threading.Timer(phase.cap * 60 * PATIENCE, stop, (phase, process))
    watchdog.start()
    for line in process.stdout or ():
        print(f"[{phase.name}] {line}" if marked else line, end="", flush=True)
    phase.code = process.wait()
    watchdog.cancel()
    phase.seconds = time.monotonic() - started


def stop(phase: Phase, process: "subprocess.Popen[str]") -> None:
    """Interrupt first, so that tests stop the servers they started; then end the whole group."""
    phase.stopped = True
    for sign, patience in ((signal.SIGINT, 20), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, sign)
            process.wait(patience)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def counted(phases: list[Phase]) -> tuple[int, int, list[str]]:
    """Passed, failed (a phase without tests counts as one when it fails) and the tests that were not run."""
    passed = failed = 0
    not_run: list[str] = []
    for phase in phases:
        if not phase.report.is_file():
            failed += phase.failed
            continue
        broken = 0
        for case in ET.parse(phase.report).iter("testcase"):
            outcomes = {child.tag: child.get("message", "") for child in case}
            if "failure" in outcomes or "error" in outcomes:
                broken += 1
            elif "skipped" in outcomes:
                not_run.append(
                    f"{phase.name}: {case.get('classname')}.{case.get('name')}: {outcomes['skipped']}"
                )
            else:
                passed += 1
        failed += max(broken, phase.failed)
    return passed, failed, not_run


def summary(kind: str, phases: list[Phase], seconds: float) -> int:
    """Print what ran, what did not, and one closing line; the exit code."""
    passed, failed, not_run = counted(phases)
    print(f"\n== Summary of make {kind}, {seconds:.0f} s")
    for phase in phases:
        outcome = "FAILED" if phase.failed else "ok"
        print(f"   {phase.name:<16} {phase.seconds:5.0f} s of {phase.cap * 60 * PATIENCE:.0f}  {outcome}")
    for name in not_run:
        print(f"   not run: {name}")
    print(f"{passed} passed, {failed} failed, {len(not_run)} skipped")
    return 1 if failed else 0


def main() -> int:
    kind = sys.argv[1] if len(sys.argv) > 1 else "test"
    started = time.monotonic()
    REPORTS.mkdir(parents=True, exist_ok=True)
    for stale in REPORTS.glob("*.xml"):
        stale.unlink()
    ran: list[Phase] = []
    for phases in stages(kind):
        run_stage(phases)
        ran += phases
        if ran[0].failed:
            break
    return summary(kind, ran, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
