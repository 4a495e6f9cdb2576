"""The keys of a form and of the rubric."""

from callflow.calls.schema.words import Schema, key, one_of, parts, several, text, twin, whole, yes_no
from callflow.calls.states import FieldKind

KINDS = {
    FieldKind.short_text.value: "one line (max_length, at most 300)",
    FieldKind.long_text.value: "several lines (max_length, at most 10000)",
    FieldKind.number.value: "a number (minimum, maximum, decimals, unit)",
    FieldKind.money.value: "an amount in euro (minimum, maximum)",
    FieldKind.date.value: "a day (minimum, maximum)",
    FieldKind.choice.value: "one of its choices",
    FieldKind.municipality.value: "a municipality of the area of the call",
    FieldKind.file.value: "files (types, files)",
    FieldKind.budget.value: "a table of costs and income that must be equal (costs, income)",
}
TYPES = ("pdf", "png", "jpg", "docx", "xlsx", "odt", "ods")
"""Files that applications take (applications/files.py, which lies above)."""
ROLES = {
    "title": "the title of the project; one short_text field, required",
    "summary": "the summary that lists and letters use; one long_text field, required",
    "municipality": "where the project lies; one municipality field, required",
    "amount": "the amount asked; one money field, required where a lot gives money",
}


def form(says: str, *, roles: bool) -> Schema:
    """A form of sections and questions; only the application form gives questions a role, or is short."""
    properties = _question()
    if not roles:
        del properties["role"], properties["short"]
    always = ("id", "kind", "label")
    optional = tuple(name for name in properties if name not in always)
    section = {
        "id": key("Short name of the section.", "project"),
        "title": twin("Its heading.", longest=160),
        "help": twin("A word of introduction.", longest=1000),
        "fields": several("Its questions.", parts("One question.", properties, optional=optional), most=60),
    }
    return several(says, parts("One section.", section, optional=("help",)), most=30)


def _question() -> dict[str, Schema]:
    least = "The least number or amount, or the first day."
    most = "The greatest number or amount, or the last day."
    kind = {"id": key("What is stored.", "equipment"), "label": twin("What people read.", longest=80)}
    choice = {"id": key("What is stored.", "meeting"), "label": twin("What people read.", longest=160)}
    return {
        "id": key("What answers are stored under. It never changes while drafts exist.", "project_title"),
        "kind": one_of("What kind of answer.", KINDS),
        "role": one_of("What callflow itself uses the answer for; each role at most once.", ROLES),
        "label": twin("The question."),
        "help": twin("Help, shown above the field.", longest=600),
        "required": yes_no("Whether it must be answered before submitting.", default=False),
        "short": yes_no(
            "Whether it stands in the short form as well; with preapplication: yes.", default=False
        ),
        "max_length": whole("The longest text.", 1200, least=10, most=10_000),
        "minimum": text(least, "0", longest=14),
        "maximum": text(most, "10000", longest=14),
        "decimals": whole("Digits after the decimal sign of a number; left out: none.", 1, most=4),
        "unit": twin("What a number counts: hours, kilometres.", longest=40),
        "choices": several("The choices of a choice.", parts("One choice.", choice), least=2, most=60),
        "types": several(
            "Which files are taken; left out: all of these.", one_of("One type.", list(TYPES)), most=9
        ),
        "files": whole("How many files at most.", 3, least=1, most=20),
        "costs": several(
            "The kinds of costs in a budget; left out: no kinds.", parts("One kind.", kind), most=40
        ),
        "income": several("The kinds of income, in the same way.", parts("One kind.", kind), most=40),
    }


def rubric() -> Schema:
    """Criteria with weights, scale, threshold and what breaks a tie."""
    threshold = r"^([0-9]{1,2}(\.[0-9]{1,2})?|100)$"
    return parts(
        "How the jury scores.",
        {
            "scale_max": whole("The highest score; the lowest is 0.", 5, least=1, most=10),
            "threshold_percent": text(
                "The total under which a project is not selected.", "60", longest=6, pattern=threshold
            ),
            "tie_breaks": several(
                "Criteria that break a tie, first the strongest; none: a tie is shown as undecided.",
                key("One criterion.", "participation"),
                least=0,
                most=30,
            ),
            "criteria": several("The criteria.", _criterion(), most=30),
        },
        optional=("tie_breaks",),
    )


def _criterion() -> Schema:
    least = "The mean under which a project is not selected."
    return parts(
        "One criterion.",
        {
            "key": key("Its short name.", "participation"),
            "title": twin("Its name.", longest=160),
            "help": twin("What the jury looks at.", longest=1000),
            "weight": whole("Its weight in percent; all weights together are 100.", 25, least=1, most=100),
            "minimum": text(least, "3", longest=5, pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})?$"),
            "levels": several(
                "Words for each score, from 0 up to the highest.",
                twin("One level.", longest=400),
                least=2,
                most=11,
            ),
        },
        optional=("minimum",),
    )
