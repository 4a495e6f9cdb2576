"""`make screens`: the pages of the demo that show what callflow is, in both languages and on two widths."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from callflow.agreements.models import ProjectAgreement
from callflow.agreements.states import AgreementState
from callflow.app import create_app
from callflow.calls.models import Call, Lot
from callflow.cli.playing.examples import example
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db
from callflow.core.storage import storage
from callflow.dossiers.models import Assignment, Dossier, Party
from callflow.dossiers.states import State, Task
from callflow.letters.models import Letter
from callflow.messages.models import Message, Thread
from callflow.people.models import Grant, Membership, User
from callflow.people.states import Right
from callflow.pilots.models import Pilot
from config import ROOT, Settings
from tests import databases
from tests.browser.conftest import FLAGS, Site, program
from tests.conftest import Installation

FOLDER = ROOT / "docs" / "screens"
ALL = (("nl", "wide"), ("nl", "phone"), ("fr", "wide"), ("fr", "phone"))
TWO = (("nl", "wide"), ("fr", "phone"))
KEY = {"01", "02", "10", "12", "13", "16", "21", "26", "31", "32", "35", "40"}
"""The pages shown in both languages on both widths; of the others each language and each width once."""
TALLEST = 2000
"""Pixels of a page that are shown: below that it only goes on."""
COLOURS = 32
"""The pages have few colours; with so many nobody sees a difference, and a picture is small."""
MOST_BYTES = 6_000_000


@dataclass(frozen=True)
class Shot:
    """One page as one person sees it; nobody without an ``email``."""

    name: str
    email: str | None
    path: str


def main() -> None:
    """Load the demo into a throw-away installation and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        variables = databases.environment(databases.SqliteFiles(folder).copy(), folder / "site")
        app = create_app(Settings.from_env(variables))
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["demo"])
            if done.exit_code:
                raise SystemExit(done.output)
            photograph(Installation(app, variables, folder), list(shots()))
            db.engine.dispose()
    size = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    print(f"{len(list(FOLDER.glob('*.png')))} pictures, {size / 1e6:.1f} MB")
    if size > MOST_BYTES:
        raise SystemExit(f"docs/screens is larger than {MOST_BYTES / 1e6:.0f} MB")


def shots() -> Iterator[Shot]:
    """The pages, in the order in which a dossier meets them."""
    call = db.session.scalars(select(Call).order_by(Call.id)).first()
    assert call is not None
    lot = db.session.scalars(select(Lot).where(Lot.call_id == call.id).order_by(Lot.position)).first()
    assert lot is not None
    yield from _public(call)
    yield from _residents(call)
    yield from _helpers(call)
    yield from _chair(call)
    yield from _coordinator(call, lot)
    yield from _rooms(call)
    yield from _pilots()
    yield from _two_steps()


def _public(call: Call) -> Iterator[Shot]:
    code = db.session.scalar(select(Letter.code).order_by(Letter.id))
    yield Shot("01-public-calls", None, "/")
    yield Shot("02-public-call", None, f"/calls/{call.reference}")
    yield Shot("03-public-letter-checked", None, f"/c/{code}")
    yield Shot("04-sign-in", None, "/sign-in")
    yield Shot("05-not-found", None, "/nothing-here")


def _residents(call: Call) -> Iterator[Shot]:
    draft, writer = _dossier(call, State.draft)
    sections = [section["id"] for section in call.form]
    yield Shot("10-resident-home", writer, "/applications")
    yield Shot("11-resident-tasks", writer, f"/applications/{draft}/form")
    yield Shot("12-resident-section", writer, f"/applications/{draft}/form/{sections[0]}")
    yield Shot("13-resident-budget", writer, f"/applications/{draft}/form/{sections[-1]}")
    yield Shot("14-resident-check", writer, f"/applications/{draft}/check")
    for number, state in enumerate((State.coached, State.selected, State.not_selected), start=15):
        reference, member = _dossier(call, state)
        yield Shot(f"{number}-resident-{state.value.replace('_', '-')}", member, f"/applications/{reference}")
    yield Shot("18-resident-groups", writer, "/groups")
    told, member = _dossier(call, State.not_selected)
    yield Shot("19-resident-scores", member, f"/applications/{told}/scores")
    thread, asked, writer = _thread(call)
    yield Shot("23-resident-messages", writer, f"/applications/{asked}/messages/{thread}")
    agreed, member = _agreement(call, AgreementState.offered)
    yield Shot("24-resident-agreement", member, f"/applications/{agreed}/agreement")


