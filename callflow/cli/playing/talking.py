"""What the demonstration shows of messages: one conversation that was answered, one question that waits."""

from callflow.applications.files import Examined
from callflow.cli.playing import acts, lines
from callflow.cli.playing.acts import Entry
from callflow.core.actor import Actor
from callflow.messages import actions
from callflow.messages.models import Thread
from callflow.messages.states import Audience, Side

PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
"""An empty page: nobody in a demonstration has a plan, or a letter of the fire brigade."""


def ask(entry: Entry, language: str, *, audience: Audience = Audience.office) -> Thread:
    """The group asks something."""
    return actions.open_thread(
        entry.group, acts.loaded(entry, entry.group), side=Side.group, audience=audience, language=language,
        subject=lines.word("question_subject", language), text=lines.word("question", language),
    )  # fmt: skip


def answered(entry: Entry, coordinator: Actor, language: str) -> None:
    """The group asks the coordinator, who answers."""
    thread = ask(entry, language)
    actions.reply(
        coordinator, acts.loaded(entry, coordinator), thread, side=Side.office, language=language,
        text=lines.word("question_answer", language), files=[Examined("plan.pdf", "application/pdf", PAPER)],
    )  # fmt: skip
