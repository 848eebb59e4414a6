"""Which settings does the environment give, and is this combination safe to start with?

Six variables and no others: DATABASE_URL, REDIS_URL, SECRET_KEY, ALLOWED_HOSTS, EMAIL_URL, DEBUG. Nothing set is the
embedded mode: one person on one machine, SQLite and a local Valkey below var/.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

SOCKET_PATH_LIMIT = 100  # the kernel refuses longer unix socket paths (107 bytes with its own suffixes)
SECRET_KEY_MINIMUM = 50
SECRET_KEY_VARIETY = 5  # different characters, as Django's own check asks
NO_MAIL = "consolemail://"  # without EMAIL_URL: whatever Django itself wants to send is printed
EMAIL_SCHEMES = {"smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail"}
TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"", "0", "false", "no", "off"}


@dataclass(frozen=True)
class Environment:
    """The six variables, read and checked."""

    embedded: bool
    debug: bool
    database_url: str
    redis_url: str
    secret_key: str
    allowed_hosts: list[str]
    email_url: str
    data_dir: Path


def read(base_dir: Path, environ: Mapping[str, str] = os.environ) -> Environment:
    """Return the checked environment, or end the process with one sentence that says what to change."""
    database_url = environ.get("DATABASE_URL", "")
    embedded = not database_url or database_url.startswith("sqlite:")
    data_dir = _data_dir(base_dir, database_url)
    debug = _flag(environ.get("DEBUG", ""))
    allowed_hosts = [host.strip() for host in environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
    found = Environment(
        embedded=embedded,
        debug=debug,
        database_url=database_url or f"sqlite:///{data_dir / 'portal.sqlite3'}",
        redis_url=environ.get("REDIS_URL", "") or (f"unix://{socket_path(data_dir)}" if embedded else ""),
        secret_key=environ.get("SECRET_KEY", "") or (_kept_secret(data_dir) if embedded else ""),
        allowed_hosts=allowed_hosts or (["localhost", "127.0.0.1", "[::1]"] if embedded else []),
        email_url=environ.get("EMAIL_URL", "") or NO_MAIL,
        data_dir=data_dir,
    )
    if not embedded:
        _refuse_unsafe(found)
    return found


def socket_path(data_dir: Path) -> Path:
    """Return where the embedded broker listens: in the data folder, or below the temp folder if that is too deep."""
    path = data_dir / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    name = f"branchportal-{abs(hash_of(str(data_dir))):x}"
    return Path(tempfile.gettempdir()) / name / "valkey.sock"


def sender(email_url: str, host: str) -> str:
    """Return whom mails come from: whoever signs in at the mail server, if that is an address."""
    name = unquote(urlsplit(email_url).username or "")
    return name if "@" in name else f"portal@{host}"


def hash_of(text: str) -> int:
    """Return a number that is the same for the same text in every process (unlike hash())."""
    number = 0
    for byte in text.encode():
        number = (number * 257 + byte) % 0xFFFFFFFFFFFF
    return number


def _data_dir(base_dir: Path, database_url: str) -> Path:
    if not database_url.startswith("sqlite:"):
        return base_dir / "var"
    return Path("/", unquote(urlsplit(database_url).path).lstrip("/")).parent


def _flag(text: str) -> bool:
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    sys.exit(f"DEBUG is {text!r}: set it to 0 or 1.")


def _kept_secret(data_dir: Path) -> str:
    """Return the key kept beside the embedded database; made once, readable by its owner only."""
    path = data_dir / "secret_key"
    try:
        if not path.exists():
            _make_secret(path)
        return path.read_text().strip()
    except OSError as error:
        sys.exit(f"The data folder {data_dir} can't be used ({error.strerror}): choose another or free it.")


def _make_secret(path: Path) -> None:
    """Several processes start at once: each writes a whole file, and the first one's is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"secret_key.{os.getpid()}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(own)
    own.unlink()


def _refuse_unsafe(found: Environment) -> None:
    if not found.database_url.startswith(("postgres://", "postgresql://")):
        sys.exit("DATABASE_URL names no PostgreSQL database: set it like postgres://portal:PASSWORD@10.0.0.4/portal.")
    if len(found.secret_key) < SECRET_KEY_MINIMUM:
        sys.exit(f"SECRET_KEY is missing or short: set at least {SECRET_KEY_MINIMUM} random characters.")
    if len(set(found.secret_key)) < SECRET_KEY_VARIETY or found.secret_key.startswith("django-insecure-"):
        sys.exit(f"SECRET_KEY can be guessed: set at least {SECRET_KEY_MINIMUM} random characters.")
    if found.debug:
        sys.exit("DEBUG=1 shows settings to everyone who meets an error: unset it in production.")
    if not found.allowed_hosts:
        sys.exit("ALLOWED_HOSTS is empty: name the portal's host, for example ALLOWED_HOSTS=party.example.edu.")
    if any("*" in host for host in found.allowed_hosts):
        sys.exit("ALLOWED_HOSTS contains '*', which lets any site name pass: name the portal's own hosts.")
    if not found.redis_url:
        sys.exit("REDIS_URL is missing: name the Redis that web and workers share, for example redis://10.0.0.5/0.")
    if not found.redis_url.startswith(("redis://", "rediss://", "unix://")):
        sys.exit("REDIS_URL names no Redis: set it like redis://:PASSWORD@10.0.0.5/0.")
    if urlsplit(found.email_url).scheme not in EMAIL_SCHEMES:
        sys.exit("EMAIL_URL names no mail server: set it like smtp+tls://portal:PASSWORD@mail.example.edu:587.")
