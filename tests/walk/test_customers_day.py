"""A customer's day on a phone of 390 px: money in, a purchase, an order that the desk prepared, a
withdrawal by the second factor, and the receipts of all. Buttons are clicked twice throughout."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from tests.walk.browsing import CHROMIUM, PHONE, balance, buy_on_the_phone, party_of, said
from tests.walk.conftest import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium: see CONTRIBUTING.md, Browser tests"),
]
SECRET = "JBSWY3DPEHPK3PXP"


def code(used: str = "") -> str:
    """What his authenticator shows, for some seconds yet; the next one where one is used up."""
    while time.time() % 30 > 25 or _now() == used:
        time.sleep(0.5)
    return _now()


def _now() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def narrow(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def pay(phone, bank, where: str, amount: str) -> None:
    """To the page that is to be checked."""
    phone.goto(f"{bank.url}/m/{where}/")
    phone.fill("#amount", amount)
    phone.click("#pay-button")
    phone.wait_for_selector("#review, #refusal")
    narrow(phone)


@pytest.fixture
def factor(served):
    """Sets up the customer's authenticator, once he is signed in; it is gone afterwards."""
    who = "(SELECT id FROM core_user WHERE username = 'customer')"
    data = f'{{"secret": "{SECRET}"}}'
    yield lambda: served.sql(
        "INSERT INTO mfa_authenticator (type, data, created_at, user_id)"
        f" VALUES ('totp', '{data}', now(), {who})"
    )
    served.sql(f"DELETE FROM mfa_authenticator WHERE user_id = {who}")


def test_money_in_a_purchase_an_order_from_the_desk_and_money_out(people, served, factor):
    # given: a customer who is signed in on his phone, and the desk
    customer = party_of(served, "customer")
    [(account,)] = served.sql(
        f"SELECT id FROM accounts_electronicaccount WHERE party_id = '{customer}'"
    )
    start = balance(served, account)
    phone = people("customer", PHONE, "zh-CN")
    factor()

    # when he brings money in: nothing before it is confirmed, once after
    pay(phone, served, "top-up", "200")
    assert balance(served, account) == start
    phone.dblclick("#review-confirm")
    phone.wait_for_selector("#receipt")
    topped = phone.inner_text("#receipt-number")
    phone.wait_for_selector("#payment-result.good")
    assert balance(served, account) == start + 20_000

    # and buys
    buy_on_the_phone(phone, served, "30.30")
    bought = phone.inner_text("#receipt-number")
    assert "已受理" in phone.inner_text("#order-status")
    assert balance(served, account) == start + 16_970

    # and the desk prepares an order on the phone: it waits, with what must be known of it
    desk = people("desk")
    desk.goto(f"{served.url}/customers/{customer}/order/")
    desk.locator("input[name=product]:not([disabled])").first.check()
    desk.fill("#amount", "40.40")
    desk.select_option("#channel", "phone")
    desk.dblclick("#order-button")
    desk.wait_for_selector(".message.success")
    prepared = desk.url
    assert balance(served, account) == start + 16_970

    phone.goto(f"{served.url}/m/")
    assert phone.inner_text("#waiting-count") == "1"
    phone.click("#go-waiting")
    phone.wait_for_load_state()
    phone.click("#waiting a.tile")
    phone.wait_for_selector("#prepared-form")
    narrow(phone)
    page = said(phone)
    for text in ("¥40.40", "低风险", "份额确认并开始计收益", "手续费", "经办人", "基金不是存款"):
        assert text in page, text

    # a wrong code changes nothing; the right one places it, once
    phone.fill("#proof", "000000")
    phone.click("#prepared-confirm")
    phone.wait_for_selector("#refusal")
    assert balance(served, account) == start + 16_970
    used = code()
    phone.fill("#proof", used)
    phone.dblclick("#prepared-confirm")
    phone.wait_for_selector("#order-result")
    ordered = phone.inner_text("#receipt-number")
    assert balance(served, account) == start + 12_930
    desk.goto(prepared)
    assert "Confirmed by the customer" in said(desk)

    # and takes money out: too much is refused at once, the rest is checked and confirmed
    pay(phone, served, "withdraw", "99999999")
    assert phone.locator("#review").count() == 0
    pay(phone, served, "withdraw", "12.34")
    assert "（" in phone.inner_text("#review-card")
    assert phone.inner_text("#review-fee") == "¥0.00"
    phone.fill("#proof", PASSWORD)
    phone.click("#review-confirm")
    phone.wait_for_selector("#refusal")
    assert balance(served, account) == start + 12_930
    phone.fill("#proof", code(used))
    phone.dblclick("#review-confirm")
    phone.wait_for_selector("#receipt")
    paid = phone.inner_text("#receipt-number")
    assert balance(served, account) == start + 11_696

    # then each has its receipt, from one list, with reference, account, card and times
    phone.goto(f"{served.url}/m/accounts/")
    phone.click("#go-receipts")
    phone.wait_for_selector("#receipts")
    narrow(phone)
    listed = said(phone)
    for number in (topped, bought, ordered, paid):
        assert number in listed
    phone.click(f"#receipts a:has-text('{paid}')")
    phone.wait_for_selector("#receipt")
    assert phone.locator("#story li").count() == 2
