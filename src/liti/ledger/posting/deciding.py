"""Deciding a batch: at once what can be, one by one what must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np

from liti.ledger.posting.accounts import Accounts
from liti.ledger.posting.columns import Columns, columns
from liti.ledger.rules import Book, HoldMove, TransferRequest, TransferResult, decide


@dataclass(slots=True)
class Moves:
    """What is to be written: money that moves, by columns, in the order of the batch; holds
    made and changed; `touched`: where accounts stand whose held money changed."""

    index: Any
    debit: Any
    credit: Any
    amount: Any
    reserved: list[int] = field(default_factory=list)
    held: list[HoldMove] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)


def decided(
    requests: Sequence[TransferRequest], accounts: Accounts, book: Book
) -> tuple[list[TransferResult], Columns, Moves]:
    """One result per request, and what they move. `book` comes without positions: they are
    made of the accounts that the plain rules need."""
    cols = columns(requests, accounts, {id.bytes for id in book.known}, book.window)
    one_by_one = np.flatnonzero(cols.plainly).tolist()
    if not one_by_one:
        index = np.arange(len(requests))
        return _granted(requests), cols, Moves(index, cols.debit, cols.credit, cols.amount)
    slow = [requests[n] for n in one_by_one]
    at = _touched(slow, accounts, book)
    book.positions = {p.id: p for p in map(accounts.position, at)}
    plain = decide(slow, book, one_by_one)
    results = _granted(requests)
    for n, result in zip(one_by_one, plain.results, strict=True):
        results[n] = result
    fast = np.flatnonzero(~cols.plainly)
    where = accounts.at
    slow_moves = np.array(
        [
            (m.index, where[m.debit.id.bytes], where[m.credit.id.bytes], m.amount_minor)
            for m in plain.moves
        ],
        dtype=np.int64,
    ).reshape(-1, 4)
    index = np.r_[fast, slow_moves[:, 0]]
    order = np.argsort(index, kind="stable")
    moves = Moves(
        index[order],
        np.r_[cols.debit[fast], slow_moves[:, 1]][order],
        np.r_[cols.credit[fast], slow_moves[:, 2]][order],
        np.r_[cols.amount[fast], slow_moves[:, 3]][order],
        plain.reserved,
        plain.held,
    )
    if plain.reserved or plain.held:
        moves.touched = _hold(accounts, at, book)
    return results, cols, moves


def _granted(requests: Sequence[TransferRequest]) -> list[TransferResult]:
    return [TransferResult(r.id, "posted", None, None, r.amount_minor) for r in requests]


def _touched(requests: Sequence[TransferRequest], accounts: Accounts, book: Book) -> list[int]:
    """Where the accounts stand that these requests name, themselves or by their holds."""
    found: set[int | None] = set()
    at = accounts.at.get
    for request in requests:
        found |= {at(request.debit_account_id.bytes), at(request.credit_account_id.bytes)}
    for hold in book.holds.values():
        found |= {at(hold.debit_account_id.bytes), at(hold.credit_account_id.bytes)}
    return sorted(n for n in found if n is not None)


def _hold(accounts: Accounts, at: list[int], book: Book) -> list[int]:
    """Take over what is held now; returns where it changed."""
    changed = []
    for n in at:
        position = book.positions[UUID(bytes=accounts.ids[n * 16 : n * 16 + 16])]
        held = (position.held_debits_minor, position.held_credits_minor)
        if held != (accounts.held_debits[n], accounts.held_credits[n]):
            accounts.held_debits[n], accounts.held_credits[n] = held
            changed.append(n)
    return changed
