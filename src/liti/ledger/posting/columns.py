"""A batch as columns, and its decision without going one by one.

An account is at risk where not every request of the batch that touches it could be granted
whatever the others do. What touches no account at risk, is sound by itself and depends on
no other request is granted; all else goes through the plain rules, in order. A property test
holds both equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from liti.ledger.posting.accounts import NO_CEILING, NO_FLOOR, Accounts
from liti.ledger.rules import TransferRequest, Window

# Sums of a batch stay within 64 bits below this; a batch with larger amounts goes one by one.
AMOUNT_MAX = 2**60 // 10_000
# Beyond it a sum of an account and a batch might leave 64 bits: such accounts are at risk.
FAR = 2**61


@dataclass(slots=True)
class Columns:
    """A batch by columns: where its accounts stand (-1: not there) and what it moves."""

    ids: list[bytes]
    debit: Any
    credit: Any
    amount: Any
    plainly: Any


def columns(
    requests: Sequence[TransferRequest],
    accounts: Accounts,
    known: set[bytes],
    window: Window | None,
) -> Columns:
    """Columns of a batch; `plainly` marks what has to be decided one by one."""
    count, at = len(requests), accounts.at.get
    ids = [r.id.bytes for r in requests]
    debit = np.fromiter((at(r.debit_account_id.bytes, -1) for r in requests), np.int64, count)
    credit = np.fromiter((at(r.credit_account_id.bytes, -1) for r in requests), np.int64, count)
    sound = [type(r.amount_minor) is int and 0 < r.amount_minor <= AMOUNT_MAX for r in requests]
    amount = np.fromiter(
        (r.amount_minor if ok else 0 for r, ok in zip(requests, sound, strict=True)),
        np.int64,
        count,
    )
    plainly = ~np.fromiter(sound, np.bool_, count)
    plainly |= (debit < 0) | (credit < 0) | (debit == credit)
    plainly |= np.fromiter((not r.plain for r in requests), np.bool_, count)
    if not all(sound):
        big = any(type(r.amount_minor) is int and r.amount_minor > AMOUNT_MAX for r in requests)
        if big:
            plainly[:] = True
    _mark_linked(requests, plainly)
    _mark_known(ids, known, plainly)
    _mark_days(requests, window, plainly)
    out = Columns(ids, debit, credit, amount, plainly)
    if not plainly.all():
        _mark_accounts(requests, accounts, out)
    return out


def _mark_linked(requests: Sequence[TransferRequest], plainly: Any) -> None:
    """The end of a linked set is not marked itself."""
    for n in [n for n, r in enumerate(requests) if r.linked]:
        plainly[n] = True
        if n + 1 < len(requests):
            plainly[n + 1] = True


def _mark_known(ids: list[bytes], known: set[bytes], plainly: Any) -> None:
    if len(set(ids)) < len(ids):
        twice = {id for id, times in Counter(ids).items() if times > 1}
        known = known | twice
    if known:
        plainly |= np.fromiter((id in known for id in ids), np.bool_, len(ids))


def _mark_days(requests: Sequence[TransferRequest], window: Window | None, plainly: Any) -> None:
    if window is None:
        return
    days = [(r.booked_on, r.value_on) for r in requests]
    outside = {day for day in set(days) if window.refusal(*day)}
    if outside:
        plainly |= np.fromiter((day in outside for day in days), np.bool_, len(days))


def _mark_accounts(requests: Sequence[TransferRequest], accounts: Accounts, out: Columns) -> None:
    plainly, debit, credit = out.plainly, out.debit, out.credit
    closed = accounts.status != 0
    bad = (accounts.limited != 0) | closed
    plainly |= (bad | accounts.no_debit)[debit] | (bad | accounts.no_credit)[credit]
    asked = [r.currency.encode() for r in requests]
    for currency in set(asked):
        other = accounts.currency != currency
        if other.any():
            mine = np.fromiter((a == currency for a in asked), np.bool_, len(asked))
            plainly |= mine & (other[debit] | other[credit])
    risky = _at_risk(requests, accounts, out)
    if risky.any():
        plainly |= risky[debit] | risky[credit]


def _at_risk(requests: Sequence[TransferRequest], accounts: Accounts, out: Columns) -> Any:
    """Accounts that some order of granting and refusing could bring beyond their bounds."""
    size = len(accounts)
    debits, credits = sums(out.debit, out.amount, size), sums(out.credit, out.amount, size)
    net = np.where(accounts.credit_normal, 1, -1) * (accounts.credits - accounts.debits)
    leaving = np.where(accounts.credit_normal, debits, credits)
    coming = np.where(accounts.credit_normal, credits, debits)
    held_out = np.where(accounts.credit_normal, accounts.held_debits, accounts.held_credits)
    held_in = np.where(accounts.credit_normal, accounts.held_credits, accounts.held_debits)
    risky = (accounts.debits > FAR) | (accounts.credits > FAR)
    risky |= (accounts.held_debits > FAR) | (accounts.held_credits > FAR)
    bounded = (accounts.floor != NO_FLOOR) & (leaving > 0)
    risky |= bounded & (net - held_out - leaving < accounts.floor)
    capped = (accounts.ceiling != NO_CEILING) & (coming > 0)
    risky |= capped & (net + held_in + coming > accounts.ceiling)
    # How much "as much as possible" is hangs on all that came before it.
    for request in (r for r in requests if r.up_to):
        for id in (request.debit_account_id.bytes, request.credit_account_id.bytes):
            if (at := accounts.at.get(id)) is not None:
                risky[at] = True
    return risky


def sums(at: Any, amount: Any, size: int) -> Any:
    """The sum of the amounts by account, exact in 64 bits; what is nowhere is left out."""
    there = at >= 0
    order = np.argsort(at[there], kind="stable")
    where, amounts = at[there][order], amount[there][order]
    out = np.zeros(size, dtype=np.int64)
    if len(where):
        starts = np.flatnonzero(np.r_[True, where[1:] != where[:-1]])
        out[where[starts]] = np.add.reduceat(amounts, starts)
    return out
