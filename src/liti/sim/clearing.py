"""A simulated clearing house: a program of its own that shares no code with the bank.

Speaks HTTP and ISO 20022: POST /payments takes a pacs.008 and answers a pacs.002; GET
/payments/ID answers the same about an instruction it has seen, 404 about others; GET /books
gives its totals. The same instruction again gets the first outcome, another one under the
same id is refused (409). Which card does what, by the last digits of its number:

    0001  refused: the card's account is closed (AC04)
    0002  refused when it is to be debited: not enough money (AM04)
    0003  booked, and the first answer comes too late
    0004  lost on the way the first time: never seen, never answered
    0005  pending at first (PDNG), settled when asked about

GET /identity with X-Nonce answers HMAC-SHA256 of "house:" + nonce under the token that the bank
of this installation knows too: so it knows that the port is not somebody else's.

`--faults some|many` does 0003 and 0004 to a share of all others, seeded.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import json
import os
import random
import re
import sqlite3
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PACS_008 = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"
PACS_002 = "urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10"
BODY_BYTES_MAX = 256_000
LATE_SECONDS = 8.0
FAULT_SHARES = {"none": 0.0, "some": 0.15, "many": 0.4}
SPACE = f"{{{PACS_008}}}"
NONCE = re.compile(r"[0-9a-f]{32}")
AMOUNT = re.compile(r"\d{1,15}(\.\d{1,2})?")


class BadMessage(Exception):
    """What is wrong with a message, for its sender."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one pacs.008 asks for. `direction`: out = pay the card, in = debit the card."""

    id: str
    direction: str
    minor: int
    currency: str
    card: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order (ISO 20022 codes)."""

    status: str
    reason: str
    reference: str


class Books:
    """What the clearing house knows: each instruction once, with its outcome."""

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS instruction (id TEXT PRIMARY KEY, direction TEXT,"
            " minor INTEGER, currency TEXT, card TEXT, status TEXT, reason TEXT, reference TEXT)"
        )
        self.db.commit()

    def take(self, order: Order) -> tuple[Outcome, bool] | None:
        """Book an order; (outcome, whether it is new), or None for another under its id."""
        content = (order.direction, order.minor, order.currency, order.card)
        with self.lock:
            known = self.db.execute(
                "SELECT direction, minor, currency, card, status, reason, reference"
                " FROM instruction WHERE id = ?",
                (order.id,),
            ).fetchone()
            if known:
                return (Outcome(*known[4:]), False) if known[:4] == content else None
            status, reason = decide(order)
            count = self.db.execute("SELECT count(*) FROM instruction").fetchone()[0]
            outcome = Outcome(status, reason, f"CLR{count + 1:012d}")
            self.db.execute(
                "INSERT INTO instruction VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (order.id, *content, status, reason, outcome.reference),
            )
            self.db.commit()
            return outcome, True

    def ask(self, id: str) -> Outcome | None:
        """Outcome of an order, or None; what was pending is settled by now."""
        with self.lock:
            self.db.execute(
                "UPDATE instruction SET status = 'ACSC' WHERE id = ? AND status = 'PDNG'", (id,)
            )
            self.db.commit()
            found = self.db.execute(
                "SELECT status, reason, reference FROM instruction WHERE id = ?", (id,)
            ).fetchone()
        return Outcome(*found) if found else None

    def totals(self) -> dict[str, dict[str, int]]:
        """Count and sum of what was settled, by direction."""
        with self.lock:
            rows = self.db.execute(
                "SELECT direction, count(*), sum(minor) FROM instruction"
                " WHERE status = 'ACSC' GROUP BY direction"
            ).fetchall()
        return {direction: {"count": n, "minor": total} for direction, n, total in rows}


def decide(order: Order) -> tuple[str, str]:
    """What becomes of an order: by the card's last digits, for tests to choose."""
    if order.card.endswith("0001"):
        return "RJCT", "AC04"
    if order.card.endswith("0002") and order.direction == "in":
        return "RJCT", "AM04"
    return ("PDNG" if order.card.endswith("0005") else "ACSC"), ""


