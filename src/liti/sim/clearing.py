"""A simulated clearing house: a program of its own that shares no code with the bank.

Speaks HTTP and ISO 20022: POST /payments takes a pacs.008 and answers a pacs.002; GET
/payments/ID answers the same about an instruction it has seen; GET /books gives its totals.
Faults are seeded. A card whose last digits are 0001 is refused (AC04), 0002 has no money
(AM04, for collections), 0003 never answers the first time although the payment is booked.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import threading
import time
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PACS_008 = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"
PACS_002 = "urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10"
BODY_BYTES_MAX = 256_000
LOST_SECONDS = 8
FAULT_SHARES = {"none": 0.0, "some": 0.15, "many": 0.4}
SPACE = f"{{{PACS_008}}}"


class Books:
    """What the clearing house knows: each instruction once, with its outcome."""

    def __init__(self, path: str) -> None:
        self.lock = threading.Lock()
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS payment (id TEXT PRIMARY KEY, direction TEXT, amount TEXT,"
            " card TEXT, status TEXT, reason TEXT, reference TEXT)"
        )
        self.db.commit()

    def take(self, id: str, direction: str, amount: str, card: str) -> tuple[str, str, str, bool]:
        """Book an instruction; the same one again gets the first outcome."""
        with self.lock:
            known = self.find(id)
            if known:
                return (*known, False)
            status, reason = outcome(direction, card)
            count = self.db.execute("SELECT count(*) FROM payment").fetchone()[0]
            reference = f"CLR{count + 1:012d}"
            self.db.execute(
                "INSERT INTO payment VALUES (?, ?, ?, ?, ?, ?, ?)",
                (id, direction, amount, card, status, reason, reference),
            )
            self.db.commit()
            return status, reason, reference, True

    def find(self, id: str) -> tuple[str, str, str] | None:
        """Outcome of an instruction, or None."""
        return self.db.execute(
            "SELECT status, reason, reference FROM payment WHERE id = ?", (id,)
        ).fetchone()

    def totals(self) -> dict[str, dict[str, object]]:
        """Count and sum of what was settled, by direction."""
        with self.lock:
            rows = self.db.execute(
                "SELECT direction, count(*), sum(cast(replace(amount, '.', '') AS INTEGER))"
                " FROM payment WHERE status = 'ACSC' GROUP BY direction"
            ).fetchall()
        return {direction: {"count": n, "minor": total} for direction, n, total in rows}


def outcome(direction: str, card: str) -> tuple[str, str]:
    """What becomes of an instruction: decided by the card's last digits, for tests to choose."""
    if card.endswith("0001"):
        return "RJCT", "AC04"
    if card.endswith("0002") and direction == "in":
        return "RJCT", "AM04"
    return "ACSC", ""


def status_report(id: str, status: str, reason: str, reference: str) -> bytes:
    """A pacs.002 about one instruction."""
    document = ET.Element("Document", xmlns=PACS_002)
    body = ET.SubElement(document, "FIToFIPmtStsRpt")
    entry = ET.SubElement(body, "TxInfAndSts")
    ET.SubElement(entry, "OrgnlEndToEndId").text = id
    ET.SubElement(entry, "TxSts").text = status
    if reason:
        code = ET.SubElement(ET.SubElement(ET.SubElement(entry, "StsRsnInf"), "Rsn"), "Cd")
        code.text = reason
    ET.SubElement(entry, "ClrSysRef").text = reference
    return ET.tostring(document, encoding="utf-8", xml_declaration=True)


class Handler(BaseHTTPRequestHandler):
    """One request; the server carries books, chance and the share of faults."""

    server: House
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= BODY_BYTES_MAX:
            return self.answer(413 if length else 400, b"a message of at most 256,000 bytes")
        data = self.rfile.read(length)
        try:
            if b"<!DOCTYPE" in data:
                raise ET.ParseError("document types are not read")
            root = ET.fromstring(data)
        except ET.ParseError as error:
            return self.answer(400, f"not a message: {error}".encode())
        id = root.findtext(f".//{SPACE}EndToEndId")
        amount = root.findtext(f".//{SPACE}IntrBkSttlmAmt")
        card = root.findtext(f".//{SPACE}Othr/{SPACE}Id") or ""
        direction = root.findtext(f".//{SPACE}Purp/{SPACE}Prtry") or "out"
        if not id or not amount:
            return self.answer(400, b"EndToEndId or IntrBkSttlmAmt is missing")
        status, reason, reference, first = self.server.books.take(id, direction, amount, card)
        if first and (card.endswith("0003") or self.server.chance() < self.server.faults):
            time.sleep(LOST_SECONDS)  # booked, and the answer comes too late
        return self.answer(200, status_report(id, status, reason, reference))

    def do_GET(self) -> None:
        if self.path == "/books":
            return self.answer(200, json.dumps(self.server.books.totals()).encode())
        id = self.path.rpartition("/")[2].replace("-", "")
        found = self.server.books.find(id)
        if found is None:
            return self.answer(404, b"never seen")
        return self.answer(200, status_report(id, *found))

    def answer(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # the other side has given up waiting

    def log_message(self, format: str, *args: object) -> None:
        pass


class House(ThreadingHTTPServer):
    """The server with its books."""

    daemon_threads = True

    def __init__(self, port: int, books: Books, seed: int, faults: float) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.books = books
        self.faults = faults
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def chance(self) -> float:
        """A seeded number, whichever thread asks."""
        with self._lock:
            return self._random.random()


def main(arguments: list[str] | None = None) -> None:
    """Run until stopped; prints the port that was taken."""
    parser = argparse.ArgumentParser(prog="liti sim clearing", description=__doc__)
    parser.add_argument("--port", type=int, default=8071, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", choices=sorted(FAULT_SHARES), default="none")
    parser.add_argument("--books", default=":memory:", help="SQLite file of its books")
    chosen = parser.parse_args(arguments)
    house = House(chosen.port, Books(chosen.books), chosen.seed, FAULT_SHARES[chosen.faults])
    print(f"clearing house on http://127.0.0.1:{house.server_port}", flush=True)
    try:
        house.serve_forever()
    except KeyboardInterrupt:
        house.shutdown()


if __name__ == "__main__":
    main()
