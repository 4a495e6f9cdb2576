"""The keys of the call's own words in letters and mails."""

from callflow.calls.placeholders import BY_KIND
from callflow.calls.schema.words import Schema, key, parts, several, twin


def texts() -> Schema:
    obligation = parts(
        "One obligation.",
        {
            "text": twin("What a selected project must do.", longest=600),
            "lots": several("Only for these lots.", key("One lot.", "flanders"), most=50),
        },
        optional=("lots",),
    )
    letter = {
        "opening": twin("Before the fixed parts of the letter; names in braces.", longest=2000),
        "closing": twin("After them.", longest=2000),
        "obligations": several(
            "In the letter of a selected project: what it commits to.", obligation, most=20
        ),
    }
    mail = {
        "subject": twin("The subject.", longest=120),
        "text": twin("What it says; names in braces.", longest=2000),
    }
    return parts(
        "The call's own words in letters and mails; what the law asks is added by callflow.",
        {
            "funding": twin("The line about funding under every letter.", longest=300),
            "letters": parts(
                "By kind.",
                {
                    kind: parts(f"The letter {kind}.", dict(letter), optional=("obligations",))
                    for kind in BY_KIND
                },
                optional=tuple(BY_KIND),
            ),
            "mails": parts(
                "By kind.",
                {kind: parts(f"The mail that goes with {kind}.", dict(mail)) for kind in BY_KIND},
                optional=tuple(BY_KIND),
            ),
        },
        optional=("funding",),
    )
