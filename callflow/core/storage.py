"""Files by the SHA-256 of what is in them: written once, never changed, found again by that hash."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from callflow.core.errors import NotFound


class Storage:
    """A folder of files; two writers of the same bytes make one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the file with that hash lies or would lie."""
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their hash. Half a file is never seen under its name."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
        return sha256

    def take(self, file: Path) -> str:
        """Keep a file that lies in ``workplace()`` and return its hash; it is read in pieces and moved."""
        sha256 = _digest(file)
        target = self.path(sha256)
        if target.exists():
            file.unlink()
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as written:
            os.fsync(written.fileno())
        file.replace(target)
        return sha256

    def workplace(self) -> "tempfile.TemporaryDirectory[str]":
        """A folder for files in the making, on the same disk."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=self.folder, prefix="making-")

    def room(self, name: str) -> "Storage":
        """Files that nothing outside this room shares its bytes with, so that they can be thrown away."""
        return Storage(self.folder / "rooms" / name)

    def keep_only(self, wanted: Collection[str]) -> int:
        """Throw away every other file of a room; how many. Whoever may add to it is held up meanwhile."""
        gone = [each for each in self.folder.glob("??/*") if each.name not in wanted]
        for each in gone:
            each.unlink(missing_ok=True)
        return len(gone)

    def tidy(self, *, older_than: timedelta) -> None:
        """Throw away workplaces that a process which ended left behind."""
        for left in self.folder.glob("making-*"):
            if time.time() - left.stat().st_mtime > older_than.total_seconds():
                shutil.rmtree(left, ignore_errors=True)

    def sound(self, sha256: str) -> Path:
        """The path of a file too large to be read at once; raises NotFound when it is gone or is not what
        its name says.
        """
        path = self.path(sha256)
        if not path.is_file():
            raise NotFound("file_missing")
        if _digest(path) != sha256:
            raise NotFound("file_damaged")
        return path

    def get(self, sha256: str) -> bytes:
        """The bytes; raises NotFound when the file is gone or is not what its name says."""
        path = self.path(sha256)
        if not path.is_file():
            raise NotFound("file_missing")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotFound("file_damaged")
        return content


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_storage: Storage | None = None


def install(folder: Path) -> None:
    """Set the folder of this process; called by app.py."""
    global _storage  # noqa: PLW0603 - one folder per process, like the database's engine
    _storage = Storage(folder)


def storage() -> Storage:
    """The storage of this process."""
    if _storage is None:
        raise RuntimeError("storage.install() has not been called")
    return _storage
