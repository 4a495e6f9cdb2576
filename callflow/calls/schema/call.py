"""The keys of a call: what it says of itself, its rules, calendar, lots, procedure and checklist."""

from callflow.calls.schema.words import Schema, key, one_of, parts, several, text, twin, whole, yes_no
from callflow.calls.states import Coaching, Counting, Offer

OFFERS = {
    Offer.coaching.value: "coaching days only",
    Offer.grant.value: "money only",
    Offer.both.value: "both",
}
COACHING = {
    Coaching.none.value: "no coaching",
    Coaching.before.value: "before the jury scores",
    Coaching.after.value: "after selection: ideas are selected in order to be coached",
    Coaching.both.value: "before and after",
}
COUNTING = {
    Counting.mean.value: "the plain mean of the scores",
    Counting.trimmed.value: "the mean without the lowest and the highest score, from four scores on",
    Counting.calibrated.value: "the mean without the habits of strict and lenient jurors",
}


def call() -> Schema:
    """What a call says of itself."""
    return parts(
        "The call itself.",
        {
            "reference": text(
                "Its name in addresses. It never changes.",
                "villages-2026",
                longest=30,
                pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            ),
            "prefix": text(
                "What dossier numbers begin with.", "DAZ26", longest=10, pattern=r"^[A-Z][A-Z0-9]{1,9}$"
            ),
            "languages": several(
                "The languages of the call: nl and fr, and en where all its texts are there in English.",
                one_of("One language.", ["nl", "fr", "en"]),
                least=2,
                most=3,
            ),
            "title": twin("Its title.", longest=160),
            "summary": twin("Two or three lines for lists and the landing page.", longest=500),
            "description": twin("What it is for; paragraphs with an empty line between.", longest=6000),
            "who": twin("Who can apply.", longest=2000),
            "readers": twin("Who will read an application.", longest=1000),
        },
    )


def rules() -> Schema:
    """The rules document, article by article."""
    article = parts(
        "One article.",
        {
            "number": text("Its number.", "4", longest=10, pattern=r"^[0-9A-Za-z.]+$"),
            "title": twin("Its heading.", longest=160),
            "text": twin("What it says.", longest=6000),
        },
    )
    return parts(
        "The rules of the call.",
        {
            "title": twin("The name of the document.", longest=160),
            "version": text("Its version.", "1.0", longest=20),
            "date": text("The day it was adopted.", "2026-09-17", form="day"),
            "articles": several("Its articles.", article, most=100),
        },
    )


def _window(says: str) -> Schema:
    return parts(
        says,
        {
            "from": text("First day.", "2026-12-14", form="day"),
            "until": text("Last day.", "2027-01-29", form="day"),
        },
    )


NOT_EVERYWHERE = (
    "reminders_at", "info", "invitations_on", "full_until", "completeness_until", "coaching", "jury_on",
    "guidance", "interim_due", "report_due",
)  # fmt: skip
"""What a calendar can do without."""


def _meeting() -> Schema:
    return parts(
        "One meeting.",
        {
            "at": text("Day and hour.", "2026-11-12 19:30", form="moment"),
            "place": twin("Where.", longest=200),
        },
    )


def _in_two_steps() -> dict[str, Schema]:
    return {
        "invitations_on": text(
            "The day by which groups hear whether they write the whole application; with "
            "preapplication: yes.",
            "2026-12-11",
            form="day",
        ),
        "full_until": text(
            "Until when invited groups can hand in the whole application, to the second; with "
            "preapplication: yes.",
            "2027-01-15 12:00",
            form="moment",
        ),
    }


def calendar() -> Schema:
    """The days and hours of a call."""
    return parts(
        "Days, and hours where they matter; as clocks in Brussels and Paris show them.",
        {
            "reminders_at": text(
                "The hour at which reminders leave by themselves; 09:00 without it.",
                "09:00",
                pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
            ),
            "opens": text("From when groups can begin.", "2026-10-05 09:00", form="moment"),
            "info": several("Information meetings.", _meeting(), least=0, most=20),
            "closes": text(
                "Until when they can submit, or hand in the short form, to the second.",
                "2026-11-30 12:00",
                form="moment",
            ),
            **_in_two_steps(),
            "completeness_until": text(
                "Until when missing papers are taken.", "2026-12-14 12:00", form="moment"
            ),
            "coaching": _window("Coaching before the jury scores; with coaching before or both."),
            "jury_on": text("The day of the jury.", "2027-02-05", form="day"),
            "decision_on": text("The day by which the authorities decide.", "2027-02-25", form="day"),
            "guidance": _window("Coaching of selected projects; with coaching after or both."),
            "interim_due": text(
                "The day by which projects say how far they are; with interim: yes.",
                "2027-09-30",
                form="day",
            ),
            "report_due": text(
                "The day by which projects report; with report: yes.", "2028-02-28", form="day"
            ),
        },
        optional=NOT_EVERYWHERE,
    )


