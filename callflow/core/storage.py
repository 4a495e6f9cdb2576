"""Files by the SHA-256 of what is in them: written once, never changed, found again by that hash."""

import hashlib
import os
import tempfile
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

    def get(self, sha256: str) -> bytes:
        """The bytes; raises NotFound when the file is gone or is not what its name says."""
        path = self.path(sha256)
        if not path.is_file():
            raise NotFound("file_missing")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotFound("file_damaged")
        return content


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
