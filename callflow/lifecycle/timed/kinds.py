"""Every kind of thing that happens by itself."""

from callflow.lifecycle.timed import agreements, alarms, digests, papers, preapplying, promised, reminders
from callflow.lifecycle.timed.plan import Kind

FAMILIES = (reminders, preapplying, papers, agreements, alarms, promised, digests)
KINDS: dict[str, Kind] = {kind.name: kind for family in FAMILIES for kind in family.KINDS}
