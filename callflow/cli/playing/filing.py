"""What the coordinators of the demonstration file for themselves: tags, notes, a shared list."""

from callflow.cli.playing import acts, lines
from callflow.cli.playing.stage import Stage
from callflow.core import clock
from callflow.core.db import unit_of_work
from callflow.dossiers import actions as dossiers
from callflow.dossiers.states import Task
from callflow.filing import actions, queries
from callflow.filing.states import Colour

TAGS = (("call_back", Colour.straw), ("example", Colour.hedge))


def file_away(stage: Stage) -> None:
    """Two tags on every third dossier or so, a note on the first, a case handler for most, a shared list."""
    scenes = [each for each in stage.scenes if each.until not in ("draft", "withdrawn")]
    with unit_of_work(), clock.fixed(stage.times.now):
        chief = stage.coordinator(scenes[0])
        call_id = acts.loaded(scenes[0].entry, chief).call_id
        made = []
        for place, (word, colour) in enumerate(TAGS):
            tag = actions.make_tag(chief, call_id, name=lines.word(word, chief.language), colour=colour)
            chosen = [each.entry.reference for each in scenes[place::3]]
            found = queries.reached(chosen, call_id=call_id, by=chief)
            actions.put_tag(chief, tag, [dossier_id for dossier_id, _ in found])
            made.append(tag)
        actions.save_view(
            chief, call_id, name=lines.word("to_call_back", chief.language), shared=True,
            asked={"tag": [str(made[0].id)], "sort": ["submitted"]},
        )  # fmt: skip
    for scene in scenes[::4]:
        with unit_of_work(), clock.fixed(stage.times.now):
            who = stage.coordinator(scene)
            dossier = acts.loaded(scene.entry, who)
            actions.write_staff_note(who, dossier, text=lines.word("on_the_phone", who.language))
            if dossier.handler_id is None and who.id is not None:
                dossiers.assign(who, dossier, person_id=who.id, task=Task.handler)
