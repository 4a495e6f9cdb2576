"""The words for messages: what is refused, and what happened."""

from typing import Any

from callflow.core.i18n import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "messages_not_yet": _l("You can write messages once the application is handed in. Until then, call us."),
    "messages_over": _l(
        "This application is over: messages can be read, not written. Call us for questions."
    ),
    "messages_long_over": _l("This dossier was over more than 30 days ago: messages can only be read."),
    "message_subject_missing": _l("Say in a few words what it is about."),
    "message_text_missing": _l("Write your message."),
    "message_audience_own": _l("Choose for whom the message is."),
    "message_came_meanwhile": _l("Somebody wrote meanwhile. Read the last message first."),
    "message_waits_not": _l("This conversation does not wait for an answer any more."),
    "message_files_many": _l(
        "At most %(count)s files go with a message. Choose fewer, or write a second message."
    ),
    "message_erased_already": _l("This message is erased already."),
    "message_not_to_many": _l("This message went to one dossier alone: erase it there."),
    "message_erase_unexplained": _l("Write why: everybody in the conversation reads it."),
    "recipients_none": _l("Nobody of this list can be written to."),
    "recipients_many": _l(
        "These are %(count)s dossiers. Write to at most %(limit)s at once: choose with the filters."
    ),
    "recipients_changed": _l("The list changed meanwhile. Look at the numbers again, then send."),
}
"""Why nothing was written."""

EVENTS: dict[str, Any] = {
    "message_written": _l("Message written"),
    "message_erased": _l("Message erased"),
    "message_settled": _l("Message needs no more answer"),
    "message_given": _l("Decided who of us answers a message"),
    "notices_chosen": _l("Chosen what mails to get about messages"),
}
"""What happened, as the first words of a line of a timeline."""
