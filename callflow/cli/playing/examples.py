"""The set-up files of the demonstration: whenever it is made, its calls stand as they did when written."""

import re
from datetime import date, timedelta

from callflow.cli.playing.days import DAY
from callflow.cli.playing.troupe import texts
from config import ROOT

EXAMPLES = ROOT / "callflow" / "calls" / "examples"
WRITTEN_UNTIL = date(2026, 12, 4)
"""Until this day the files are taken as they are: the call that is open then closes two weeks later."""
ISO_DAY = re.compile(r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])")


def example(reference: str, today: date) -> str:
    """The set-up file of a demonstration call, as one that is made today begins with it."""
    return moved((EXAMPLES / f"{reference}.yaml").read_text(encoding="utf-8"), today)


def as_they_run(today: date = WRITTEN_UNTIL) -> list[str]:
    """The set-up files by the names of their calls, as the demonstration leaves them: it changes some."""
    told = texts()
    files = {each: example(each, today) for each in sorted(told["calls"])}
    return [with_meeting(file) if each in told["meets"] else file for each, file in files.items()]


def with_meeting(file: str) -> str:
    """A call whose jury meets as well."""
    return file.replace("\nprocedure:\n", "\nprocedure:\n  meeting: yes\n")


def moved(text: str, today: date) -> str:
    """The same with every day later by as many whole weeks as today is: each stays the day of the week that
    it was.
    """
    late = timedelta(weeks=max(0, -(-(today - WRITTEN_UNTIL) // (7 * DAY))))
    return ISO_DAY.sub(lambda found: (date.fromisoformat(found[0]) + late).isoformat(), text)
