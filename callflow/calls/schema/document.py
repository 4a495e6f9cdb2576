"""docs/setup-file.md, written from the schema itself, so that it cannot say anything else."""

from collections.abc import Iterator

from callflow.calls.changes import HARMLESS, in_file
from callflow.calls.placeholders import BY_KIND, EVERYWHERE
from callflow.calls.schema import SETUP
from callflow.calls.schema.authority import COURTESIES, LAWS
from callflow.calls.schema.call import COACHING, OFFERS
from callflow.calls.schema.form import KINDS, ROLES
from callflow.calls.schema.words import Schema

HEAD = """# The set-up file of a call

One file holds a whole call: who decides, what is offered, until when, which questions, which criteria,
which letters. `flask call check FILE` says everything that is wrong with it, each with its line;
`flask call load FILE` stores it; `flask call show REFERENCE` shows what is stored. The commands speak the
language of the terminal (`LANG=nl_BE.UTF-8`, `fr_FR.UTF-8`, `en_GB.UTF-8`). Three whole examples stand in
`callflow/calls/examples/`.

This page is written by `flask call docs` from the schema that the check uses; a test compares the two.

## How it is written

The file is YAML in UTF-8, at most 1 MB, indented with spaces. A key stands before a colon, a list entry
after a dash. Nothing in it is ever run, expanded or fetched: anchors, references, types and a second
document are refused, and so is a key that stands twice.

- **A text of the staff stands in two languages**, under `nl` and `fr`; under `en` too where the call speaks
  English. A language that is missing is an error with its line.
- A long text begins with `>-` and goes on, indented, on the next lines; an empty line parts paragraphs.
- A text with a colon, or in braces with a comma, goes in quotes: `"Bijlage: een foto"`.
- A day is `2027-02-05`, a moment `2026-11-30 12:00`: as clocks in Brussels and Paris show it. A moment
  always has its hour; one that does not exist, or comes twice when the clocks change, is refused.
- An amount is `60000` or `1250.50`. Yes and no are `yes` and `no`.

```yaml
title:
  nl: Dorpen aan zet 2026
  fr: Villages en projet 2026
closes: 2026-12-18 12:00
lots:
  - key: vlaanderen
    envelope: 60000
    area: [Alveringem, Lo-Reninge, 33041]
```

## When a call is loaded again

The same content changes nothing. As long as no group has begun to write, everything but the reference can
change. After that `flask call load` changes only the keys below, and refuses anything else by its key.

More can change on the page "Change the call", which shows first what that does, dossier by dossier, and is
confirmed there with a reason; `flask call load FILE --dry-run` shows the same and writes nothing. What
somebody counts on stays frozen there too: forms that were answered, criteria and scale, the closing hour,
outcomes that were prepared, money that was promised.

"""

CHOICES = (
    ("law", LAWS),
    ("offer", OFFERS),
    ("coaching", COACHING),
    ("courtesy", COURTESIES),
    ("kind of question", KINDS),
    ("role of a question", ROLES),
)

FORMS = {
    "moment": "day and hour",
    "day": "day",
    "money": "amount in euro",
    "email": "mail address",
    "website": "address with https",
}

FOOT = """
## Municipalities

The names and codes are those of `callflow/territory/data/municipalities.csv`: Statbel; INSEE, IGN - Licence
Ouverte. Dutch names of French communes are traditional and were not checked; the French name is the official
one. An area takes the official name, the name in the other language where only one municipality has it, or
the code.
"""


def document() -> str:
    """The whole page as Markdown."""
    parts = [HEAD + "\n".join(f"- `{key}`" for key in _harmless()), "## The keys"]
    parts += _group("", SETUP)
    parts.append("## What the closed lists mean")
    for name, choices in CHOICES:
        rows = "\n".join(f"| `{choice}` | {meaning} |" for choice, meaning in choices.items())
        parts.append(f"### {name}\n\n| value | meaning |\n|---|---|\n{rows}")
    parts.append(_placeholders())
    return "\n\n".join(parts) + "\n" + FOOT


def _harmless() -> list[str]:
    keys = {in_file(tuple(pattern.split("."))) for pattern in HARMLESS} - {"call"}
    return sorted(keys | {"call.who", "call.readers"})


def _group(path: str, schema: Schema) -> Iterator[str]:
    """The table of one group of keys, then those of the groups inside it."""
    properties = schema["properties"]
    rows = [_row(name, inner, name in schema["required"]) for name, inner in properties.items()]
    if path:
        yield f"### {path}\n\n{schema['description']}"
    yield "\n".join(["| key | must | what | how | example |", "|---|---|---|---|---|", *rows])
    seen: list[Schema] = []
    for name, inner in properties.items():
        for place, group in _inner(f"{path}.{name}" if path else name, inner):
            alike = [each for each in seen if each["properties"].keys() == group["properties"].keys()]
            if not alike:
                seen.append(group)
                yield from _group(place, group)


def _inner(path: str, schema: Schema) -> Iterator[tuple[str, Schema]]:
    if schema.get("type") == "array":
        yield from _inner(f"{path}[]", schema["items"])
    elif isinstance(schema.get("additionalProperties"), dict):
        yield from _inner(f"{path}.*", schema["additionalProperties"])
    elif schema.get("type") == "object" and "twin" not in schema:
        yield path, schema


def _row(name: str, schema: Schema, required: bool) -> str:
    example = schema.get("examples", [""])[0]
    shown = f"`{example}`" if example != "" else ""
    return f"| `{name}` | {'yes' if required else ''} | {schema['description']} | {_how(schema)} | {shown} |"


def _how(schema: Schema) -> str:
    kind = schema.get("type")
    if "twin" in schema:
        return f"text in nl and fr, at most {schema['twin']} characters each"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{each}`" for each in schema["enum"])
    if kind == "integer":
        return f"{schema['minimum']} to {schema['maximum']}"
    if kind == "boolean":
        return f"`yes` or `no`; left out: `{'yes' if schema['default'] else 'no'}`"
    if kind == "array":
        return f"list of {schema['minItems']} to {schema['maxItems']}"
    if kind == "object":
        return (
            "keys of your own" if isinstance(schema.get("additionalProperties"), dict) else "keys, see below"
        )
    return _text(schema)


def _text(schema: Schema) -> str:
    return FORMS[schema["format"]] if "format" in schema else f"text, at most {schema['maxLength']}"


def _placeholders() -> str:
    def names(each: frozenset[str]) -> str:
        return ", ".join(f"`{{{name}}}`" for name in sorted(each)) or "no others"

    rows = "\n".join(f"| `{kind}` | {names(own)} |" for kind, own in BY_KIND.items())
    return (
        "## Names in braces\n\nLetters and mails are filled in by name; an unknown name, or one that would "
        f"stay empty for a lot, is refused. Everywhere: {names(EVERYWHERE)}.\n\n"
        "A name comes without an article and is filled in as it stands. In French put it in parentheses or "
        "after `par`, never after `de` or `à`: `déposée par {group}`, `le soutien reçu ({authority})`.\n\n"
        f"| kind | knows besides |\n|---|---|\n{rows}"
    )
