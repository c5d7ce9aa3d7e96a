"""DATABASE_URL, read strictly: what can't be meant is refused by name, never repeated whole,
because a password stands in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from liti.postgres.errors import PostgresError

PORT_MAX = 65_535
_FORM = "use postgresql://user:password@host:port/database"


def parse_url(url: str) -> dict[str, Any]:
    """A postgresql:// URL as Django wants it; a socket folder may stand as host=…

    Raises PostgresError naming the part that is wrong.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError as error:
        raise PostgresError(f"DATABASE_URL can't be read ({error}): {_FORM}.") from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise PostgresError(
            f"DATABASE_URL begins with “{parts.scheme}://”; Liti runs on PostgreSQL only: {_FORM}."
        )
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise PostgresError("DATABASE_URL names no database: end it with /name.")
    port = _port(parts.netloc.rpartition("@")[2]) or _number(options.pop("port", ""))
    return {
        "NAME": name,
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": options.pop("host", "") or unquote(host),
        "PORT": port,
        "OPTIONS": options,
    }


def _port(place: str) -> str:
    """What stands behind the colon of host:port or [v6]:port."""
    _host, found, port = place.rpartition("]")[2].rpartition(":")
    return _number(port) if found else ""


def _number(port: str) -> str:
    if not port:
        return ""
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= PORT_MAX):
        raise PostgresError(
            f"DATABASE_URL has the port “{port[:20]}”, which is no number from 1 to {PORT_MAX}:"
            f" {_FORM}; a “:”, “/” or “@” within the password is written %3A, %2F, %40."
        )
    return str(int(port))
