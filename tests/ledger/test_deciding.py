"""Deciding a batch by columns equals deciding it one by one, whatever is in it."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from liti.core.money import BIGINT_MAX
from liti.ledger.posting import accounts as table
from liti.ledger.posting.accounts import NO_CEILING, NO_FLOOR, STATUSES, Accounts
from liti.ledger.posting.deciding import decided
from liti.ledger.rules import (
    NIL,
    Book,
    HoldState,
    Known,
    Limit,
    Original,
    Position,
    TransferRequest,
    Uses,
    Window,
    decide,
)

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
ACCOUNTS = [UUID(int=n) for n in range(1, 7)]
MISSING = UUID(int=99)
HOLD, OTHER_HOLD, ORIGINAL = UUID(int=1001), UUID(int=1002), UUID(int=2001)
LIMITS = {
    1: (
        Limit("a day", "out", "day", 700, id=1),
        Limit("bound only", "in", "month", 900, counterparties=frozenset({"bound"}), id=2),
        Limit("at once", "out", "single", 400, kinds=frozenset({"pay"}), id=3),
    )
}


def columns_of(positions: list[Position]) -> Accounts:
    """The accounts of a batch as the database gives them."""
    rows = np.zeros(len(positions), dtype=table._LAYOUT)
    for row, p in zip(rows, positions, strict=True):
        row["id"] = p.id.bytes
        row["number"], row["currency"] = p.number, p.currency.encode()
        row["credit_normal"], row["status"] = p.credit_normal, STATUSES.index(p.status)
        row["floor"] = NO_FLOOR if p.floor_minor is None else p.floor_minor
        row["ceiling"] = NO_CEILING if p.ceiling_minor is None else p.ceiling_minor
        row["debits"], row["credits"] = p.debits_minor, p.credits_minor
        row["held_debits"], row["held_credits"] = p.held_debits_minor, p.held_credits_minor
        row["no_debit"], row["no_credit"], row["limited"] = p.no_debit, p.no_credit, p.limited
    return Accounts(rows.tobytes())


@st.composite
def positions(draw) -> list[Position]:
    found = []
    for number, id in enumerate(ACCOUNTS, start=1):
        credit_normal = draw(st.booleans())
        balance = draw(st.sampled_from([0, 0, 300, 1_000, 5_000, 10**6]))
        huge = draw(st.integers(0, 40)) == 0
        position = Position(
            id, number, draw(st.sampled_from(["CNY"] * 9 + ["USD"])), credit_normal,
            status=draw(st.sampled_from(["open"] * 9 + ["frozen", "closing", "closed"])),
            floor_minor=draw(st.sampled_from([None, 0, 0, 0, -200, 100])),
            ceiling_minor=draw(st.sampled_from([None, None, None, 2_000, 10**6])),
            debits_minor=(BIGINT_MAX - 500 if huge else 50),
            credits_minor=(BIGINT_MAX - 500 if huge else 50),
            held_debits_minor=100, held_credits_minor=100,
            no_debit=draw(st.integers(0, 15)) == 0, no_credit=draw(st.integers(0, 15)) == 0,
            limited=draw(st.sampled_from([0, 0, 0, 1])),
        )  # fmt: skip
        if not huge:
            side = "credits_minor" if credit_normal else "debits_minor"
            setattr(position, side, 50 + balance)
        found.append(position)
    return found


@st.composite
def request(draw, number: int) -> TransferRequest:
    rare = draw(st.integers(0, 9))
    debit, credit = (draw(st.sampled_from([*ACCOUNTS, MISSING])) for _side in range(2))
    amount = draw(
        st.sampled_from([0, 1, 50, 100, 300, 400, 450, 900, 2_500, -3, 2**62, BIGINT_MAX, None])
        if rare == 0
        else st.integers(1, 600)
    )
    more = {}
    if rare == 1:
        more["up_to"] = draw(st.sampled_from(["debit", "credit", "both"]))
    elif rare == 2:
        more |= {"phase": "reserve"}
        if draw(st.booleans()):
            more["expires_at"] = NOW + timedelta(hours=draw(st.integers(-1, 3)))
    elif rare == 3:
        hold = draw(st.sampled_from([HOLD, OTHER_HOLD, UUID(int=5000 + draw(st.integers(0, 9)))]))
        more |= {"phase": draw(st.sampled_from(["settle", "release"])), "hold_id": hold,
                 "final": draw(st.booleans())}  # fmt: skip
        if more["phase"] == "release":
            more["final"] = False
        if draw(st.booleans()):
            debit, credit = NIL, NIL
    elif rare == 4:
        more["reverses"] = draw(st.sampled_from([ORIGINAL, MISSING]))
        debit, credit = ACCOUNTS[1], ACCOUNTS[0]
    return TransferRequest(
        id=UUID(int=5000 + (number if draw(st.integers(0, 5)) else draw(st.integers(0, 9)))),
        debit_account_id=debit, credit_account_id=credit, amount_minor=amount,
        kind=draw(st.sampled_from(["pay", "fee"])),
        booked_on=draw(st.sampled_from([DAY] * 6 + [DAY - timedelta(1), date(1990, 1, 1)])),
        currency=draw(st.sampled_from(["CNY"] * 9 + ["USD"])),
        counterparty=draw(st.sampled_from(["", "bound"])),
        linked=draw(st.integers(0, 6)) == 0, **more,
    )  # fmt: skip


@st.composite
def batch(draw) -> list[TransferRequest]:
    return [draw(request(n)) for n in range(draw(st.integers(1, 25)))]


def book(found: list[Position]) -> Book:
    known = TransferRequest(UUID(int=5003), ACCOUNTS[0], ACCOUNTS[1], 50, "pay", DAY)
    return Book(
        positions={p.id: p for p in found},
        known={known.id: Known(known.content(), 50)},
        holds={
            HOLD: HoldState(HOLD, ACCOUNTS[0], ACCOUNTS[1], 100, 0, "pending", None, DAY, "pay"),
            OTHER_HOLD: HoldState(
                OTHER_HOLD, ACCOUNTS[2], ACCOUNTS[3], 80, 20, "pending",
                NOW - timedelta(minutes=1), DAY, "pay",
            ),
        },
        originals={
            ORIGINAL: Original(ORIGINAL, ACCOUNTS[0], ACCOUNTS[1], 500, "pay", DAY, "", 100)
        },
        uses=Uses(LIMITS, {(n, 1, DAY): 100 for n in range(1, 7)}),
        window=Window(DAY - timedelta(30), DAY + timedelta(30), 30, DAY - timedelta(1)),
        now=NOW,
    )  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(positions(), batch())
def test_a_batch_by_columns_is_the_batch_one_by_one(found, requests):
    plain_book = book(deepcopy(found))
    plain = decide(requests, plain_book)

    columns, fast_book = columns_of(found), book([])
    results, _columns, moves = decided(requests, columns, fast_book)

    assert [(r.status, r.code, r.account_id, r.detail) for r in results] == [
        (r.status, r.code, r.account_id, r.detail) for r in plain.results
    ]
    assert [r.amount_minor for r in results if r.ok] == [
        r.amount_minor for r in plain.results if r.ok
    ]
    assert list(zip(moves.index.tolist(), moves.amount.tolist(), strict=True)) == [
        (m.index, m.amount_minor) for m in plain.moves
    ]
    assert (moves.reserved, moves.held) == (plain.reserved, plain.held)
    assert fast_book.uses.changed == plain_book.uses.changed
    for n, id in enumerate(ACCOUNTS):
        held = (columns.held_debits[n], columns.held_credits[n])
        position = plain_book.positions[id]
        assert held == (position.held_debits_minor, position.held_credits_minor)


@settings(max_examples=300, deadline=None)
@given(positions(), batch())
def test_no_bound_is_ever_passed_and_debits_equal_credits(found, requests):
    before = deepcopy(found)
    decided_on = book(found)
    out = decide(requests, decided_on)
    assert sum(p.debits_minor for p in found) - sum(p.debits_minor for p in before) == sum(
        m.amount_minor for m in out.moves
    )
    assert sum(p.credits_minor for p in found) - sum(p.credits_minor for p in before) == sum(
        m.amount_minor for m in out.moves
    )
    for earlier, now in zip(before, found, strict=True):
        least, most = now.may_leave(), now.may_come()
        if least is not None:
            assert least >= min(0, earlier.may_leave())
        if most is not None:
            assert most >= min(0, earlier.may_come())
        assert max(now.debits_minor, now.credits_minor) <= BIGINT_MAX
    for (number, rule, start), change in decided_on.uses.changed.items():
        used = decided_on.uses.used.get((number, rule, start), 0) + change
        limit = next(li for li in LIMITS[1] if li.id == rule)
        assert 0 <= used <= limit.max_minor
