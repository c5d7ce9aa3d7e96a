"""Is the program at a port ours? It proves that it knows the installation's token.

    GET /identity, X-Nonce: N   →   200, HMAC-SHA256(token, "house:" + N) as hex

Asked on the connection that is used afterwards, before anything else is said on it, so that
whoever took the port meanwhile learns nothing: not a name, not a card, not an amount.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import socket
from collections.abc import Callable
from typing import Literal

ANSWER_BYTES_MAX = 4096
SECONDS = 2.0


class NotOurs(Exception):
    """Somebody else answered, or what answered does not know the token."""


def recognise(token: str, send: Callable[[bytes], object], receive: Callable[[], bytes]) -> None:
    """Ask on an open connection. Raises NotOurs; what `send` and `receive` raise passes."""
    nonce = secrets.token_hex(16)
    send(
        f"GET /identity HTTP/1.1\r\nHost: clearing\r\nX-Nonce: {nonce}\r\n"
        "Connection: keep-alive\r\n\r\n".encode()
    )
    proof = hmac.new(token.encode(), f"house:{nonce}".encode(), hashlib.sha256).hexdigest()
    answer = b""
    while len(answer) < ANSWER_BYTES_MAX:
        piece = receive()
        answer += piece
        head, found, body = answer.partition(b"\r\n\r\n")
        if (found and len(body) >= len(proof)) or not piece:
            break
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 ") or not hmac.compare_digest(body, proof.encode()):
        raise NotOurs


def who_is_at(port: int, token: str, host: str = "127.0.0.1") -> Literal["ours", "other", ""]:
    """Who listens at a port: ours, somebody else, or nobody."""
    try:
        connection = socket.create_connection((host, port), SECONDS)
    except OSError:
        return ""
    with connection:
        connection.settimeout(SECONDS)
        try:
            recognise(token, connection.sendall, lambda: connection.recv(ANSWER_BYTES_MAX))
        except (NotOurs, OSError):
            return "other"
    return "ours"
