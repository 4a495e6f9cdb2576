"""A PostgreSQL cluster of the tests' own: in a temporary folder, on a unix socket, thrown away at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


class Cluster:
    """Started on creation. ``create`` makes a database from a template and gives its address."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="callflow-pg-"))
        self.binaries = _binaries()
        self._as_whom = _unprivileged(self.folder)
        self._initialise()
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data", "-k", self.folder, *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._as_whom,
            )
        self._wait_until_it_answers()

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://callflow@/{database}?host={self.folder}"

    def create(self, database: str, *, template: str = "template0") -> str:
        """A database made from a template that nobody is connected to; its address."""
        with self._administration() as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(database)

    def drop(self, database: str) -> None:
        with self._administration() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def stop(self) -> None:
        self._server.terminate()
        try:
            self._server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> None:
        # a linguistic collation on purpose: an order that only the database's bytes give must not pass here
        command = [
            *(
                self.binaries / "initdb",
                "-D",
                self.folder / "data",
                "-U",
                "callflow",
                "--auth=trust",
                "--no-sync",
            ),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=und"),
        ]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=self.folder, **self._as_whom
        )
        if done.returncode:
            raise RuntimeError(f"initdb: {done.stderr}")

    def _administration(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self.folder), user="callflow", dbname="postgres", autocommit=True)

    def _wait_until_it_answers(self) -> None:
        for _ in range(200):
            if self._server.poll() is not None:
                raise RuntimeError(f"PostgreSQL stopped: {(self.folder / 'log').read_text()}")
            try:
                self._administration().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("PostgreSQL does not answer")


def _binaries() -> Path:
    """The folder of initdb and postgres: Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    raise RuntimeError("PostgreSQL is not installed: sh run.sh test installs it")


def _unprivileged(folder: Path) -> dict[str, object]:
    """initdb refuses root: as root everything runs as the user postgres, else as whoever runs the tests."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o755)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
