"""The customer's pages: buying step by step, money that moves once, nobody else's things."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

import pytest
from django.test import Client
from stdnum.cn.ric import calc_check_digit

from liti.accounts.services import NewElectronicAccount, open_accounts
from liti.core.clock import set_business_date
from liti.core.ids import uuid7
from liti.core.models import User
from liti.ledger.queries import balance, internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.market import queries as market
from liti.parties import queries as parties
from liti.parties.models import Party
from liti.parties.services import NewConsent, NewPerson, grant_consents, register_person
from liti.wealth import queries as wealth

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
numbers = count(7_000)


@pytest.fixture(autouse=True)
def _a_business_day():
    set_business_date(DAY)


def a_customer(amount_minor: int = 500_000) -> tuple[UUID, UUID, Client]:
    """A customer with an account and money, signed in: party, account, browser."""
    number = next(numbers)
    stem = f"11010119850505{number % 1000:03d}"
    party = register_person(
        NewPerson("张伟", stem + calc_check_digit(stem + "0"), f"1380000{number}")
    )
    account = uuid7()
    open_accounts([NewElectronicAccount(account, f"62{number:014d}", party, "II", DAY)])
    post_one(
        TransferRequest(uuid7(), internal_account("cash"), account, amount_minor, "deposit", DAY)
    )
    user = User.objects.create_user(f"c{number}", password="x", kind="customer", party_id=party)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return party, account, client


def answer_questionnaire(client: Client) -> None:
    answers = {q["code"]: "b" for q in market.questionnaire()["questions"]}
    assert "assessment-level" in client.post("/m/wealth/assessment/", answers).content.decode()


def test_home_shows_assets_and_entries_of_the_customer():
    party, account, client = a_customer(123_456)
    name = Party.objects.get(id=party).name

    page = client.get("/m/").content.decode()

    assert "¥1,234.56" in page
    assert name in page  # his own, whole; the numbers stay masked
    profile = client.get("/m/me/").content.decode()
    assert name in profile
    assert Party.objects.get(id=party).mobile not in profile
    assert f"/m/accounts/{account}/" in page


def test_staff_and_strangers_do_not_get_in():
    staff = User.objects.create_user("s", password="x", kind="staff")
    client = Client()
    assert client.get("/m/")["Location"].startswith("/auth/login/")

    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/m/")["Location"] == "/"


def test_another_customers_account_order_and_entries_do_not_exist():
    _mine, _account, client = a_customer()
    other, others_account, others_client = a_customer()
    answer_questionnaire(others_client)
    others_client.post(
        "/m/wealth/buy/",
        {"key": "k1", "account": others_account, "amount": "100", "step": "place"},
    )
    order = market.orders_of(other)[0]

    assert client.get(f"/m/accounts/{others_account}/").status_code == 404
    assert client.get(f"/m/accounts/{others_account}/?before=9").status_code == 404
    assert client.get(f"/m/orders/{order.id}/").status_code == 404
    answer_questionnaire(client)
    stolen = client.post(
        "/m/wealth/buy/", {"key": "k2", "account": others_account, "amount": "1", "step": "place"}
    )
    assert stolen.status_code == 404
    assert len(market.orders_of(other)) == 1


def test_without_an_assessment_the_way_leads_to_the_questionnaire():
    _party, _account, client = a_customer()

    page = client.get("/m/wealth/buy/").content.decode()
    incomplete = client.post("/m/wealth/assessment/", {"age": "b"})

    assert 'id="go-assessment"' in page
    assert incomplete.status_code == 422
    answer_questionnaire(client)
    assert 'id="trade-form"' in client.get("/m/wealth/buy/").content.decode()


def test_buying_asks_first_and_happens_once():
    party, account, client = a_customer(500_000)
    answer_questionnaire(client)
    key = re.search(r'name="key" value="([^"]+)"', client.get("/m/wealth/buy/").content.decode())
    form = {"key": key.group(1), "account": account, "amount": "1,000.00"}

    asked = client.post("/m/wealth/buy/", form)
    before = balance(account)
    placed = client.post("/m/wealth/buy/", form | {"step": "place"})
    again = client.post("/m/wealth/buy/", form | {"step": "place"})

    assert "¥1,000.00" in asked.content.decode()
    assert before == 500_000
    assert placed["Location"] == again["Location"]
    assert balance(account) == 400_000
    assert [h.value_minor for h in wealth.holdings_of(party)] == [100_000]
    assert "¥1,000.00" in client.get(placed["Location"]).content.decode()
    assert "−¥1,000.00" in client.get(f"/m/accounts/{account}/").content.decode()


@pytest.mark.parametrize("amount", ["", "abc", "-5", "0", "1.234", "9999999"])
def test_a_wrong_amount_is_refused_by_name_and_moves_nothing(amount):
    party, account, client = a_customer(500_000)
    answer_questionnaire(client)

    response = client.post(
        "/m/wealth/buy/", {"key": "k", "account": account, "amount": amount, "step": "place"}
    )

    assert response.status_code == 422
    assert 'id="refusal"' in response.content.decode()
    assert balance(account) == 500_000
    assert market.orders_of(party) == []


def test_a_consent_given_or_withdrawn_holds_at_once():
    party, _account, client = a_customer()

    sms = "marketing|sms|bank|any"
    client.post("/m/me/consent/", {"consent": sms, "granted": "on"})
    given = [c.granted for c in parties.consents_of(party) if c.channel == "sms"]
    client.post("/m/me/consent/", {"consent": sms})
    withdrawn = [c.granted for c in parties.consents_of(party) if c.channel == "sms"]

    assert given == [True]
    assert withdrawn == [False]
    assert not parties.consented([party], purpose="marketing", channel="sms", on=date(2030, 1, 1))


def test_every_consent_that_staff_see_is_shown_withdrawn_and_given_again():
    party, _account, client = a_customer()
    words = [
        ("data_sharing", "any", "bank", "any", "partner:P7:0123456789ab"),
        ("marketing", "any", "bank", "any", "paper:17"),
        ("marketing", "email", "bank", "any", "retail:R1:0123456789ab"),
        ("marketing", "phone", "bank", "LTYEB1", "mobile:x"),
        ("analysis", "any", "other bank", "any", "paper:18"),
    ]
    noon = datetime(2026, 11, 20, 4, tzinfo=UTC)
    grant_consents(
        [
            NewConsent(party, purpose, channel, True, evidence, recipient, "", noon, product)
            for purpose, channel, recipient, product, evidence in words
        ]
    )
    page = client.get("/m/me/").content.decode()
    for purpose, channel, recipient, product, _evidence in words:
        key = f"{purpose}|{channel}|{recipient}|{product}"
        assert page.count(f'value="{key}"') == 1
    for shown in ("Sharing of data", "Since 2026-11-20 · On paper", "Since 2026-11-20 · Partner"):
        assert shown in page

    for purpose, channel, recipient, product, _evidence in words:
        key = f"{purpose}|{channel}|{recipient}|{product}"
        scope = (purpose, channel, recipient, product)

        def allowed(scope=scope):
            found = parties.consents_of(party)
            [view] = [c for c in found if (c.purpose, c.channel, c.recipient, c.product) == scope]
            return view.granted, view.source

        client.post("/m/me/consent/", {"consent": key})
        assert allowed() == (False, "mobile")
        client.post("/m/me/consent/", {"consent": key, "granted": "on"})
        assert allowed() == (True, "mobile")


def test_a_consent_that_nobody_spoke_of_is_not_made_up_by_a_form():
    party, _account, client = a_customer()
    for key in ("", "marketing", "everything|any|bank|any", "marketing|sms|other bank|any"):
        assert client.post("/m/me/consent/", {"consent": key}).status_code == 404
    assert parties.consents_of(party) == []


def test_entries_follow_page_by_page():
    _party, account, client = a_customer()
    for _ in range(30):
        post_one(TransferRequest(uuid7(), internal_account("cash"), account, 100, "deposit", DAY))

    first = client.get(f"/m/accounts/{account}/").content.decode()
    before = re.search(r"\?before=(\d+)", first).group(1)
    rest = client.get(
        f"/m/accounts/{account}/?before={before}", headers={"hx-request": "true"}
    ).content.decode()

    assert first.count("data-seq") == 25
    assert rest.count("data-seq") == 6
    assert "<html" not in rest


@pytest.mark.parametrize("before", ["9" * 20, "9223372036854775808", "-1", "x"])
def test_older_entries_than_any_number_are_nowhere(before):
    _party, account, client = a_customer()
    assert client.get(f"/m/accounts/{account}/?before={before}").status_code == 404
    assert client.get(f"/m/accounts/{account}/?before=9223372036854775807").status_code == 200
