"""Settings of one installation, read once from the environment; knows nothing of callflow."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent


class SettingsError(Exception):
    """The environment is incomplete or contradicts itself; the message says which variable to set."""


MOST_SEALS = 9
SEAL = ("CALLFLOW_SEAL_FILE", "CALLFLOW_SEAL_PASSWORD", "CALLFLOW_SEAL_AUTHORITY")


@dataclass(frozen=True)
class Seal:
    """The certificate that letters of these authorities are sealed with: a PKCS#12 file and its password.

    ``timestamps`` is the address of a time stamp server, empty without one.
    """

    authorities: tuple[str, ...]
    file: Path
    password: str = field(repr=False)
    timestamps: str = ""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations. Paths are absolute, sizes in bytes, times in seconds."""

    environment: str
    secret_key: str
    database_url: str
    home: Path
    shared: Path | None
    base_url: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_starttls: bool
    mail_from: str
    upload_limit: int
    phone: str
    phone_hours_nl: str
    phone_hours_fr: str
    phone_hours_en: str
    cheap_passwords: bool
    seals: tuple[Seal, ...] = ()

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read the variables documented in .env.example. In production every one without a safe default must
        be there.

        Raises SettingsError naming the variable.
        """
        environment = env.get("CALLFLOW_ENV", "development")
        if environment not in ("development", "test", "production"):
            raise SettingsError("CALLFLOW_ENV must be development, test or production")
        if environment == "production":
            _require(env, "DATABASE_URL", "CALLFLOW_HOME", "CALLFLOW_BASE_URL", "SMTP_HOST", "MAIL_FROM")
        home = Path(env.get("CALLFLOW_HOME") or ROOT / "instance").resolve()
        return cls(
            environment=environment,
            secret_key=env.get("CALLFLOW_SECRET") or _kept_secret(home),
            database_url=_database_url(env.get("DATABASE_URL") or f"sqlite:///{home / 'callflow.db'}"),
            home=home,
            shared=_shared(env),
            base_url=env.get("CALLFLOW_BASE_URL", "http://localhost:8000").rstrip("/"),
            smtp_host=env.get("SMTP_HOST", "localhost"),
            smtp_port=_number(env, "SMTP_PORT", 1025),
            smtp_user=env.get("SMTP_USER", ""),
            smtp_password=env.get("SMTP_PASSWORD", ""),
            smtp_starttls=env.get("SMTP_STARTTLS", "no") == "yes",
            mail_from=env.get("MAIL_FROM", "callflow <noreply@callflow.example>"),
            upload_limit=_number(env, "CALLFLOW_UPLOAD_MB", 10) * 1024 * 1024,
            phone=env.get("CALLFLOW_PHONE", "+32 50 00 00 10"),
            phone_hours_nl=env.get("CALLFLOW_PHONE_HOURS_NL", "werkdagen van 9.00 tot 12.00 uur"),
            phone_hours_fr=env.get("CALLFLOW_PHONE_HOURS_FR", "du lundi au vendredi de 9 h 00 à 12 h 00"),
            phone_hours_en=env.get("CALLFLOW_PHONE_HOURS_EN", "weekdays from 9:00 to 12:00"),
            cheap_passwords=environment == "test",
            seals=_seals(env),
        )


def _require(env: Mapping[str, str], *names: str) -> None:
    missing = [name for name in names if not env.get(name)]
    if missing:
        raise SettingsError(f"CALLFLOW_ENV=production needs {', '.join(missing)}")


def _seals(env: Mapping[str, str]) -> tuple[Seal, ...]:
    """CALLFLOW_SEAL_FILE and its companions, then CALLFLOW_SEAL_2_FILE for another authority, and so on.

    Whether a certificate can be used is not looked at here: that needs the library that only the worker
    loads.
    """
    found, taken = [], set[str]()
    for number in ("", *(f"_{number}" for number in range(2, MOST_SEALS + 1))):
        given = {name: env.get(name.replace("SEAL", f"SEAL{number}"), "") for name in SEAL}
        file, password, keys = (given[name] for name in SEAL)
        if not any(given.values()):
            continue
        if missing := [name.replace("SEAL", f"SEAL{number}") for name, value in given.items() if not value]:
            raise SettingsError(f"A seal also needs {', '.join(missing)}")
        authorities = tuple(key.strip() for key in keys.split(",") if key.strip())
        if twice := taken.intersection(authorities):
            raise SettingsError(f"CALLFLOW_SEAL_AUTHORITY: {', '.join(sorted(twice))} has a seal already")
        taken.update(authorities)
        stamps = env.get("CALLFLOW_SEAL_TSA".replace("SEAL", f"SEAL{number}"), "")
        found.append(Seal(authorities, Path(file).resolve(), password, stamps))
    return tuple(found)


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name) or default)
    except ValueError:
        raise SettingsError(f"{name} must be a whole number") from None


def _database_url(url: str) -> str:
    """Make relative SQLite paths absolute (from the project's folder) and name the PostgreSQL driver."""
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////") and url != "sqlite:///:memory:":
        return f"sqlite:///{(ROOT / url.removeprefix('sqlite:///')).resolve()}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def _shared(env: Mapping[str, str]) -> Path | None:
    """The folder with data for tests and benchmarks, when it is there."""
    path = Path(env.get("CALLFLOW_SHARED") or ROOT.parent / "shared").resolve()
    return path if path.is_dir() else None


def _kept_secret(home: Path) -> str:
    """The secret made once for this home; a second process that starts at the same moment reads the first
    one's.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "secret"
    if not path.exists():
        own = home / f"secret.{os.getpid()}.{secrets.token_hex(4)}"
        with open(os.open(own, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(own, path)  # whole or not at all: nobody reads it half written
        own.unlink()
    return path.read_text(encoding="ascii")
