"""Text as people type it: kept to the byte, counted as they count, refused only if no page could show it."""

import re
import unicodedata

from callflow.calls.fields.flaw import Field, Reading

SHORT, LONG = 200, 5000
COLUMN = 300
"""The widest column that holds a short text: letters under a pile of signs count once, but not there."""
TYPED_MAXIMUM = 200_000
"""The most characters of one answer that are kept while they are still wrong."""

# what XML and HTML cannot hold, and half of a pair: no keyboard makes them, and no page shows them
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_LINE_ENDS = re.compile("\r\n|\r|\x0b|\x0c")
_JOINER, _EMOJI_TONES = "\u200d", range(0x1F3FB, 0x1F400)
_FLAGS, _TAGS = range(0x1F1E6, 0x1F200), range(0xE0020, 0xE0080)


def read_text(field: Field, typed: str, *, long: bool) -> Reading:
    """The text as typed, its line ends made equal. Blank is no answer."""
    text = lines(typed)
    if not text.strip():
        return Reading()
    if _UNPRINTABLE.search(text):
        return Reading.wrong("text_unprintable")
    if not long and "\n" in text.strip("\n"):
        return Reading.wrong("text_one_line")
    text = text if long else text.strip("\n")
    limit = int(field.get("max_length") or (LONG if long else SHORT))
    count = length(text)
    if count > limit:
        return Reading.wrong("text_too_long", limit=limit, count=count, over=count - limit)
    if len(text) > (limit + max(100, limit // 2) if long else COLUMN):
        return Reading.wrong("text_stacked")
    return Reading(text)


def lines(typed: str) -> str:
    """The same text with one kind of line end, as browsers show it; word processors paste two more kinds."""
    return _LINE_ENDS.sub("\n", typed)


def visible(typed: str) -> str:
    """The text as a page can show it: what cannot be printed becomes a sign that people see and remove."""
    return _UNPRINTABLE.sub("\ufffd", lines(typed))


def length(text: str) -> int:
    """How many characters a person counts: a letter with its accents, a flag or a family is one."""
    if text.isascii():
        return len(text)
    count, joined, flag = 0, False, False
    for character in unicodedata.normalize("NFC", text):
        code = ord(character)
        if character == _JOINER:
            joined = True
        elif not (joined or unicodedata.category(character) in ("Mn", "Me", "Mc") or _extends(code)):
            paired = flag and code in _FLAGS
            count += 0 if paired else 1
            flag = code in _FLAGS and not paired
        else:
            joined = False
    return count


def _extends(code: int) -> bool:
    return code in _EMOJI_TONES or code in _TAGS or 0xFE00 <= code <= 0xFE0F


def sort_key(text: str) -> str:
    """What a list sorts and searches by: capitals and accents make no difference; 300 characters at most."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c) and c != "\x00").strip()[:300]
