"""A supplier over the wire: asynchronous, slow, forgetful, saying things twice – and sold."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import UUID

import pytest
from django.db import connection
from tests.market.builders import DAY, buyer
from tests.market.supplier import ACCOUNT, Supplier, SupplierEngine, read

from liti.accounts import services as accounts
from liti.core import engines
from liti.core.clock import now, set_business_date
from liti.core.context import acting, job
from liti.core.errors import Conflict, Refused
from liti.core.models import Event
from liti.ledger.queries import balance, internal_account
from liti.ledger.services import NewAccount, open_accounts
from liti.market import funding, queries, services
from liti.market.models import Order, Product, ProductVersion

CODE = "OUTSIDE"


@pytest.fixture
def supplier(committed):
    set_business_date(DAY)
    house = Supplier({20_000: "slow", 30_000: "lost", 40_000: "refuse"})
    engine = SupplierEngine(house.url)
    engines.register(engine)
    house.engine = engine
    open_accounts([NewAccount(internal_account(ACCOUNT), ACCOUNT, "2241", code=ACCOUNT)])
    put_on_the_shelf()
    yield house
    assert engine.in_transaction == 0, "the supplier was spoken to inside a transaction"
    assert balance(funding.clearing_account()) == funding.held_minor()
    engines.withdraw(engine.code)
    house.stop()


def put_on_the_shelf() -> None:
    sweep = ProductVersion.objects.get(product__code="LTYEB1")
    product = Product.objects.create(
        code=CODE,
        supplier=sweep.product.supplier,
        department="wealth",
        category="wealth",
        engine="test.supplier",
        status="on_shelf",
    )
    ProductVersion.objects.create(
        product=product,
        version=1,
        valid_from=DAY,
        name_zh="外部基金",
        name_en="Outside fund",
        summary_zh="测试",
        summary_en="A test's own",
        risk_level=1,
        amount_min_minor=100,
        amount_max_minor=10**9,
        account_classes=["II"],
        engine_terms={"isin": "TEST0000001"},
    )


def buy(party, account, amount_minor, key="k1") -> UUID:
    return services.place_order(party, CODE, account, amount_minor, channel="mobile", key=key).id


def advance() -> None:
    """The next round, as if every pause were over."""
    Order.objects.filter(look_at__isnull=False).update(look_at=now())
    services.advance_orders()


def status(order_id: UUID) -> str:
    return queries.order(order_id).status


def states(order_id: UUID) -> list[str]:
    return [step[0] for step in queries.order(order_id).steps]


def told(order_id: UUID) -> list[tuple[str, int]]:
    rows = Event.objects.filter(key=str(order_id)).order_by("id")
    return [(e.type.removeprefix("market.order."), e.payload["amount_minor"]) for e in rows]


def test_an_order_is_sent_confirmed_later_and_settled(supplier):
    party, account = buyer(100_000)

    order = buy(party, account, 10_000)
    assert (status(order), supplier.orders) == ("funded", {})
    assert (balance(account), balance(funding.clearing_account())) == (90_000, 10_000)

    services.advance_orders()
    assert (status(order), supplier.sent[order.hex]) == ("sent", 1)
    advance()
    assert (status(order), queries.order(order).reference) == ("sent", "S-1")
    assert told(order) == [("placed", 10_000)]

    supplier.decide(order, outcome="confirmed", filled_minor=10_000)
    advance()
    assert status(order) == "in_position"
    assert states(order) == [
        "quoted", "suitable", "agreed", "funded", "sent", "confirmed", "settled", "in_position",
    ]  # fmt: skip
    assert told(order) == [("placed", 10_000), ("filled", 10_000)]
    assert (balance(internal_account(ACCOUNT)), balance(account)) == (10_000, 90_000)
    assert supplier.orders[order.hex]["paid"] == 10_000
    assert buy(party, account, 10_000) == order


def test_no_answer_is_no_refusal_and_what_never_arrived_is_sent_again(supplier):
    party, account = buyer(100_000)
    slow, lost = buy(party, account, 20_000, "slow"), buy(party, account, 30_000, "lost")

    services.advance_orders()
    assert [status(o) for o in (slow, lost)] == ["sent", "sent"]
    assert balance(funding.clearing_account()) == 50_000
    assert lost.hex not in supplier.orders

    advance()
    assert supplier.sent == {slow.hex: 1, lost.hex: 2}
    for order, amount in ((slow, 20_000), (lost, 30_000)):
        supplier.decide(order, outcome="confirmed", filled_minor=amount)
    advance()
    assert [status(o) for o in (slow, lost)] == ["in_position", "in_position"]
    assert (balance(account), balance(internal_account(ACCOUNT))) == (50_000, 50_000)


def test_a_refusal_returns_the_money_with_its_reason(supplier):
    party, account = buyer(100_000)
    order = buy(party, account, 40_000)
    services.advance_orders()

    seen = queries.order(order)
    assert (seen.status, seen.reason_code) == ("refused", "QUOTA")
    assert seen.steps[-1][2] == "QUOTA the fund is closed to new money"
    assert (balance(account), balance(funding.clearing_account())) == (100_000, 0)
    assert told(order) == [("placed", 40_000), ("refused", 40_000)]


def test_a_fill_in_part_pays_for_the_part_and_returns_the_rest(supplier):
    party, account = buyer(100_000)
    order = buy(party, account, 50_000)
    services.advance_orders()

    supplier.decide(order, outcome="in_part", filled_minor=12_345)
    advance()
    assert (status(order), queries.order(order).filled_minor) == ("in_part", 12_345)
    assert (balance(account), balance(funding.clearing_account())) == (50_000, 50_000)

    supplier.decide(order, outcome="in_part", filled_minor=20_001, final=True)
    advance()
    assert status(order) == "in_position"
    assert "confirmed" not in states(order)
    assert (balance(account), balance(internal_account(ACCOUNT))) == (79_999, 20_001)
    assert told(order) == [("placed", 50_000), ("filled", 20_001)]


def test_a_callback_that_comes_twice_counts_once(supplier):
    party, account = buyer(100_000)
    order = buy(party, account, 10_000)
    services.advance_orders()
    supplier.decide(order, outcome="in_part", filled_minor=4_000, final=True)

    with bank_that_listens(supplier):
        supplier.call_back(order, times=3)

    assert (status(order), queries.order(order).filled_minor) == ("in_part", 4_000)
    assert balance(account) == 96_000
    assert told(order) == [("placed", 10_000), ("filled", 4_000)]
    with pytest.raises(Conflict) as refused, acting(job("market.callback")):
        services.record_outcome(order, read({"outcome": "refused"}))
    assert refused.value.code == "market.outcome_conflict"
    assert (status(order), balance(account)) == ("in_part", 96_000)
    with pytest.raises(Conflict), acting(job("market.callback")):
        services.record_outcome(order, read({"outcome": "confirmed", "filled_minor": 99_999}))
    assert balance(account) == 96_000


def test_an_order_is_cancelled_where_the_supplier_lets_it(supplier):
    party, account = buyer(100_000)
    early, sent, late = (buy(party, account, 10_000, key) for key in ("early", "sent", "late"))

    services.cancel_order(early, "before it was sent")
    assert (status(early), early.hex in supplier.orders) == ("cancelled", False)
    services.advance_orders()
    supplier.decide(late, outcome="confirmed", filled_minor=10_000)

    for order in (sent, late):
        asked = services.cancel_order(order, "changed my mind")
        assert (asked.status, asked.cancel_asked) == ("sent", True)
    assert balance(account) == 80_000

    advance()
    assert (status(sent), status(late)) == ("cancelled", "in_position")
    assert (balance(account), balance(internal_account(ACCOUNT))) == (90_000, 10_000)
    assert told(sent) == [("placed", 10_000), ("cancelled", 10_000)]
    assert queries.order(sent).steps[-1][2] == "changed my mind"


def test_a_worker_that_is_killed_leaves_an_order_that_is_asked_about(supplier, monkeypatch):
    party, account = buyer(100_000)
    order = buy(party, account, 10_000)

    def killed(_order):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(supplier.engine, "place", killed)
        with pytest.raises(KeyboardInterrupt):
            services.advance_orders()
    assert (status(order), supplier.sent[order.hex]) == ("sent", 0)

    assert services.advance_orders().asked == 0  # it has its pause, and holds nobody up
    advance()
    assert supplier.sent[order.hex] == 1
    assert balance(funding.clearing_account()) == 10_000


def test_workers_at_once_send_each_order_once(supplier):
    party, account = buyer(100_000)
    orders = [buy(party, account, 1_000, f"k{n}") for n in range(12)]

    def work() -> None:
        try:
            services.advance_orders()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert supplier.sent == {order.hex: 1 for order in orders}
    assert {status(order) for order in orders} == {"sent"}


def test_a_sale_pays_when_the_supplier_has_settled(supplier):
    party, account = buyer(100_000)
    bought = buy(party, account, 10_000)
    services.advance_orders()
    supplier.decide(bought, outcome="confirmed", filled_minor=10_000)
    advance()

    sold = services.sell_order(party, CODE, account, 10_000, channel="mobile", key="s").id
    assert (status(sold), balance(account)) == ("agreed", 90_000)
    services.advance_orders()
    supplier.decide(sold, outcome="confirmed", filled_minor=9_900, final=True)
    advance()

    assert states(sold) == ["quoted", "agreed", "sent", "in_part", "settled", "in_position"]
    assert (balance(account), balance(internal_account(ACCOUNT))) == (99_900, 100)
    assert told(sold) == [("redeemed", 9_900)]


def test_an_account_with_an_order_at_the_supplier_stays_open(supplier):
    party, account = buyer(10_000)
    order = buy(party, account, 10_000)
    with pytest.raises(Refused) as refused:
        accounts.move_account(account, "closed")
    assert [r["code"] for r in refused.value.data["reasons"]] == ["market.order_under_way"]
    services.cancel_order(order, "")
    with pytest.raises(Refused) as refused:
        accounts.move_account(account, "closed")
    assert [r["code"] for r in refused.value.data["reasons"]] == ["accounts.holds_money"]


class bank_that_listens:
    """The bank's end of the supplier's callbacks, over HTTP."""

    def __init__(self, supplier: Supplier) -> None:
        self.supplier = supplier

    def __enter__(self) -> None:
        self.server = HTTPServer(("127.0.0.1", 0), _Callbacks)
        self.supplier.callback = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __exit__(self, *_error) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Callbacks(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            with acting(job("market.callback")):
                services.record_outcome(UUID(said["id"]), read(said))
        finally:
            connection.close()
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments) -> None:
        """Quietly."""
