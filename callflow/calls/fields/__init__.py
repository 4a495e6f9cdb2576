"""What each kind of form field accepts, and how its value is written back for a person.

A field is data of the call's form: ``id``, ``kind``, ``label`` and ``help`` (twins), ``required``, ``role``,
and by kind ``max_length``; ``minimum``, ``maximum``, ``decimals``, ``unit``;
``choices``; ``files``, ``types``; ``costs``, ``income``.
``read`` turns what a person typed into a value that JSON can hold, or says what is wrong with it;
``for_input`` and ``written`` turn the value back into words in the person's language.
"""

from callflow.calls.fields.flaw import Field, Flaw, Places, Reading
from callflow.calls.fields.reading import offered, read
from callflow.calls.fields.text import TYPED_MAXIMUM, length, lines, sort_key, visible
from callflow.calls.fields.writing import for_input, for_input_again, written

__all__ = [
    "TYPED_MAXIMUM",
    "Field",
    "Flaw",
    "Places",
    "Reading",
    "for_input",
    "for_input_again",
    "length",
    "lines",
    "offered",
    "read",
    "sort_key",
    "visible",
    "written",
]
