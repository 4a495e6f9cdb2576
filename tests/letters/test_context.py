"""A context is what a letter says: stored as JSON and read back it is the same."""

import json

import pytest

from callflow.letters.context import LetterContext
from tests.letters.contexts import COMBINATIONS, letter


@pytest.mark.parametrize(("kind", "law", "language"), COMBINATIONS)
def test_a_context_survives_its_way_through_json(kind, law, language):
    context = letter(kind, law, language, courtesy="fr" if language == "nl" else None)

    assert LetterContext.of(json.loads(json.dumps(context.as_stored()))) == context


def test_a_context_with_a_part_missing_is_refused():
    stored = letter(*COMBINATIONS[0]).as_stored()
    del stored["appeal"]

    with pytest.raises(KeyError):
        LetterContext.of(stored)