def lot() -> Schema:
    """A part of the call with its authority, area and means."""
    return parts(
        "A part of the call with an authority, an area and means of its own.",
        {
            "key": key("Its short name.", "flanders"),
            "authority": key("The key of the authority that decides.", "demo_provincie"),
            "name": twin("Its name.", longest=160),
            "theme": twin("What it is about, in a line.", longest=300),
            "offer": one_of("What selected projects get.", OFFERS),
            "envelope": text("The money of the lot; with grant or both.", "60000", form="money"),
            "minimum_amount": text("The least a project can get.", "500", form="money"),
            "maximum_amount": text("The most a project can get.", "10000", form="money"),
            "coaching_days": whole(
                "Coaching days of the lot; with coaching or both.", 60, least=1, most=10_000
            ),
            "coaching_days_each": whole("Days that one project gets as a rule.", 4, least=1, most=365),
            "area": several(
                "The municipalities, by official name or by code (NIS in Belgium, COG in France).",
                text("One municipality.", "Alveringem", longest=120),
                most=2000,
            ),
        },
        optional=("envelope", "minimum_amount", "maximum_amount", "coaching_days", "coaching_days_each"),
    )


NEEDED = ("coaching", "scores_needed")
"""What every file says of its procedure; the rest has a usual value."""


def procedure() -> Schema:
    """Which stages the call has, and with what numbers."""
    told = {**_numbers(), **_switches()}
    usual = tuple(name for name in told if name not in NEEDED)
    return parts("Which stages the call has.", told, optional=usual)


def _numbers() -> dict[str, Schema]:
    return {
        "coaching": one_of("When projects are coached.", COACHING),
        "sessions_needed": whole("Coaching sessions each project must have had.", 2, most=50),
        "day_minutes": whole(
            "Minutes in a day of coaching: 480 where nothing is said, 456 is 7 h 36, 420 is 7 h.",
            480,
            least=60,
            most=1440,
        ),
        "scores_needed": whole("Jurors who must have scored each project.", 3, least=1, most=50),
        "counting": one_of("What the scores of the jury add up to; as a rule mean.", COUNTING),
        "signatures": whole(
            "Members of the group who must accept the agreement; as a rule 1.", 2, least=1, most=5
        ),
    }


def _switches() -> dict[str, Schema]:
    return {
        "preapplication": yes_no(
            "Whether groups hand in a short form first, the questions with short: yes; those who are invited "
            "then answer the others.",
            default=False,
        ),
        "completion": yes_no("Whether incomplete applications are returned for completion.", default=True),
        "presentation": yes_no(
            "Whether groups present their project to the jury before it scores.", default=False
        ),
        "second_round": yes_no("Whether the jury can be asked to score a project again.", default=False),
        "meeting": yes_no("Whether the jury meets before anybody is proposed.", default=False),
        "reserve": yes_no("Whether there is a reserve list.", default=True),
        "conditions": yes_no("Whether a project can be selected with conditions.", default=True),
        "postponing": yes_no("Whether a decision can be put off to another day.", default=True),
        "agreement": yes_no(
            "Whether the authority and each selected project conclude a project agreement.", default=False
        ),
        "interim": yes_no("Whether projects report halfway; needs report: yes.", default=False),
        "report": yes_no("Whether projects report at the end.", default=True),
        "own_scores": yes_no(
            "Whether a group reads each score of its project after the decision, without names, and not "
            "only the mean.",
            default=False,
        ),
    }


def checklist() -> Schema:
    """The points that are checked first, each with its article."""
    point = parts(
        "One point.",
        {
            "key": key("Its short name.", "in_area"),
            "text": twin("What is checked.", longest=400),
            "article": text("The number of the article of the rules.", "3", longest=10),
        },
    )
    return several("What the coordinator checks before anything else.", point, most=60)
