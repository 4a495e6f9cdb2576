"""The keys of the call's own words in letters and mails."""

from callflow.calls.placeholders import BY_KIND
from callflow.calls.schema.words import Schema, key, parts, several, twin

KINDS = tuple(BY_KIND)


def texts() -> Schema:
    """Letters and mails by kind, and the line about funding."""
    letters = {kind: _letter(kind) for kind in BY_KIND}
    mails = {kind: _mail(kind) for kind in BY_KIND}
    return parts(
        "The call's own words in letters and mails; what the law asks is added by callflow.",
        {
            "funding": twin("The line about funding under every letter.", longest=300),
            "letters": parts(
                "By kind; those that dossiers of this call can come to.", letters, optional=KINDS
            ),
            "mails": parts("By kind, the mail that goes with the letter.", mails, optional=KINDS),
        },
        optional=("funding",),
    )


def _letter(kind: str) -> Schema:
    obligation = parts(
        "One obligation.",
        {
            "text": twin("What a selected project must do.", longest=600),
            "lots": several("Only for these lots.", key("One lot.", "flanders"), most=50),
        },
        optional=("lots",),
    )
    article = parts(
        "One article.",
        {
            "title": twin("Its heading.", longest=160),
            "text": twin("What it says; names in braces.", longest=2000),
            "lots": several("Only for these lots.", key("One lot.", "flanders"), most=50),
        },
        optional=("lots",),
    )
    return parts(
        f"The letter {kind}.",
        {
            "opening": twin("Before the fixed parts of the letter; names in braces.", longest=2000),
            "closing": twin("After them.", longest=2000),
            "obligations": several("For selected only: what a project commits to.", obligation, most=20),
            "articles": several("For agreement only: its articles, in their order.", article, most=30),
        },
        optional=("obligations", "articles"),
    )


def _mail(kind: str) -> Schema:
    return parts(
        f"The mail that goes with {kind}.",
        {
            "subject": twin("The subject.", longest=120),
            "text": twin("What it says; names in braces.", longest=2000),
        },
    )
