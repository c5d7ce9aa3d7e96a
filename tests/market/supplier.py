"""A fund company over real HTTP, and the engine that speaks to it: all of it a test's own."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

from django.db import connection

from liti.core.engines import NO_ANSWER, Answer, Ordered, Outcome, Quote, Terms
from liti.core.errors import InvalidInput
from liti.ledger.queries import internal_account

PATIENCE_SECONDS = 0.25
ACCOUNT = "supplier.settlement"


class Supplier:
    """What it does with an order goes by the order's amount, as told by `script`.

    `take`: taken, decided when `decide` is called. `slow`: taken, but the answer comes after
    the bank has lost patience. `lost`: the first sending never arrives. `refuse`: refused.
    """

    def __init__(self, script: dict[int, str]) -> None:
        self.script = script
        self.orders: dict[str, dict] = {}
        self.sent: Counter[str] = Counter()
        self.callback = ""
        handler = type("Handler", (_Handler,), {"supplier": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def decide(self, order_id: UUID, **what) -> None:
        """What the supplier knows of an order from now on."""
        self.orders[order_id.hex] |= what

    def call_back(self, order_id: UUID, times: int) -> None:
        """Tell the bank, as often as a supplier without memory does."""
        for _ in range(times):
            _call(self.callback, self.orders[order_id.hex] | {"id": order_id.hex}, 10)


class _Handler(BaseHTTPRequestHandler):
    supplier: Supplier

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "{}")
        parts = self.path.strip("/").split("/")
        if len(parts) == 1:
            return self._take(body)
        order = self.supplier.orders.get(parts[1])
        if order is None:
            return self._say(404, {})
        if parts[2] == "cancel" and order["outcome"] == "accepted":
            order["outcome"] = "cancelled"
        if parts[2] == "settle":
            order["outcome"] = "in_position"
            order["paid"] = body["filled_minor"]
        return self._say(200, order)

    def do_GET(self) -> None:
        order = self.supplier.orders.get(self.path.strip("/").split("/")[1])
        self._say(404 if order is None else 200, order or {})

    def _take(self, body: dict) -> None:
        supplier, id = self.supplier, body["id"]
        supplier.sent[id] += 1
        habit = supplier.script.get(body["amount_minor"], "take")
        if habit == "lost" and supplier.sent[id] == 1:
            return self.connection.close()
        outcome = "refused" if habit == "refuse" else "accepted"
        order = {"outcome": outcome, "reference": f"S-{len(supplier.orders) + 1}"}
        if outcome == "refused":
            order |= {"reason_code": "QUOTA", "reason": "the fund is closed to new money"}
        known = supplier.orders.setdefault(id, order)
        if habit == "slow":
            time.sleep(PATIENCE_SECONDS * 2)
        return self._say(200, known)

    def _say(self, code: int, body: dict) -> None:
        data = json.dumps(body).encode()
        try:
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass  # the bank has hung up

    def log_message(self, *_arguments) -> None:
        """Quietly."""


class SupplierEngine:
    """What a bank would write to sell a supplier's product; nothing in `market` knows it."""

    code = "test.supplier"
    over_the_wire = True
    asks_at_once = 1

    def __init__(self, url: str) -> None:
        self.url = url
        self.in_transaction = 0

    def check_terms(self, terms: Terms) -> None:
        if set(terms) != {"isin"}:
            raise InvalidInput("test.bad_terms", "The terms name an ISIN.")

    def quote(self, order: Ordered) -> Quote:
        return Quote(order.amount_minor)

    def place(self, order: Ordered) -> Answer:
        body = {"id": order.id.hex, "amount_minor": order.amount_minor, "side": order.side}
        return self._ask("orders", body | {"isin": order.terms["isin"]})

    def cancel(self, order: Ordered) -> Answer:
        return self._ask(f"orders/{order.id.hex}/cancel", {})

    def status(self, orders: Sequence[Ordered], on: date) -> Sequence[Answer]:
        return [self._ask(f"orders/{order.id.hex}", None) for order in orders]

    def settle(self, orders: Sequence[Ordered], on: date) -> Sequence[Answer]:
        return [
            self._ask(f"orders/{order.id.hex}/settle", {"filled_minor": order.filled_minor})
            for order in orders
        ]

    def settlement_account(self, terms: Terms) -> UUID | None:
        return internal_account(ACCOUNT)

    def held(self, terms: Terms) -> int:
        return 0

    def _ask(self, path: str, body: dict | None) -> Answer:
        self.in_transaction += connection.in_atomic_block
        try:
            return read(_call(f"{self.url}/{path}", body, PATIENCE_SECONDS))
        except urllib.error.HTTPError as error:
            return Answer(Outcome.NEVER_SEEN) if error.code == 404 else NO_ANSWER
        except OSError:
            return NO_ANSWER


def read(said: dict) -> Answer:
    """The supplier's word in the bank's terms."""
    return Answer(
        Outcome(said["outcome"]),
        filled_minor=said.get("filled_minor", 0),
        final=said.get("final", False),
        reference=said.get("reference", ""),
        reason_code=said.get("reason_code", ""),
        reason=said.get("reason", ""),
    )


def _call(url: str, body: dict | None, seconds: float) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=seconds) as response:
        return json.loads(response.read() or b"{}")