def _helpers(call: Call) -> Iterator[Shot]:
    coached, coach = _task(call, Task.coach, State.screened)
    scored, juror = _task(call, Task.juror, State.coached)
    yield Shot("20-coach-home", coach, "/coach")
    yield Shot("21-coach-dossier", coach, f"/coach/dossiers/{coached}")
    yield Shot("22-coach-session", coach, f"/coach/sessions?ref={coached}")
    yield Shot("25-juror-pile", juror, "/jury")
    yield Shot("26-juror-scores", juror, f"/jury/dossiers/{scored}")


def _chair(call: Call) -> Iterator[Shot]:
    chair = _holder(Role.chair)
    yield Shot("27-chair-jury", chair, f"/jury/panels?call={call.reference}")
    yield Shot("28-chair-meeting", chair, f"/jury/meetings?call={call.reference}")


def _coordinator(call: Call, lot: Lot) -> Iterator[Shot]:
    coordinator, signatory = _holder(Role.coordinator), _holder(Role.signatory)
    submitted, _ = _dossier(call, State.submitted)
    scored, _ = _dossier(call, State.scored)
    within = f"/coordinator/calls/{call.reference}"
    yield Shot("30-coordinator-inbox", coordinator, f"/coordinator?call={call.reference}")
    yield Shot("31-coordinator-dossiers", coordinator, f"/coordinator/dossiers?call={call.reference}")
    yield Shot("32-coordinator-dossier-submitted", coordinator, f"/coordinator/dossiers/{submitted}")
    yield Shot("33-coordinator-dossier-scored", coordinator, f"/coordinator/dossiers/{scored}")
    yield Shot("34-coordinator-select", coordinator, f"/coordinator/dossiers/{scored}/steps/select")
    yield Shot("35-coordinator-ranking", coordinator, f"{within}/ranking/{lot.key}")
    yield Shot("36-coordinator-mails", coordinator, "/coordinator/outbox")
    yield Shot("37-coordinator-people", coordinator, "/coordinator/people")
    yield Shot("38-coordinator-set-up", coordinator, within)
    yield Shot("39-coordinator-by-itself", coordinator, f"/coordinator/timed?call={call.reference}")
    yield Shot("40-signatory-decisions", signatory, f"{within}/decisions/{lot.key}")
    yield Shot("41-signatory-letters", signatory, f"{within}/decisions/{lot.key}/letters")


def _rooms(call: Call) -> Iterator[Shot]:
    """What a coordinator does beside single dossiers."""
    coordinator, within = _holder(Role.coordinator), f"/coordinator/calls/{call.reference}"
    thread, asked, writer = _thread(call)
    found = db.session.scalars(select(User).where(User.email == writer)).one()
    yield Shot("42-coordinator-board", coordinator, f"{within}/board")
    yield Shot("43-coordinator-jury", coordinator, f"{within}/jury")
    yield Shot("44-coordinator-dry-run", coordinator, f"{within}/change/{_changed(call)}")
    yield Shot("45-coordinator-messages", coordinator, f"/coordinator/messages?call={call.reference}")
    yield Shot("46-coordinator-thread", coordinator, f"/coordinator/dossiers/{asked}/messages/{thread}")
    yield Shot("47-coordinator-callers", coordinator, f"/coordinator/callers?q={found.name.split()[0]}")
    yield Shot("48-coordinator-caller", coordinator, f"/coordinator/callers/{found.id}")
    agreed, _ = _agreement(call, AgreementState.accepted)
    yield Shot("49-coordinator-agreement", coordinator, f"/coordinator/dossiers/{agreed}/agreement")


def _changed(call: Call) -> str:
    """The hash of a stored set-up that asks for one juror more and has a second round."""
    told = example(call.reference, clock.today())
    for was, will in (
        ("\nprocedure:\n", "\nprocedure:\n  meeting: yes\n  second_round: yes\n"),
        ("scores_needed: 3", "scores_needed: 4"),
    ):
        assert told.count(was) == 1, was
        told = told.replace(was, will)
    return storage().put(told.encode())


def _pilots() -> Iterator[Shot]:
    """A pilot that runs, as the government that carries it and as the coordinator see it."""
    row = db.session.execute(
        select(Pilot.reference, User.email)
        .join(Party, Party.dossier_id == Pilot.id)
        .join(Membership, Membership.group_id == Party.group_id)
        .join(User, User.id == Membership.user_id)
        .where(Pilot.state == State.running, Membership.right == Right.submit)
        .order_by(Pilot.id, Party.id)
    ).first()
    assert row is not None, "the demo has no pilot that is running"
    yield Shot("50-pilots", None, "/pilots")
    yield Shot("51-partner-home", row.email, "/partner")
    yield Shot("52-partner-pilot", row.email, f"/partner/pilots/{row.reference}")
    yield Shot("53-coordinator-pilots", _holder(Role.coordinator), "/coordinator/pilots")


