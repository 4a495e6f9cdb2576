"""Every kind of thing that happens by itself."""

from callflow.lifecycle.timed import agreements, alarms, papers, reminders
from callflow.lifecycle.timed.plan import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (*reminders.KINDS, *papers.KINDS, *agreements.KINDS, *alarms.KINDS)
}
