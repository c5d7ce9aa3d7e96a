"""Money out is reviewed and confirmed by the customer himself, exactly as shown, once."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.signing import TimestampSigner
from tests.mobile.builders import DAY, PASSWORD, YesHouse, a_person

from liti.core.clock import set_business_date
from liti.ledger.queries import balance
from liti.payments import queries as payments

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _a_day_and_a_house(monkeypatch):
    cache.clear()
    set_business_date(DAY)
    YesHouse.seen = []
    monkeypatch.setattr("liti.payments.services.HttpClearingHouse", YesHouse)
    yield
    cache.clear()


def the_code() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def reviewed(person, amount: str = "1,234.50", where: str = "withdraw") -> tuple[str, str]:
    """The page to check, and what is signed on it."""
    page = person.browser.post(f"/m/{where}/", {"way": person.way, "amount": amount})
    assert page.status_code == 200, page.content.decode()
    text = page.content.decode()
    return text, re.search(r'name="shown" value="([^"]+)"', text)[1]


def confirm(person, shown: str, proof: str = PASSWORD, where: str = "withdraw"):
    form = {"step": "confirm", "shown": shown, "proof": proof}
    return person.browser.post(f"/m/{where}/", form)


def test_a_withdrawal_is_shown_whole_before_anything_moves():
    person = a_person(500_000)

    page, _shown = reviewed(person)

    for said in ("¥1,234.50", "招商银行 (3438)", "¥0.00", "Arrival", 'type="password"'):
        assert said in page
    assert balance(person.account) == 500_000
    assert payments.payments_of(person.account) == []


def test_the_password_again_confirms_it_once_however_often_it_is_clicked():
    person = a_person(500_000)
    _page, shown = reviewed(person)

    first = confirm(person, shown)
    second = confirm(person, shown)

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert balance(person.account) == 500_000 - 123_450
    assert len(YesHouse.seen) == 1
    receipt = person.browser.get(first["Location"]).content.decode()
    [paid] = payments.payments_of(person.account)
    for said in (paid.number, "招商银行 (3438)", "CH1", "Settled", "Asked for"):
        assert said in receipt, said
    assert str(paid.id) not in receipt.partition('id="receipt"')[2]


def test_who_has_a_second_factor_confirms_by_its_code_alone():
    person = a_person(500_000)
    TOTP.activate(person.user, SECRET)
    page, shown = reviewed(person)
    assert "one-time-code" in page

    by_password = confirm(person, shown, PASSWORD)
    assert by_password.status_code == 422
    assert balance(person.account) == 500_000

    done = confirm(person, shown, the_code())
    again = confirm(person, shown, the_code())  # the code is used up, the payment is there
    assert done.status_code == again.status_code == 302
    assert balance(person.account) == 500_000 - 123_450


@pytest.mark.parametrize("factor", ["password", "code"])
def test_wrong_tries_move_nothing_and_are_limited_like_the_first_sign_in(factor):
    person = a_person(500_000)
    if factor == "code":
        TOTP.activate(person.user, SECRET)
    _page, shown = reviewed(person)

    answers = [confirm(person, shown, "000000").status_code for _ in range(6)]
    right = confirm(person, shown, the_code() if factor == "code" else PASSWORD)

    assert answers == [422] * 5 + [429]
    assert right.status_code == 429
    assert "too many wrong tries" in right.content.decode()
    assert balance(person.account) == 500_000
    assert payments.payments_of(person.account) == []


def test_what_is_confirmed_is_exactly_what_was_shown_to_this_customer(monkeypatch):
    person, other = a_person(500_000), a_person(500_000)
    _page, shown = reviewed(person, "10")
    _page, of_another = reviewed(other, "10")
    _page, topping_up = reviewed(person, "10", "top-up")

    forged = [
        person.browser.post(
            "/m/withdraw/",
            {"step": "confirm", "way": person.way, "amount": "10", "proof": PASSWORD},
        ),
        confirm(person, shown[:-2] + "xx"),
        confirm(person, of_another),
        confirm(person, topping_up),
    ]
    with monkeypatch.context() as long_ago:
        long_ago.setattr(TimestampSigner, "timestamp", lambda _s: "1t0000")
        _page, late = reviewed(person, "10")
    forged.append(confirm(person, late))

    assert [answer.status_code for answer in forged] == [422, 422, 422, 404, 422]
    assert balance(person.account) == balance(other.account) == 500_000
    assert YesHouse.seen == []


@pytest.mark.parametrize("amount", ["", "abc", "0", "-1", "1.234", "5,000.01"])
def test_what_would_be_refused_is_refused_before_it_is_reviewed(amount):
    person = a_person(500_000)

    answer = person.browser.post("/m/withdraw/", {"way": person.way, "amount": amount})

    assert answer.status_code == 422
    assert 'id="refusal"' in answer.content.decode()
    assert 'id="pay-form"' in answer.content.decode()
    assert balance(person.account) == 500_000
    assert payments.payments_of(person.account) == []


def test_a_top_up_is_reviewed_and_needs_no_second_factor():
    person = a_person(500_000, "zh-hans")

    page, shown = reviewed(person, "88.80", "top-up")
    assert "招商银行（3438）" in page
    assert 'name="proof"' not in page
    assert balance(person.account) == 500_000

    done = confirm(person, shown, "", "top-up")
    assert done.status_code == 302
    assert balance(person.account) == 508_880
    assert "成功" in person.browser.get(done["Location"]).content.decode()


def test_the_form_names_the_card_by_its_bank_and_the_balance_apart():
    person = a_person(3_523_490, "zh-hans")
    page = person.browser.get("/m/withdraw/").content.decode()
    assert ">招商银行（3438）</option>" in page
    assert "¥35,234.90" in page
    for word in ("提现", "充值"):
        assert word not in page
