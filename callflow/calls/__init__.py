"""Calls: the authority and its law, lots, calendar, form, rubric, checklist, stages and texts.

A set-up file (docs/setup-file.md) becomes a call in these steps: reading takes the file apart and keeps its
lines; schema knows every key; checks whether the parts agree; calendar, with holidays, whether the dates do;
stored turns it into column values; setup ties these together; changes says what a second load may change,
bearing what a running call can bear once its dry run was looked at.
procedure holds the switches that compose the stages; silence is the clock of silent refusal;
placeholders are the names that letter texts may use;
fields says what each kind of form field accepts; examples holds the demonstration calls.
"""
