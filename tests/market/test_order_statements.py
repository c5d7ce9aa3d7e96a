"""What an order costs: statements counted on the wire, so that they do not creep up again."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest
from tests.market.builders import DAY, buyer

from liti.core.clock import set_business_date
from liti.core.context import acting, job
from liti.ledger import queries as ledger
from liti.market import services
from liti.market.models import Order, OrderStep

pytestmark = pytest.mark.django_db
BUY_MAX, AGAIN_MAX = 44, 8


@contextmanager
def counted(monkeypatch):
    """Whatever any cursor sends: Django's own, the ledger's and the events'."""
    sent: list[str] = []
    execute, copy = psycopg.Cursor.execute, psycopg.Cursor.copy

    def executing(self, query, *args, **options):
        sent.append(str(query))
        return execute(self, query, *args, **options)

    def copying(self, query, *args, **options):
        sent.append(str(query))
        return copy(self, query, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", executing)
        patched.setattr(psycopg.Cursor, "copy", copying)
        yield sent


def place(party, account, key, side="place_order"):
    # As at an edge: a request has its memo of parameters and of the business date.
    with acting(job("demo.orders")):
        return getattr(services, side)(party, "LTYEB1", account, 30_000, channel="mobile", key=key)


@pytest.fixture
def customer():
    set_business_date(DAY)
    party, account = buyer(1_000_000)
    place(party, account, "warm-up")
    return party, account


def test_a_purchase_takes_a_bounded_number_of_statements(monkeypatch, customer):
    party, account = customer
    with counted(monkeypatch) as sent:
        order = place(party, account, "k1")
    assert order.status == "sent"
    assert [s[0] for s in order.steps] == ["quoted", "suitable", "agreed", "funded", "sent"]
    assert ledger.balance(account) == 940_000
    assert OrderStep.objects.filter(order_id=order.id).count() == 5
    assert len(sent) <= BUY_MAX, "\n".join(f"{len(sent)} {s[:150]!r}" for s in sent)


def test_the_same_key_again_takes_few(monkeypatch, customer):
    party, account = customer
    with counted(monkeypatch) as sent:
        again = place(party, account, "warm-up")
    assert again.status == "sent"
    assert Order.objects.count() == 1
    assert len(sent) <= AGAIN_MAX, "\n".join(sent)
