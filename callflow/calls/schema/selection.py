"""The keys of what a selection must respect beyond each lot: joint envelopes, and numbers of projects."""

from callflow.calls.schema.words import Schema, key, parts, several, text, twin, whole


def selection() -> Schema:
    """What the selection board reckons with; left out, each lot has its own envelope and nothing more."""
    return parts(
        "What selection must respect beyond each lot. Left out: every lot has its own envelope, no more.",
        {
            "joint": several("Envelopes that several lots share.", _joint(), most=20),
            "quotas": several("How many projects of a kind are to be selected.", _quota(), most=50),
        },
        optional=("joint", "quotas"),
    )


def _joint() -> Schema:
    return parts(
        "Money behind the envelopes of some lots: it pays what they cannot. A lot has at most one behind it.",
        {
            "key": key("Its short name.", "border"),
            "name": twin("Its name.", longest=160),
            "amount": text("The money in it.", "20000", form="money"),
            "lots": several("The keys of the lots.", key("One lot.", "vlaanderen"), most=50),
        },
    )


def _quota() -> Schema:
    most = "The most of them; left out: no limit."
    return parts(
        "One number. Lots, municipalities and choices narrow down which projects count; left out: all do.",
        {
            "key": key("Its short name.", "french_side"),
            "name": twin("Which projects, in a few words.", longest=160),
            "least": whole("The least of them that are selected.", 2, least=0, most=1000),
            "most": whole(most, 5, least=0, most=1000),
            "lots": several("Only those of these lots.", key("One lot.", "flandre"), most=50),
            "municipalities": several(
                "Only those in these municipalities, by official name or code.",
                text("One municipality.", "Alveringem", longest=120),
                most=2000,
            ),
            "question": key(
                "Only those that answered this question of the form, of the kind choice,", "theme"
            ),
            "choices": several("with one of these choices.", key("One choice.", "mobility"), most=60),
        },
        optional=("most", "lots", "municipalities", "question", "choices"),
    )
