"""Looks into a file before it is kept: its real type, its size when unpacked; pictures are drawn anew."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError

from callflow.core.errors import Refused

MOST_PIXELS = 40_000_000
MOST_UNPACKED = 200_000_000
MOST_MEMBERS = 5_000
NAME_LENGTH = 120

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT, CALC = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": WORD,
    "xlsx": SHEET,
    "odt": TEXT,
    "ods": CALC,
}
"""What may be kept, by the ending of its name."""

_SAME = {"jpeg": "jpg", "jpe": "jpg"}
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_PATHS = re.compile(r"[\\/:*?\"<>|]")

# a picture is looked at before it is unpacked; Pillow stops at the same number by itself
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: a clean name, its real type, its bytes (of a picture: drawn anew)."""

    name: str
    media_type: str
    content: bytes


def examined(name: str, content: bytes, *, limit: int, allowed: frozenset[str] | None = None) -> Examined:
    """Look into an uploaded file; slow, so before the transaction. ``allowed``: endings of TYPES, None all.

    Raises Refused: file_empty, file_too_large, file_type, file_lies, file_macros, file_broken,
    picture_too_large.
    """
    if not content:
        raise Refused("file_empty")
    if len(content) > limit:
        raise Refused("file_too_large", size=len(content), room=limit)
    found = kind_of(content)
    endings = sorted(allowed & TYPES.keys() if allowed else TYPES)
    if found is None or found not in endings:
        raise Refused("file_type", allowed=", ".join(endings))
    cleaned = clean_name(name, found)
    said = cleaned.rsplit(".", 1)[-1].lower()
    if _SAME.get(said, said) != found:
        raise Refused("file_lies", said=said, found=found)
    if found in ("png", "jpg"):
        content = redrawn(content, found)
    return Examined(cleaned, TYPES[found], content)


def kind_of(content: bytes) -> str | None:
    """The ending that the bytes themselves deserve; None when they are nothing we keep."""
    guess = filetype.guess(content)
    if guess is None:
        return None
    if guess.extension in ("pdf", "png", "jpg"):
        return str(guess.extension)
    return _packed(content) if content[:2] == b"PK" else None


def _packed(content: bytes) -> str | None:
    """Which office document a zip file is. Nothing is unpacked but two short members with a cap."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED:
                raise Refused("file_broken")
            names = {member.filename for member in members}
            if any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in names):
                raise Refused("file_macros")
            return _office(archive, names)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        raise Refused("file_broken") from None


def _office(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    if "mimetype" in names:
        with archive.open("mimetype") as member:
            declared = member.read(200).decode("ascii", "replace").strip()
        return next((ending for ending in ("odt", "ods") if TYPES[ending] == declared), None)
    if "[Content_Types].xml" in names:
        return "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else None
    return None


def redrawn(content: bytes, kind: str) -> bytes:
    """The picture alone, upright, without place, camera, colour profile or comment."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG" if kind == "png" else "JPEG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("picture_too_large", megapixels=MOST_PIXELS // 1_000_000)
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert(_mode(upright, kind))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("picture_too_large", megapixels=MOST_PIXELS // 1_000_000) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise Refused("file_broken") from None
    bare = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    drawn = io.BytesIO()
    if kind == "png":
        bare.save(drawn, "PNG", optimize=False)
    else:
        bare.save(drawn, "JPEG", quality=88)
    return drawn.getvalue()


def _mode(picture: Image.Image, kind: str) -> str:
    if picture.mode in ("1", "L", "I;16", "I"):
        return "L"
    clear = kind == "png" and (picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info)
    return "RGBA" if clear else "RGB"


def clean_name(name: str, kind: str) -> str:
    """A name that shows what it is on every system: no folders, no hidden signs, always an ending."""
    bare = _HIDDEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rsplit("/", 1)[-1]
    bare = " ".join(_PATHS.sub("-", bare).split()).strip(". ")
    stem, dot, ending = bare.rpartition(".")
    if not dot or not stem or not ending.isalnum() or len(ending) > 5:
        stem, ending = bare, kind
    return f"{stem.strip('. ')[: NAME_LENGTH - 6] or 'file'}.{ending.lower()}"
