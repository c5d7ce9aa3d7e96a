"""Lists that stand on the page of one thing: an account's entries, a plan's contacts; and what
the matching leaves to people."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.utils import translation
from tests.console.builders import as_role, staff
from tests.console.test_lists import bounds
from tests.outreach.builders import DAY, customer, only_offers, parameter
from tests.parties.builders import known_party
from tests.parties.test_assigning import parted as parted

from liti.console import who
from liti.core import staff as people
from liti.core.clock import set_business_date
from liti.core.context import acting
from liti.core.ids import uuid7
from liti.core.models import User
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post
from liti.outreach import queries as outreach
from liti.outreach import services as planning
from liti.parties.models import MatchPair, SourceRecord

pytestmark = pytest.mark.django_db
SWEEP = "LTYEB1"


@pytest.fixture
def cash():
    """The cash account with 60 entries of 1, 2, … 60 fen."""
    set_business_date(DAY)
    here, there = internal_account("cash"), internal_account("suspense")
    kinds = ("cash_deposit", "cash_shipment")
    post([TransferRequest(uuid7(), here, there, 1 + n, kinds[n % 2], DAY) for n in range(60)])
    return here


@pytest.fixture
def plan():
    """Three customers with a contact each of the newest plan."""
    set_business_date(DAY)
    parameter("outreach.holdout_bp", 0)
    only_offers(("a", SWEEP, "direct", ["idle_balance"], ["push"], 5_000))
    people = [customer("idle_balance") for _one in range(3)]
    planning.plan_day(DAY)
    return people


def amounts(page: str) -> list[str]:
    return re.findall(r'data-label="Amount"><span class="\w+">([^<]*)<', page)


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_entries_are_counted_paged_sorted_searched_and_saved(cash):
    client = as_role("finance_officer")

    first = client.get(f"/accounts/{cash}/").content.decode()
    second = client.get(f"/accounts/{cash}/?offset=50").content.decode()
    assert "1–50 of 60" in first
    assert "51–60 of 60" in second
    assert amounts(first)[:2] == ["+¥0.60", "+¥0.59"]
    assert amounts(second)[-1] == "+¥0.01"

    sorted_up = client.get(f"/accounts/{cash}/?order=change_minor").content.decode()
    assert amounts(sorted_up)[:2] == ["+¥0.01", "+¥0.02"]
    assert 'aria-sort="ascending"' in sorted_up

    searched = client.get(f"/accounts/{cash}/?q=Cash%20shipment").content.decode()
    assert "1–30 of 30" in searched

    saved = rows_of(client.get(f"/list/entries.csv?of={cash}&order=change_minor"))
    assert len(saved) == 61
    assert saved[1][5] == "0.01"
    assert client.get(f"/list/entries/?of={cash}")["Location"] == f"/accounts/{cash}/"


def test_entries_beyond_what_is_read_at_once_go_by_their_number_only(cash, monkeypatch):
    client = as_role("finance_officer")
    bounds(monkeypatch, saved=59)
    page = client.get(f"/accounts/{cash}/").content.decode()
    assert "1–50 of 60" in page
    assert "order=" not in page
    assert client.get(f"/accounts/{cash}/?order=change_minor").status_code == 422


def test_entries_open_for_whom_the_books_open(cash):
    assert as_role("service_desk").get(f"/list/entries.csv?of={cash}").status_code == 403
    for wrong in ("", "x", str(uuid7())):
        answer = as_role("finance_officer").get(f"/list/entries.csv?of={wrong}")
        assert answer.status_code == 404, wrong


def test_an_account_of_the_bank_has_a_name_in_each_language(cash):
    client = as_role("finance_officer")
    english = client.get(f"/accounts/{cash}/").content.decode()
    chinese = client.get(
        f"/accounts/{cash}/", headers={"accept-language": "zh-hans"}
    ).content.decode()
    assert "Cash on hand" in english
    assert '<h1 class="row">Cash ' in english
    assert "库存现金" not in english
    assert "库存现金" in chinese
    assert " / Cash" not in chinese


def test_contacts_are_filtered_sorted_and_saved_and_the_address_keeps_it(plan):
    client = as_role("operation_head")
    page = client.get("/plan/?status=planned&order=-expected_minor").content.decode()
    assert "1–3 of 3" in page
    assert 'value="planned" selected' in page
    assert all(f"/customers/{party}/" in page for party in plan)
    none = client.get("/plan/?status=responded").content.decode()
    assert "Nothing matches" in none
    saved = rows_of(client.get("/list/contacts.csv?status=planned"))
    assert len(saved) == 4
    assert client.get("/list/contacts/")["Location"] == "/plan/"
    assert client.get("/plan/?order=name").status_code == 422
    assert client.get("/plan/?on=2020-01-01").status_code == 422


def test_the_first_day_of_a_plan_can_be_looked_at_again(plan):
    client = as_role("operation_head")
    [day] = outreach.plan_days()
    page = client.get(f"/plan/?on={day.isoformat()}").content.decode()
    assert f'value="{day.isoformat()}" selected' in page
    assert "1–3 of 3" in page


def test_records_of_nobody_and_pairs_to_look_at_stand_on_home_and_in_lists():
    one, other = known_party(), known_party()
    left, right = (
        SourceRecord.objects.filter(party_id=p).first() or _record(p) for p in (one, other)
    )
    MatchPair.objects.create(
        left=left, right=right, decision="review", rule="model", probability=0.93, explanation={}
    )
    _record(None)
    client = as_role("data_steward")

    home = client.get("/").content.decode()
    assert re.search(r'id="work-pairs" href="/list/pairs/\?decision=review" data-count="1"', home)
    assert re.search(r'id="work-unmatched" href="/list/unmatched/" data-count="1"', home)
    pairs = client.get("/list/pairs/?decision=review").content.decode()
    assert f"/customers/{one}/" in pairs
    assert "Waits for a steward" in pairs
    assert as_role("service_desk").get("/list/pairs/").status_code == 403


def test_a_pair_that_became_one_customer_since_waits_for_nobody():
    party = known_party()
    left, right = _record(party), _record(party)
    MatchPair.objects.create(
        left=left, right=right, decision="review", rule="model", probability=0.93, explanation={}
    )
    page = as_role("data_steward").get("/").content.decode()
    assert 'id="work-pairs" href="/list/pairs/?decision=review" data-count="0"' in page


def test_rows_to_give_away_are_listed_until_they_are_given(parted):
    made, *_rest = parted
    page = as_role("data_steward").get("/list/left-rows/").content.decode()
    assert f"/list/merges/{made}/" in page
    assert "Electronic accounts" in page


def _record(party):
    source = SourceRecord._meta.get_field("source").related_model.objects.first()
    moment = "2026-11-20T00:00:00Z"
    return SourceRecord.objects.create(
        source=source, source_key=str(uuid7()), kind="person", raw={}, party_id=party,
        name="张晓明", first_seen=moment, last_seen=moment, content_hash="",
    )  # fmt: skip


def test_who_did_something_is_a_person_by_name_or_the_house():
    head, desk = staff("operation_head", name="head"), staff("service_desk", name="desk")
    User.objects.filter(id=head.id).update(first_name="张其伟")
    User.objects.filter(id=desk.id).update(first_name="杨静")
    with acting(people.actor_of(head)):
        assert who.doers("desk / head") == "杨静 / 张其伟"
        assert who.doers("desk for head / head") == "杨静 for 张其伟 / 张其伟"
        assert who.doers("approvals.parties.merge") == "System"
        assert who.doers("customer:01a21000-8800-78df-8b5c-17c39ff17ac4") == "Customer"
        assert who.doers("") == ""
        with translation.override("zh-hans"):
            assert who.doers("desk for head") == "杨静（代 张其伟）"
            assert who.doers("day") == "系统"
