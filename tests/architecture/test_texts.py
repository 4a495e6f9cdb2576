"""What people read: translated, in the words of the call, and typeset as their language asks."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from callflow.web import words
from tests.architecture import tree

LANGUAGES = ("nl", "fr", "en")
TRANSLATED = ("nl", "fr")  # the texts in the code are the English ones
CATALOGS = tree.PACKAGE / "translations"
# the same word in two languages, or no word at all
SAME_IN_BOTH = {
    "Article %(number)s", "callflow", "Condition", "Condition %(number)s.", "Conditions",
    "Contact", "CSV", "Dossier",
    "Dossier %(reference)s", "Dossiers", "%(num)d page",
    "France", "Jury", "Lots", "Minimum", "Notification", "Pages", "PDF", "Postcode", "Privacy", "Project",
    "Score",
}  # fmt: skip
FORBIDDEN = {
    "nl": r"\b(weerhouden|helaas|oeps|gelieve|klik hier|u heeft niet de vereiste)\b",
    "fr": r"\b(volontaires?|durabilité|coaching|oups|hélas|cliquez ici|regret de vous|êtes-vous sûr)\b",
    "en": r"\b(unfortunately|oops|please note|click here|regret to inform)\b",
}
PLACEHOLDER = re.compile(r"%\(\w+\)\w|%[sd]|\{\w*\}|<[^>]*>|&\w+;|https?://\S+|\b\d{1,2}:\d\d\b|\w+@\w+")


def texts_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def sources(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def catalog(language: str) -> Catalog:
    with (CATALOGS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalog(language) if message.id]


def set_up_texts(language: str) -> Iterator[tuple[str, str]]:
    """The texts in this language in every set-up file of the project, with where they stand."""
    for path in tree.files("*.yaml") + tree.files("*.yml"):
        yield from _twins(yaml.safe_load(path.read_text(encoding="utf-8")), language, tree.name(path))


def all_texts(language: str) -> list[tuple[str, str]]:
    """What the interface and the set-up files say in this language, each with where it stands."""
    said = (
        [(source, source) for message in messages("nl") for source in sources(message)]
        if language == "en"
        else [(str(message.id), text) for message in messages(language) for text in texts_of(message)]
    )
    return said + list(set_up_texts(language))


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_untranslated_doubtful_or_broken(language: str):
    found = [str(message.id) for message in messages(language) if message.fuzzy or not all(texts_of(message))]
    broken = [f"{message.id}: {errors}" for message, errors in catalog(language).check()]

    assert found + broken == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalog_holds_the_texts_of_the_code_and_no_others(language: str, extracted: set[str]):
    held = {each for message in messages(language) for each in sources(message)}

    assert held ^ extracted == set(), "make texts collects them"


def test_no_translation_is_its_source_left_as_it_was():
    copied = [
        str(message.id)
        for language in TRANSLATED
        for message in messages(language)
        if set(texts_of(message)) & set(sources(message))
        and re.search(r"[a-z]{3}", PLACEHOLDER.sub("", str(message.id)))
        and not set(sources(message)) & SAME_IN_BOTH
    ]

    assert copied == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_forbidden_word_is_used(language: str):
    pattern = re.compile(FORBIDDEN[language], re.IGNORECASE)
    used = [(where, found[0]) for where, text in all_texts(language) if (found := pattern.search(text))]

    assert used == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_shouted_at(language: str):
    assert [text for _, text in all_texts(language) if "!" in PLACEHOLDER.sub("", text)] == []


def test_french_has_its_no_break_spaces():
    wrong = [(where, text) for where, text in all_texts("fr") if _ill_spaced(text)]

    assert wrong == []


def test_french_has_one_apostrophe():
    straight = [(where, text) for where, text in all_texts("fr") if "'" in PLACEHOLDER.sub("", text)]

    assert straight == []


def test_french_quotes_with_guillemets():
    curly = [(where, text) for where, text in all_texts("fr") if re.search("[“”]", text)]

    assert curly == []


def test_the_spacing_rule_itself():
    right = [
        "Retirer la candidature\u202f?",
        "Il manque\u00a0: le RIB",
        "à 12:00",
        "« oui »".replace(" ", "\u00a0"),
    ]
    wrong = ["Retirer la candidature ?", "Il manque: le RIB", "Il manque\u202f: x", "oui; non", "« oui »"]

    assert [_ill_spaced(text) for text in right + wrong] == [False] * 4 + [True] * 5


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every text that the code and the templates ask for."""
    template = tmp_path_factory.mktemp("texts") / "messages.pot"
    subprocess.run(["sh", "scripts/extract.sh", template], cwd=tree.ROOT, check=True)
    with Path(template).open("rb") as file:
        return {each for message in read_po(file) if message.id for each in sources(message)}


def _ill_spaced(text: str) -> bool:
    bare = PLACEHOLDER.sub("x", text)
    return bool(
        re.search(r"(?<!\u202f)[;!?](?!\w)|(?<!\u00a0):(?!\w)|«(?![\u00a0\u202f])|(?<![\u00a0\u202f])»", bare)
    )


def _twins(value: object, language: str, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == language and isinstance(inner, str) and set(value) <= {"nl", "fr", "en"}:
                yield where, inner
            else:
                yield from _twins(inner, language, f"{where}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _twins(inner, language, f"{where}/{number}")


def test_no_code_has_two_sentences():
    counted = Counter(code for topic in words.TOPICS for code in topic)

    assert [code for code, times in counted.items() if times > 1] == []
