"""Every key of a set-up file: what it says, whether it must be there, what it may hold.

docs/setup-file.md is written from this.
"""

from callflow.calls.schema import authority, call, form, selection, texts
from callflow.calls.schema.words import Schema, by_key, one_of, parts, several

SETUP: Schema = parts(
    "A call, whole.",
    {
        "format": one_of("The version of this format.", ["1"]),
        "authorities": by_key("Who decides.", authority.authority()),
        "call": call.call(),
        "rules": call.rules(),
        "calendar": call.calendar(),
        "lots": several("The lots.", call.lot(), most=50),
        "selection": selection.selection(),
        "procedure": call.procedure(),
        "checklist": call.checklist(),
        "form": form.form("What groups fill in.", roles=True),
        "rubric": form.rubric(),
        "texts": texts.texts(),
        "interim_form": form.form("What they fill in halfway; with interim: yes.", roles=False),
        "report_form": form.form("What selected projects fill in at the end; with report: yes.", roles=False),
    },
    optional=("interim_form", "report_form", "selection"),
)