def _two_steps() -> Iterator[Shot]:
    """A call that asks for a short form first: what everybody reads, who is invited, and who invites."""
    call = db.session.scalars(select(Call).where(Call.reference == "dorpskeukens-2026")).one()
    coordinator = _holder(Role.coordinator)
    invited, member = _dossier(call, State.invited)
    short, _ = _dossier(call, State.preapplied)
    yield Shot("60-two-steps-call", None, f"/calls/{call.reference}")
    yield Shot("61-two-steps-invited", member, f"/applications/{invited}")
    yield Shot("62-two-steps-form", member, f"/applications/{invited}/form")
    yield Shot("63-two-steps-inviting", coordinator, f"/coordinator/dossiers/{short}/steps/invite")


def _dossier(call: Call, state: State) -> tuple[str, str]:
    """A dossier that its group sees in this state, and the mail address of a member who may submit."""
    row = db.session.execute(
        select(Dossier.reference, User.email)
        .join(Membership, Membership.group_id == Dossier.group_id)
        .join(User, User.id == Membership.user_id)
        .where(Dossier.call_id == call.id, Dossier.state == state, Dossier.shown_state == state)
        .where(Membership.right == Right.submit)
        .order_by(Dossier.id)
    ).first()
    assert row is not None, f"the demo has no dossier that is {state}"
    return row.reference, row.email


def _agreement(call: Call, state: AgreementState) -> tuple[str, str]:
    """A dossier whose agreement is so far, and the mail address of a member who may submit."""
    row = db.session.execute(
        select(Dossier.reference, User.email)
        .join(ProjectAgreement, ProjectAgreement.dossier_id == Dossier.id)
        .join(Membership, Membership.group_id == Dossier.group_id)
        .join(User, User.id == Membership.user_id)
        .where(Dossier.call_id == call.id, ProjectAgreement.state == state)
        .where(Membership.right == Right.submit)
        .order_by(Dossier.id)
    ).first()
    assert row is not None, f"the demo has no agreement that is {state}"
    return row.reference, row.email


def _thread(call: Call) -> tuple[str, str, str]:
    """A thread that was answered, its dossier, and the mail address of who began it."""
    row = db.session.execute(
        select(Thread.key, Dossier.reference, User.email)
        .join(Dossier, Dossier.id == Thread.dossier_id)
        .join(Message, Message.thread_id == Thread.id)
        .join(User, User.id == Message.author_id)
        .where(Dossier.call_id == call.id, Thread.messages > 1)
        .order_by(Message.id)
    ).first()
    assert row is not None, "the demo has no thread that was answered"
    return row.key, row.reference, row.email


def _task(call: Call, task: Task, state: State) -> tuple[str, str]:
    """A dossier in this state, and the mail address of who has this task on it."""
    row = db.session.execute(
        select(Dossier.reference, User.email)
        .join(Assignment, Assignment.dossier_id == Dossier.id)
        .join(User, User.id == Assignment.person_id)
        .where(Dossier.call_id == call.id, Dossier.state == state, Assignment.task == task)
        .order_by(Dossier.id)
    ).first()
    assert row is not None, f"the demo has no {task} on a dossier that is {state}"
    return row.reference, row.email


def _holder(role: Role) -> str:
    found = db.session.scalar(select(User.email).join(Grant).where(Grant.role == role).order_by(User.id))
    assert found is not None
    return found


def photograph(installation: Installation, wanted: list[Shot]) -> None:
    """Each page in both languages, on a desk and in a hand."""
    people = {user.email: user for user in db.session.scalars(select(User))}
    with sync_playwright() as playwright, installation.web() as address:
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        site = Site(installation, address, browser)
        for shot in wanted:
            user = people[shot.email] if shot.email else None
            for language, width in ALL if shot.name[:2] in KEY else TWO:
                with site.visitor(user, language=language, width=width) as page:
                    page.goto(shot.path)
                    shoot(page, FOLDER / f"{shot.name}-{language}-{width}.png")
            print(shot.name, flush=True)
        browser.close()


def shoot(page: Page, path: Path) -> None:
    """A page from its top, as far as TALLEST, in the few colours it has."""
    page.screenshot(path=path, full_page=True)
    with Image.open(path) as picture:
        shown = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
    shown.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