def read_order(data: bytes) -> Order:
    """The order in a pacs.008 with one transaction. Raises BadMessage naming the element."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:
        raise BadMessage("document types and wide encodings are not read")
    try:
        root = ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadMessage(f"not XML: {error}")
    if root.tag != f"{SPACE}Document":
        raise BadMessage(f"not a {PACS_008} Document")

    def text(path: str) -> str:
        steps = ["FIToFICstmrCdtTrf", *path.split("/")]
        found = root.findtext("/".join(SPACE + step for step in steps))
        if not found:
            raise BadMessage(f"{path} is missing")
        return found

    if text("GrpHdr/NbOfTxs") != "1":
        raise BadMessage("GrpHdr/NbOfTxs: one transaction a message is taken")
    amount, direction = text("CdtTrfTxInf/IntrBkSttlmAmt"), text("CdtTrfTxInf/Purp/Prtry")
    if not AMOUNT.fullmatch(amount) or not Decimal(amount):
        raise BadMessage(f"CdtTrfTxInf/IntrBkSttlmAmt: {amount!r} is no amount")
    if direction not in ("in", "out"):
        raise BadMessage(f"CdtTrfTxInf/Purp/Prtry: {direction!r} is neither in nor out")
    side = "CdtrAcct" if direction == "out" else "DbtrAcct"
    return Order(
        id=text("CdtTrfTxInf/PmtId/EndToEndId"),
        direction=direction,
        minor=int(Decimal(amount) * 100),
        currency=next(root.iter(f"{SPACE}IntrBkSttlmAmt")).get("Ccy", ""),
        card=text(f"CdtTrfTxInf/{side}/Id/Othr/Id"),
    )


def status_report(id: str, outcome: Outcome) -> bytes:
    """A pacs.002 about one instruction."""
    document = ET.Element("Document", xmlns=PACS_002)
    body = ET.SubElement(document, "FIToFIPmtStsRpt")
    header = ET.SubElement(body, "GrpHdr")
    ET.SubElement(header, "MsgId").text = f"S{outcome.reference}"
    ET.SubElement(header, "CreDtTm").text = datetime.now(UTC).isoformat(timespec="seconds")
    entry = ET.SubElement(body, "TxInfAndSts")
    ET.SubElement(entry, "OrgnlEndToEndId").text = id
    ET.SubElement(entry, "TxSts").text = outcome.status
    if outcome.reason:
        reason = ET.SubElement(ET.SubElement(entry, "StsRsnInf"), "Rsn")
        ET.SubElement(reason, "Cd").text = outcome.reason
    ET.SubElement(entry, "ClrSysRef").text = outcome.reference
    return ET.tostring(document, encoding="utf-8", xml_declaration=True)


class Handler(BaseHTTPRequestHandler):
    """One request; the server carries books, chance and the share of faults."""

    server: House
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        given = self.headers.get("Content-Length", "")
        length = int(given) if given.isascii() and given.isdigit() else 0
        if not 0 < length <= BODY_BYTES_MAX:
            self.close_connection = True  # the body is not read
            return self.answer(413 if length else 411, b"a message of at most 256,000 bytes")
        try:
            order = read_order(self.rfile.read(length))
        except BadMessage as error:
            return self.answer(400, str(error).encode())
        fault = self.server.fault(order)
        if fault == "lost":
            time.sleep(self.server.late_seconds)
            self.close_connection = True
            return None
        taken = self.server.books.take(order)
        if taken is None:
            return self.answer(409, b"EndToEndId was used for another instruction")
        outcome, is_new = taken
        if is_new and fault == "late":
            time.sleep(self.server.late_seconds)
        return self.answer(200, status_report(order.id, outcome))

    def do_GET(self) -> None:
        if self.path == "/books":
            return self.answer(200, json.dumps(self.server.books.totals()).encode())
        if self.path == "/identity":
            return self.identify()
        id = self.path.rpartition("/")[2].replace("-", "")
        outcome = self.server.books.ask(id)
        if outcome is None:
            return self.answer(404, b"never seen")
        return self.answer(200, status_report(id, outcome))

    def identify(self) -> None:
        nonce = self.headers.get("X-Nonce", "")
        if not self.server.token or not NONCE.fullmatch(nonce):
            return self.answer(404, b"no token, or no nonce")
        proof = hmac.new(self.server.token, f"house:{nonce}".encode(), hashlib.sha256)
        return self.answer(200, proof.hexdigest().encode())

    def answer(self, status: int, body: bytes) -> None:
        kind = "application/xml" if body.startswith(b"<?xml") else "text/plain; charset=utf-8"
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the other side has given up waiting

    def log_message(self, format: str, *args: object) -> None:
        pass


class House(ThreadingHTTPServer):
    """The server with its books."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        port: int,
        books: Books,
        seed: int,
        faults: float,
        late_seconds: float,
        token: bytes = b"",
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.token = token
        self.books = books
        self.late_seconds = late_seconds
        self._faults = faults
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._lost: set[str] = set()

    def fault(self, order: Order) -> str:
        """What goes wrong with an order: "late", "lost" or nothing; lost only once."""
        with self._lock:
            wrong = self._random.random() < self._faults
            kind = self._random.choice(["late", "lost"]) if wrong else ""
            kind = {"0003": "late", "0004": "lost"}.get(order.card[-4:], kind)
            if kind == "lost":
                if order.id in self._lost:
                    return ""
                self._lost.add(order.id)
            return kind


def main(arguments: list[str] | None = None) -> None:
    """Run until stopped; prints the port that was taken."""
    parser = argparse.ArgumentParser(
        prog="liti sim clearing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8071, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", choices=sorted(FAULT_SHARES), default="none")
    parser.add_argument("--books", default=":memory:", help="SQLite file of its books")
    parser.add_argument("--late-seconds", type=float, default=LATE_SECONDS)
    parser.add_argument(
        "--token-file",
        type=Path,
        default=Path(os.environ.get("LITI_VAR_DIR", "var")) / "clearing-token",
        help="what it proves to know; without the file it proves nothing",
    )
    chosen = parser.parse_args(arguments)
    token = b""
    with contextlib.suppress(OSError):
        token = chosen.token_file.read_bytes().strip()
    house = House(
        chosen.port,
        Books(chosen.books),
        chosen.seed,
        FAULT_SHARES[chosen.faults],
        chosen.late_seconds,
        token,
    )
    print(f"clearing house on http://127.0.0.1:{house.server_port}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        house.serve_forever()


if __name__ == "__main__":
    main()
