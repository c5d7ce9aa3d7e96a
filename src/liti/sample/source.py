"""Reads the real bank's files: typed, exact, in their own time (1993–1998)."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import pyarrow.parquet as pq

from liti.core.money import to_minor

LAST_DAY = date(1998, 12, 31)


@dataclass(frozen=True, slots=True)
class Client:
    """A person: birth date and sex as the bank had them."""

    id: int
    birth_date: date
    sex: str
    district_id: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who may act on which account."""

    id: int
    client_id: int
    account_id: int
    owner: bool


@dataclass(frozen=True, slots=True)
class Account:
    """An account and how often its statement is written."""

    id: int
    district_id: int
    cycle: str
    opened_on: date


@dataclass(frozen=True, slots=True)
class Order:
    """A standing order to another bank."""

    id: int
    account_id: int
    bank_to: str
    account_to: str
    amount_minor: int
    symbol: str


@dataclass(frozen=True, slots=True)
class Loan:
    """A contract; status A–D as the source has it."""

    id: int
    account_id: int
    signed_on: date
    principal_minor: int
    months: int
    instalment_minor: int
    status: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card on a holder."""

    id: int
    holder_id: int
    kind: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Row:
    """One transaction with the balance that the bank wrote after it."""

    id: int
    account_id: int
    day: date
    direction: str
    operation: str
    symbol: str
    amount_minor: int
    balance_minor: int
    bank: str
    account_to: str

    @property
    def change_minor(self) -> int:
        return self.amount_minor if self.direction == "PRIJEM" else -self.amount_minor


CYCLES = {
    "POPLATEK MESICNE": "monthly",
    "POPLATEK TYDNE": "weekly",
    "POPLATEK PO OBRATU": "after_transaction",
}


@cache
def clients() -> tuple[Client, ...]:
    """All 5,369 clients, by id. Women are written with month + 50."""
    found = []
    for row in _rows("client"):
        text = row["birth_number"]
        month = int(text[2:4])
        born = date(1900 + int(text[:2]), month - 50 if month > 50 else month, int(text[4:6]))
        sex = "F" if month > 50 else "M"
        found.append(Client(int(row["client_id"]), born, sex, int(row["district_id"])))
    return tuple(sorted(found, key=lambda c: c.id))


@cache
def holders() -> tuple[Holder, ...]:
    """All 5,369 dispositions."""
    return tuple(
        Holder(int(r["disp_id"]), int(r["client_id"]), int(r["account_id"]), r["type"] == "OWNER")
        for r in _rows("disp")
    )


@cache
def accounts() -> tuple[Account, ...]:
    """All 4,500 accounts, by id."""
    found = [
        Account(
            int(r["account_id"]), int(r["district_id"]), CYCLES[r["frequency"]], day_of(r["date"])
        )
        for r in _rows("account")
    ]
    return tuple(sorted(found, key=lambda a: a.id))


@cache
def orders() -> tuple[Order, ...]:
    """All 6,471 standing orders."""
    return tuple(
        Order(
            int(r["order_id"]),
            int(r["account_id"]),
            r["bank_to"],
            r["account_to"],
            to_minor(r["amount"]),
            r["k_symbol"].strip(),
        )
        for r in _rows("order")
    )


@cache
def loans() -> tuple[Loan, ...]:
    """All 682 contracts."""
    return tuple(
        Loan(
            int(r["loan_id"]),
            int(r["account_id"]),
            day_of(r["date"]),
            to_minor(r["amount"]),
            int(r["duration"]),
            to_minor(r["payments"]),
            r["status"],
        )
        for r in _rows("loan")
    )


@cache
def cards() -> tuple[Card, ...]:
    """All 892 cards."""
    return tuple(
        Card(int(r["card_id"]), int(r["disp_id"]), r["type"], day_of(r["issued"][:6]))
        for r in _rows("card")
    )


@cache
def transactions() -> tuple[Row, ...]:
    """All 46,997 transactions, in the order of the file."""
    return tuple(
        Row(
            int(r["trans_id"]),
            int(r["account_id"]),
            day_of(r["date"]),
            r["type"],
            r["operation"],
            r["k_symbol"].strip(),
            to_minor(r["amount"]),
            to_minor(r["balance"]),
            r["bank"] or "",
            r["account"] or "",
        )
        for r in _rows("trans_1993-01-01_1994-03-30")
    )


_OPERATIONS = {
    "withdrawal in cash": "VYBER",
    "credit in cash": "VKLAD",
    "remittance to another bank": "PREVOD NA UCET",
    "collection from another bank": "PREVOD Z UCTU",
    "credit card withdrawal": "VYBER KARTOU",
}
_SYMBOLS = {
    "interest credited": "UROK",
    "payment for statement": "SLUZBY",
    "household": "SIPO",
    "insurrance payment": "POJISTNE",
    "sanction interest if negative balance": "SANKC. UROK",
}


@cache
def later_transactions() -> tuple[Row, ...]:
    """30,200 transactions of 354 accounts from their opening (1995 or later) until just before
    their loan, as released for a teaching competition; its words are put back into the bank's."""
    file = resources.files("liti.sample") / "data" / "berka" / "trans_loan_accounts_later.parquet"
    with resources.as_file(file) as path:
        rows = pq.read_table(path).to_pylist()
    return tuple(
        Row(
            int(r["trans_id"]),
            int(r["account_id"]),
            day_of(r["date"]),
            "PRIJEM" if r["type"] == "credit" else "VYDAJ",
            _OPERATIONS.get(r["operation"] or "", ""),
            _SYMBOLS.get(r["k_symbol"] or "", ""),
            to_minor(f"{r['amount']:.2f}"),
            to_minor(f"{r['balance']:.2f}"),
            r["bank"] or "",
            f"{r['account']:.0f}" if r["account"] else "",
        )
        for r in rows
    )


def day_of(text: str) -> date:
    """YYMMDD of the twentieth century."""
    return date(1900 + int(text[:2]), int(text[2:4]), int(text[4:6]))


def _rows(name: str) -> Iterator[dict[str, str]]:
    file = resources.files("liti.sample") / "data" / "berka" / f"{name}.csv.gz"
    text = gzip.decompress(file.read_bytes()).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text), delimiter=";")
