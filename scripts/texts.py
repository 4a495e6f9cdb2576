"""Merge the texts that code and templates ask for into the catalogs: new ones are empty, unused ones go."""

import subprocess
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

TRANSLATIONS = Path("callflow/translations")
LANGUAGES = ("nl", "fr")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        subprocess.run(["sh", "scripts/extract.sh", template], check=True)
        with template.open("rb") as file:
            asked = read_po(file)
    for language in LANGUAGES:
        path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
        with path.open("rb") as file:
            held = read_po(file, locale=language)
        merged, missing = merge(held, asked, language)
        with path.open("wb") as file:
            write_po(file, merged, sort_output=True, width=110, no_location=True)
        print(f"{language}: {len(merged)} texts, {missing} to translate")


def merge(held: Catalog, asked: Catalog, language: str) -> tuple[Catalog, int]:
    """The texts asked for with the translations held, and how many have none."""
    merged = Catalog(locale=language, project="callflow", version="1", charset="utf-8", fuzzy=False)
    missing = 0
    for message in asked:
        if not message.id:
            continue
        known = held.get(message.id)
        text = known.string if known else None
        missing += not text
        merged.add(message.id, text or "", flags=message.flags)
    return merged, missing


if __name__ == "__main__":
    main()
