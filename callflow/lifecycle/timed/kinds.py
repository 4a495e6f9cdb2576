"""Every kind of thing that happens by itself."""

from callflow.lifecycle.timed import alarms, digests, papers, reminders
from callflow.lifecycle.timed.plan import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (*reminders.KINDS, *papers.KINDS, *alarms.KINDS, *digests.KINDS)
}
