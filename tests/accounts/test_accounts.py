"""Opening, classes and limits, cards: what an account may do today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from tests.accounts.builders import DAY, account, card, pan, pay_in, person
from tests.parties.builders import known_party

from liti.accounts import queries, rules, services
from liti.accounts.bins import issuer_of
from liti.accounts.models import BoundCard, ElectronicAccount
from liti.accounts.rules import Limits, Movement, refusal
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.ledger.queries import balance

pytestmark = pytest.mark.django_db


def new(number: str, **fields: object) -> services.NewElectronicAccount:
    made = services.NewElectronicAccount(uuid7(), number, known_party(), "I", DAY)
    return replace(made, **fields)


def test_books_open_in_bulk_with_their_holders_and_once():
    wife = known_party()
    batch = [new("A-1", co_holders=[wife]), new("A-2", overdraft_minor=50_000)]

    assert services.open_accounts(batch) == 2
    assert services.open_accounts(batch) == 0

    assert [a.role for a in queries.accounts_of(wife)] == ["authorised_user"]
    [own] = queries.accounts_of(batch[0].party_id)
    assert (own.number, own.role, own.balance_minor) == ("A-1", "owner", 0)
    assert queries.holders([batch[1].id]) == {batch[1].id: batch[1].party_id}


def test_a_number_of_another_account_is_refused_and_nothing_is_opened():
    services.open_accounts([new("A-1")])
    batch = [new("A-9"), new("A-1")]

    with pytest.raises(Conflict) as refused:
        services.open_accounts(batch)

    assert refused.value.code == "accounts.number_taken"
    assert "A-1" in str(refused.value.message)
    assert not ElectronicAccount.objects.filter(number="A-9").exists()


@pytest.mark.parametrize("fields", [{"account_class": "IV"}, {"overdraft_minor": -1}])
def test_what_is_no_account_is_refused_by_its_number(fields):
    with pytest.raises(InvalidInput) as refused:
        services.open_accounts([new("A-5", **fields)])
    assert "A-5" in str(refused.value.message)


def test_a_person_opens_on_line_what_the_regulation_allows():
    party = person()
    opened = [services.open_account(party, "II") for _ in range(5)]

    numbers = {queries.account(a).number for a in opened}
    assert len(numbers) == 5
    assert all(luhn.is_valid(n) for n in numbers)
    for account_class, code in [
        ("II", "accounts.too_many"),
        ("I", "accounts.class_not_online"),
        ("enterprise", "accounts.class_not_for_party"),
    ]:
        with pytest.raises(Refused) as refused:
            services.open_account(party, account_class)
        assert refused.value.code == code
    services.move_account(opened[0], "closed")
    services.open_account(party, "II")
    with pytest.raises(NotFound):
        services.open_account(uuid7(), "II")


def test_limits_are_those_of_the_day():
    assert services.limits_of("III", date(2017, 6, 1)).balance_max_minor == 100_000
    assert services.limits_of("III", DAY).balance_max_minor == 200_000
    assert services.limits_of("I", DAY) == Limits()
    assert services.limits_of("II", DAY) == Limits(None, 1_000_000, 20_000_000, False)


@pytest.mark.parametrize(
    ("account_class", "movement", "expected"),
    [
        ("II", Movement("out", 1_000_001, False, 0), "day_limit"),
        ("II", Movement("out", 1_000_000, False, 0), None),
        ("II", Movement("out", 1, False, 0, used_today_minor=1_000_000), "day_limit"),
        ("II", Movement("out", 1, False, 0, used_this_year_minor=20_000_000), "year_limit"),
        ("II", Movement("out", 10**10, True, 0), None),
        ("II", Movement("in", 1, False, 0), "unbound_in"),
        ("III", Movement("in", 200_000, True, 0), None),
        ("III", Movement("in", 1, True, 200_000), "balance_cap"),
        ("I", Movement("out", 10**10, False, 0), None),
    ],
)
def test_a_class_allows_what_the_regulation_says(account_class, movement, expected):
    assert refusal(services.limits_of(account_class, DAY), movement) == expected


@given(day=st.integers(0, 10**6), amounts=st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_movements_that_are_allowed_never_add_up_to_more_than_the_limit(day, amounts):
    used = 0
    for amount in amounts:
        movement = Movement("out", amount, False, 0, used_today_minor=used)
        if refusal(Limits(unbound_out_per_day_minor=day), movement) is None:
            used += amount
    assert used <= day


def test_a_frozen_account_moves_nothing_and_a_sleeping_one_pays_out_to_its_card():
    held = account(100)
    out = Movement("out", 50, True, 100)
    services.move_account(held, "frozen")
    with pytest.raises(Refused) as refused:
        services.require_permitted(held, out)
    assert refused.value.code == "accounts.not_active"

    services.move_account(held, "active")
    services.move_account(held, "dormant")
    services.require_permitted(held, out)
    with pytest.raises(Refused):
        services.require_permitted(held, replace(out, direction="in"))
    with pytest.raises(Conflict):
        services.move_account(held, "frozen")


def test_only_an_empty_account_closes_and_it_stays_closed():
    full, empty = account(100), account()
    with pytest.raises(Refused) as refused:
        services.move_account(full, "closed")
    assert refused.value.code == "accounts.close.vetoed"
    assert [r["code"] for r in refused.value.data["reasons"]] == ["accounts.holds_money"]
    assert queries.account(full).status == "active"

    services.move_account(empty, "closed")
    with pytest.raises(Conflict):
        services.move_account(empty, "active")


def test_a_card_is_recognised_and_its_number_forgotten():
    held, number = account(), pan("1234")
    first = services.bind_card(held, f"{number[:4]} {number[4:]}", " 王小明 ")

    assert services.bind_card(held, number, "王小明") == first
    [view] = queries.bound_cards(held)
    assert view.issuer == issuer_of(number) != ""
    assert view.pan_masked == f"{number[:6]}******1234"
    assert view.holder_name == "王小明"
    row = BoundCard.objects.get(id=first)
    assert number not in {str(v) for v in vars(row).values()}


@pytest.mark.parametrize("number", ["", "6222021234", "62220212345678a", "6222020000000001"])
def test_a_wrong_card_number_is_refused(number):
    with pytest.raises(InvalidInput) as refused:
        services.bind_card(account(), number, "王小明")
    assert refused.value.code == "accounts.bad_card_number"
    for mask in ("\n", "王*明", "W*** X"):
        with pytest.raises(InvalidInput) as refused:
            services.bind_card(account(), pan(), mask)
        assert refused.value.code == "accounts.bad_card_holder"
    assert not BoundCard.objects.exists()


@given(st.text("0123456789", min_size=11, max_size=18), st.integers(1, 9), st.data())
def test_one_wrong_digit_is_always_noticed(body, change, data):
    number = rules.with_check_digit(body)
    at = data.draw(st.integers(0, len(number) - 1))
    wrong = number[:at] + str((int(number[at]) + change) % 10) + number[at + 1 :]
    assert rules.pan_problem(number) is None
    assert rules.pan_problem(wrong) == "check_digit"


def test_at_most_five_cards_and_one_of_them_is_the_default():
    held = account()
    cards = [card(held, f"000{n}") for n in range(1, 6)]
    with pytest.raises(Refused) as refused:
        card(held, "0006")
    assert refused.value.code == "accounts.too_many_cards"
    assert [c.id for c in queries.bound_cards(held) if c.is_default] == [cards[-1]]

    services.move_card(cards[-1], "unbound")
    assert [c.id for c in queries.bound_cards(held) if c.is_default] == [cards[0]]


def test_the_last_card_stays_while_there_is_money_to_pay_out():
    held = account()
    last = card(held)
    pay_in(held, 1)
    with pytest.raises(Refused) as refused:
        services.move_card(last, "unbound")
    assert [r["code"] for r in refused.value.data["reasons"]] == ["accounts.last_card"]
    assert balance(held) == 1

    card(held, "7777")
    services.move_card(last, "unbound")
    with pytest.raises(Conflict):
        services.move_card(last, "active")


def test_issued_cards_are_put_on_file_once():
    held = account()
    owner = queries.account(held).party_id
    gold = services.NewIssuedCard(uuid7(), "C000001", held, owner, "gold", DAY)
    assert services.issue_cards([gold]) == 1
    assert services.issue_cards([gold]) == 0
    assert [c.kind for c in queries.issued_cards(owner)] == ["gold"]


def test_machines_are_drawn_from_the_code_that_holds_them():
    assert "active --> frozen" in rules.ACCOUNT_STATES.mermaid()
    assert set(rules.ACCOUNT_STATES.transitions) == set(rules.Status)
    assert set(rules.CARD_STATES.transitions) == set(rules.CardStatus)


@pytest.mark.parametrize(
    "number",
    ["554568", "5275582823574", "4162998649840320", "9792320732021527381", "1599825966633"],
)
def test_numbers_given_out_before_keep_their_check_digit(number):
    assert rules.with_check_digit(number[:-1]) == number
