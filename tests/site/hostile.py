"""Requests as they should never be: made at random from a seed over all pages and calls."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tests.site.everybody import (
    CALLERS,
    LOGINS,
    House,
    Operation,
    fitting,
    operations,
    path_of,
    paths,
    uuid7,
)

TEXTS = (
    "\0", "a\0b", "\ud800", "x\udfffy", "\ufffe", "9" * 5000, "9" * 30, "-" + "9" * 30, "-1", "0",
    str(2**63), str(-(2**63)), "1e999999", "1e5", "NaN", "Infinity", "0x10", "1_000", "12,50",
    "1.5", "٣٤", "１２３", "²", "9999-12-31", "0001-01-01", "0000-00-00", "1900-01-01",
    "2026-02-30",
    "2026-11-23T00:00:00Z", "' OR 1=1 --", "%s%n%x", "{{7*7}}", "${7*7}", "<script>", "../../etc",
    "\u202etxt", "\r\nSet-Cookie: a=b", "", " ", "\t", "true", "null", "[]", "{}", "键", "🀄" * 50,
    "a" * 3000, "\x1b[31m", "\x7f", "\u0085", "CNY", "http://[", "//evil.example", "%", "%00",
    "%zz", "00000000-0000-0000-0000-000000000000", "urn:uuid:0", "-0", "+1", "1" * 19, "\\", '"',
    ";", "*",
)  # fmt: skip
JSON_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 5.0, 1.5, 2**53, 2**63, -(2**63), 10**30, [], {}, [[]], [None],
    {"a": 1}, "5", *TEXTS,
)  # fmt: skip
BODIES = (
    b"", b"{", b"[1", b"\xff\xfe", b"\xef\xbb\xbf{}", b"null", b"[]", b'""', b"0", b"NaN",
    b"[" * 5000, b"[" * 300 + b"]" * 300, b'{"a":' * 500 + b"1" + b"}" * 500, b"9" * 6000, b"-",
    b'{"transfers": [], "transfers": [1]}', b'{"\\u0000": 1}', b'{"a": "\\ud800"}', b"1e400",
    b'{"members": NaN}', b"\x00", b"{}" * 2, b'{"a": 1,}', "键".encode("gb18030"), b"{'a': 1}",
)  # fmt: skip
NAMES = (
    "q", "on", "offset", "before", "status", "month", "channel", "department", "kind", "state",
    "step", "act", "key", "reason", "decision", "amount", "account", "way", "next", "language",
    "theme", "granted", "partner", "name", "date", "limit", "before_seq", "product", "login",
    "password", "grant_type", "client_id", "client_secret", "scope", "token", "csrfmiddlewaretoken",
    "email", "code", "mandate", "page",
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept-Language": ("zz-ZZ-" + "x" * 300, "zh;q=9e9", "*", "\0", "en," * 500),
    "Authorization": (
        "Bearer ", "Bearer \0", "Basic", "Basic !!!", "Basic AAAA", "Basic gIA6gA==", "Digest x",
        "Bearer " + "x" * 4000, "Basic " + "Og" * 600,
    ),
    "Cookie": ('sessionid="\\000x"', "sessionid=" + "x" * 3000, "csrftoken=\0", "=;=;", "a"),
    "Idempotency-Key": ("\0" * 8, "ключ-ключ", "x" * 65, "", " " * 8, "é" * 10),
    "HX-Request": ("true", "\0", "yes"),
    "HX-Current-URL": ("http://[", "\0", "%zz", "x" * 2000),
    "HX-Boosted": ("true", "\0"),
    "HX-Target-URI-AutoEncoded": ("true",),
    "X-Forwarded-For": ("'", "1.1.1.1, \0", "::::", "999.9.9.9"),
    "Referer": ("http://[", "\0", "x" * 2000),
    "Origin": ("null", "http://[", "\0"),
    "If-Modified-Since": ("yesterday", "Thu, 01 Jan 0000 00:00:00 GMT", "9" * 100),
    "If-None-Match": ('"', "*", "\0"),
    "Range": ("bytes=9-1", "bytes=" + "9" * 50 + "-", "x"),
    "X-CSRFToken": ("\0", "x" * 64),
}  # fmt: skip
TYPES = (
    "application/json", "application/json; charset=utf-16", "application/json; charset=nope",
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=base64", "multipart/form-data", "text/plain",
    "multipart/form-data; boundary=x", "multipart/form-data; boundary=" + "x" * 300, "", "x", "\0",
    "multipart/form-data; boundary=x; charset=rot13", "application/xml",
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")
FIELD = re.compile(rb'name="([^"]{1,60})"(?:[^>]*value="([^"]{0,80})")?')


@dataclass
class Shot:
    """One request, said so that it can be sent again."""

    who: str
    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def text(draw: random.Random) -> str:
    return draw.choice(TEXTS)


def encoded(value: str) -> str:
    """Percent-encoded, halves of pairs too (as the bytes that they would be)."""
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


class Gun:
    """Draws one hostile request after the other."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.draw = house, random.Random(seed)
        self.paths = paths(house)
        self.calls = operations()
        self.fields: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def shot(self) -> Shot:
        kind = self.draw.random()
        if kind < 0.3:
            return self._call(self.draw.choice(self.calls))
        if kind < 0.55:
            return self._read()
        if kind < 0.92:
            return self._form()
        return self._wild()

    def _call(self, operation: Operation) -> Shot:
        draw = self.draw
        body = json.dumps(fitting(operation.body, draw)).encode() if operation.body else b""
        how = draw.random()
        if body and how < 0.6:
            body = self._spoilt(json.loads(body))
        elif how < 0.8:
            body = draw.choice(BODIES)
        who = draw.choice(CALLERS[:3]) if draw.random() < 0.85 else draw.choice(CALLERS)
        headers = self.house.tokens[who] | {"Idempotency-Key": f"key-{draw.random()}"}
        if draw.random() < 0.25:
            headers |= self._header()
        value = encoded(text(draw)) if draw.random() < 0.2 else str(self.house.account_id)
        path = path_of(operation, draw, value)
        known = [p["name"] for p in operation.parameters if p.get("in") == "query"]
        if known and draw.random() < 0.7:
            path += f"?{draw.choice(known)}={encoded(text(draw))}"
        kind = "application/json" if draw.random() < 0.9 else draw.choice(TYPES)
        return Shot(who, operation.method, path, body, kind, headers)

    def _spoilt(self, value: Any) -> bytes:
        """A fitting body with one place replaced, a name more, or a name twice."""
        places: list[tuple[Any, Any]] = []

        def walk(inner: Any) -> None:
            items = inner.items() if isinstance(inner, dict) else enumerate(inner)
            for name, below in items:
                places.append((inner, name))
                if isinstance(below, dict | list):
                    walk(below)

        walk(value)
        where, name = self.draw.choice(places)
        where[name] = self.draw.choice(JSON_VALUES)
        made = json.dumps(value)
        if self.draw.random() < 0.1:
            made = made[:-1] + f', "{next(iter(value))}": 1}}'
        return made.encode()

    def _read(self) -> Shot:
        draw, path = self.draw, self.draw.choice(self.paths)
        if draw.random() < 0.2:
            parts = path.strip("/").split("/")
            parts[draw.randrange(len(parts))] = encoded(text(draw))
            path = "/" + "/".join(parts) + "/"
        names = draw.sample(NAMES, draw.randint(1, 3))
        query = "&".join(f"{encoded(n)}={encoded(text(draw))}" for n in names)
        headers = self._header() if draw.random() < 0.3 else {}
        return Shot(draw.choice(LOGINS), "GET", f"{path}?{query}", headers=headers)

    def _form(self) -> Shot:
        draw, who = self.draw, self.draw.choice(LOGINS)
        path = draw.choice(self.paths)
        pairs = list(self._fields(who, path))
        for place, (name, _value) in enumerate(pairs):
            if name not in ("act", "csrfmiddlewaretoken") and draw.random() < 0.5:
                pairs[place] = (name, text(draw))
        pairs += [(draw.choice(NAMES), text(draw)) for _n in range(draw.randint(0, 3))]
        if draw.random() < 0.15:
            pairs.append((text(draw), text(draw)))
        raw = [(encode(n), encode(v)) for n, v in pairs]
        kind = "application/x-www-form-urlencoded" if draw.random() < 0.9 else draw.choice(TYPES)
        headers = self._header() if draw.random() < 0.15 else {}
        return Shot(who, "POST", path, urlencode(raw).encode(), kind, headers)

    def _fields(self, who: str, path: str) -> list[tuple[str, str]]:
        """The names and values of the forms that the page shows this reader."""
        if (who, path) not in self.fields:
            content = b""
            if not path.startswith("/api/"):
                answer = self.house.logins[who].get(path)
                content = getattr(answer, "content", b"") if answer.status_code == 200 else b""
            found = {(n.decode(), v.decode()) for n, v in FIELD.findall(content)}
            self.fields[who, path] = sorted(p for p in found if p[0] not in ("viewport", "next"))
        return self.fields[who, path]

    def _wild(self) -> Shot:
        draw = self.draw
        path = draw.choice((draw.choice(self.paths), f"/{encoded(text(draw))}", "/api/v1/x"))
        body, kind = draw.choice(BODIES), draw.choice(TYPES)
        return Shot(draw.choice(LOGINS), draw.choice(METHODS), path, body, kind, self._header())

    def _header(self) -> dict[str, str]:
        name = self.draw.choice(sorted(HEADERS))
        return {name: self.draw.choice(HEADERS[name])}


def encode(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def fire(house: House, shot: Shot) -> Any:
    client = house.logins.get(shot.who, house.logins["nobody"])
    path, _mark, query = shot.path.partition("?")
    return client.generic(
        shot.method,
        path,
        shot.body,
        content_type=shot.content_type,
        headers=shot.headers,
        QUERY_STRING=query,
    )


__all__ = ["Gun", "Shot", "fire", "uuid7"]
