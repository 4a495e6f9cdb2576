"""The set-up of a running call is changed, as a coordinator does it: looked at, then confirmed."""

from datetime import datetime

from callflow.cli.playing import lines
from callflow.cli.playing.stage import Stage
from callflow.core import clock
from callflow.core.db import unit_of_work
from callflow.core.storage import storage
from callflow.lifecycle.changing.carrying import Confirmed, confirm
from callflow.lifecycle.changing.dry_run import dry_run
from callflow.lifecycle.changing.reading import checked


def change(stage: Stage, file: str, *, why: str, moment: datetime) -> None:
    """The call becomes what the file says. ``why`` is a key of lines.yaml."""
    data = file.encode()
    reading = checked(data)
    if reading.setup is None:
        raise AssertionError(f"the changed {stage.reference} is not in order")
    coordinator = stage.troupe.coordinators["nl"]
    with unit_of_work(), clock.fixed(moment):
        digest = dry_run(coordinator, reading.setup).digest
        said = Confirmed(digest, lines.word(why, "nl"), {})
        sha256 = storage().put(data)
        confirm(coordinator, reading.setup, said, file_sha256=sha256, warnings=reading.warnings)
