"""Pages that are kept, as a test needs them: what a worker does, and what a page says then."""

import re

from callflow.desk import keeping


def at_work(keeper: keeping.Keeper | None = None) -> int:
    """What one look of a worker does, all of it."""
    keeper, done = keeper or keeping.Keeper(), 0
    while keeper.drain("w1@here:1:x", lambda: False):
        done += 1
    return done


def shown(client, path: str) -> str:
    """The text of the page's main part, but for how old it is."""
    text = re.sub(r"\s+", " ", client.page(path).main.get_text(" "))
    return re.sub(r"Bijgewerkt; .*? uur\. ", "", text)
