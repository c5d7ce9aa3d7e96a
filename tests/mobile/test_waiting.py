"""From the desk to the app: a prepared order with all that must be known, and his own answer."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from tests.console.builders import as_role, text_of
from tests.mobile.builders import DAY, PASSWORD, a_person, assess

from liti.core.clock import set_business_date
from liti.ledger.queries import balance
from liti.market import queries as market

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_business_day():
    cache.clear()
    set_business_date(DAY)
    yield
    cache.clear()


def prepare(person, amount: str = "1,000.00", channel: str = "phone"):
    """A member of the service desk prepares it on the customer's page."""
    desk = as_role("service_desk")
    address = f"/customers/{person.party}/order/"
    key = re.search(r'name="key" value="([^"]+)"', desk.get(address).content.decode())[1]
    form = {"product": "LTYEB1", "account": person.account, "amount": amount, "channel": channel}
    done = desk.post(address, form | {"key": key})
    assert done.status_code == 302, text_of(done)
    [found, *_rest] = market.prepared_waiting(person.party)
    return desk, done["Location"], found


def answer(person, found, **form):
    address = f"/m/waiting/{found.id}/"
    page = person.browser.get(address).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    return person.browser.post(address, {"seen": seen[1] if seen else "", **form})


def test_home_counts_what_waits_and_the_page_tells_everything_before_anything_moves():
    person = a_person(500_000)
    assess(person)
    desk, where, found = prepare(person)

    home = person.browser.get("/m/").content.decode()
    page = person.browser.get(f"/m/waiting/{found.id}/").content.decode()

    assert 'id="waiting-count">1<' in home
    assert str(found.id) in person.browser.get("/m/waiting/").content.decode()
    day = found.confirms_on.isoformat()
    said = (
        "¥1,000.00",
        found.prepared_by,
        "By phone",
        "R1 low risk",
        day,
        "¥0.00",
        "data-disclosure",
    )
    for text in (*said, found.number, 'id="proof"'):
        assert text in page, text
    assert balance(person.account) == 500_000
    assert "Waits for the customer" in text_of(desk.get(where))


def test_he_confirms_with_his_password_and_staff_see_the_order():
    person = a_person(500_000)
    assess(person)
    desk, where, found = prepare(person)

    wrong = answer(person, found, answer="confirm", proof="wrong")
    assert wrong.status_code == 422
    assert balance(person.account) == 500_000

    done = answer(person, found, answer="confirm", proof=PASSWORD)
    again = person.browser.post(f"/m/waiting/{found.id}/", {"answer": "confirm"})

    [order] = market.orders_of(person.party)
    assert done["Location"] == again["Location"] == f"/m/orders/{order.id}/"
    assert balance(person.account) == 400_000
    shown = desk.get(where).content.decode()
    assert "Confirmed by the customer" in shown
    assert f"/list/orders/{order.id}/" in shown
    receipt = person.browser.get(done["Location"]).content.decode()
    for text in (order.number, "Accepted, to be confirmed", "¥1,000.00", 'id="story"'):
        assert text in receipt, text
    assert order.number in person.browser.get("/m/receipts/").content.decode()
    assert "waiting-count" not in person.browser.get("/m/").content.decode()


def test_he_declines_with_a_reason_that_staff_read():
    person = a_person(500_000)
    assess(person)
    desk, where, found = prepare(person)

    assert answer(person, found, answer="decline", reason=" ").status_code == 422
    done = answer(person, found, answer="decline", reason="Not this month")

    assert done["Location"] == "/m/waiting/"
    assert "Not this month" in text_of(desk.get(where))
    late = person.browser.post(
        f"/m/waiting/{found.id}/", {"answer": "confirm", "proof": PASSWORD, "seen": "x"}
    )
    assert late.status_code == 409
    assert balance(person.account) == 500_000


def test_another_customers_order_does_not_exist():
    person, other = a_person(), a_person()
    assess(person)
    _desk, _where, found = prepare(person)
    assert other.browser.get(f"/m/waiting/{found.id}/").status_code == 404
    assert other.browser.post(f"/m/waiting/{found.id}/", {"answer": "decline"}).status_code == 404


def test_the_chinese_pages_say_it_as_a_bank_does():
    person = a_person(500_000, "zh-hans")
    assess(person)
    _desk, _where, found = prepare(person)
    page = person.browser.get(f"/m/waiting/{found.id}/").content.decode()
    for text in ("为您预填的申请", "待客户确认", "电话", "R1 低风险", "手续费", "再次输入登录密码"):
        assert text in page, text
    done = answer(person, found, answer="confirm", proof=PASSWORD)
    assert "已受理，份额待确认" in person.browser.get(done["Location"]).content.decode()
