"""Reads of the ledger. Amounts are minor units; a balance has its account's normal sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from liti.core.authority import BATCHES, open_to_all, query, scope
from liti.core.errors import NotFound
from liti.core.listing import count_to, ordered
from liti.core.roles import LEDGER, STAFF
from liti.ledger.models import Account, Subject, Transfer
from liti.ledger.posting.reading import ORIGINS
from liti.ledger.reference import internal_account_id
from liti.ledger.trial import TrialBalance, TrialBalanceLine, trial_balance

__all__ = [
    "AccountView", "EntryView", "TransferView", "TrialBalance", "TrialBalanceLine", "account",
    "account_ids", "accounts", "available", "balance", "balance_on", "balances",
    "count_accounts", "currencies", "daily_sums", "entries", "entry_total", "internal_account",
    "known_ids", "subject_balance", "subjects", "totals", "transfer", "trial_balance",
]  # fmt: skip

PAGE_MAX = 500
ACCOUNT_ORDERS = {
    name: name for name in ("code", "name", "gl_code", "entry_count", "balance_minor", "status")
}


@dataclass(frozen=True, slots=True)
class AccountView:
    """A ledger account."""

    id: UUID
    code: str | None
    name: str
    gl_code: str
    currency: str
    normal_side: str
    status: str
    floor_minor: int | None
    debits_minor: int
    credits_minor: int
    balance_minor: int
    entry_count: int
    number: int = 0
    ceiling_minor: int | None = None
    held_out_minor: int = 0
    held_in_minor: int = 0
    no_debit: bool = False
    no_credit: bool = False


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of a statement; `change_minor` is positive when the balance rose."""

    seq: int
    transfer_id: UUID
    side: str
    amount_minor: int
    change_minor: int
    balance_after_minor: int
    booked_on: date
    value_on: date
    kind: str
    narrative: str
    origin: str
    counter_account_id: UUID
    counter_name: str


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer with both sides."""

    id: UUID
    amount_minor: int
    currency: str
    kind: str
    narrative: str
    origin: str
    booked_on: date
    value_on: date
    booked_at: datetime
    debit: AccountView
    credit: AccountView
    debit_seq: int
    credit_seq: int
    reverses_id: UUID | None = None
    hold_id: UUID | None = None
    reversed_minor: int = 0


_TRANSFER = """
SELECT t.id, t.debit_number, t.credit_number, t.debit_seq, t.credit_seq, t.amount_minor, k.name,
       t.booked_on, t.value_on, t.booked_at, t.origin, coalesce(d.narrative, ''), d.reverses_id,
       d.hold_id, coalesce((SELECT sum(r.amount_minor) FROM ledger_detail rd
           JOIN ledger_transfer r ON r.id = rd.transfer_id WHERE rd.reverses_id = t.id), 0)
FROM ledger_transfer t JOIN ledger_kind k ON k.code = t.kind_code
LEFT JOIN ledger_detail d ON d.transfer_id = t.id
WHERE t.id = %s
"""


@open_to_all("an id made from its code")
def internal_account(code: str) -> UUID:
    """The id of one of the bank's own accounts ("cash", "clearing.interbank", …)."""
    return internal_account_id(code)


@query(staff=LEDGER, client=scope("ledger:read"), system=BATCHES)
def account(account_id: UUID) -> AccountView:
    """One account. Raises NotFound."""
    row = Account.objects.filter(id=account_id).first()
    if row is None:
        raise NotFound(
            "ledger.unknown_account",
            _("There is no ledger account %(account)s.") % {"account": account_id},
        )
    return _account_view(row)


@query(staff=LEDGER, system=BATCHES)
def accounts(
    *, gl_code: str = "", text: str = "", order: str = "", offset: int = 0, limit: int = 50
) -> list[AccountView]:
    """Accounts by subject and by a part of code or name. Raises InvalidInput for an order
    that is none of ACCOUNT_ORDERS."""
    rows = ordered(_accounts(gl_code, text), order, ACCOUNT_ORDERS)
    return [_account_view(r) for r in rows[offset : offset + min(limit, PAGE_MAX)]]


@query(staff=LEDGER, system=BATCHES)
def count_accounts(*, gl_code: str = "", text: str = "", most: int = PAGE_MAX) -> int:
    """How many accounts `accounts` finds, counted to `most`."""
    return count_to(_accounts(gl_code, text), most)


def _accounts(gl_code: str, text: str) -> QuerySet[Account]:
    rows = Account.objects.order_by("gl_code", "code", "id")
    if gl_code:
        rows = rows.filter(gl_code=gl_code)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(code__icontains=text))
    return rows


@query(staff=LEDGER, system=BATCHES)
def own_accounts(text: str, limit: int = 20) -> list[AccountView]:
    """The bank's own accounts, which alone have a code, by a part of code or name."""
    rows = Account.objects.exclude(code=None)
    rows = rows.filter(name__icontains=text) | rows.filter(code__icontains=text)
    return [_account_view(r) for r in rows.order_by("code")[: min(limit, PAGE_MAX)]]


@query(staff=LEDGER, system=BATCHES)
def account_ids(gl_code: str) -> list[UUID]:
    """Ids of all accounts of a subject, in order."""
    return list(Account.objects.filter(gl_code=gl_code).order_by("id").values_list("id", flat=True))


@open_to_all("the chart of accounts")
def subjects() -> list[Subject]:
    """The chart of accounts (read-only rows)."""
    return list(Subject.objects.order_by("code"))


@query(staff=LEDGER, client=scope("ledger:read"), system=BATCHES)
def balance(account_id: UUID) -> int:
    """The balance now. Raises NotFound."""
    return account(account_id).balance_minor


@query(staff=LEDGER, system=BATCHES)
def balances(account_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Balances now; accounts that don't exist are left out."""
    rows = Account.objects.filter(id__in=list(account_ids))
    return dict(rows.values_list("id", "balance_minor"))


@query(staff=LEDGER, system=BATCHES)
def own_positions() -> dict[UUID, int]:
    """Debits less credits of each of the bank's own accounts, now, in minor units."""
    rows = Account.objects.exclude(code=None)
    return {
        id: debits - credits
        for id, debits, credits in rows.values_list("id", "debits_minor", "credits_minor")
    }


# What was booked late counts on its day: the running balances can't be asked.
_BALANCE_ON = """
SELECT a.balance_minor - coalesce((SELECT sum(e.change_minor) FROM ledger_entry e
    WHERE e.account_number = a.number AND e.booked_on > %s), 0)
FROM ledger_account a WHERE a.id = %s
"""


@query(staff=LEDGER, client=scope("ledger:read"), system=BATCHES)
def balance_on(account_id: UUID, on: date) -> int:
    """The balance at the end of a business date, by booking date."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE_ON, [on, account_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


_ENTRIES = """
SELECT e.seq, e.transfer_id, a.normal_side, t.amount_minor, e.change_minor,
       e.balance_after_minor, e.booked_on, t.value_on, k.name, coalesce(d.narrative, ''), t.origin,
       c.id, c.name
FROM ledger_account a
JOIN ledger_entry e ON e.account_number = a.number
JOIN ledger_transfer t ON t.id = e.transfer_id
JOIN ledger_kind k ON k.code = t.kind_code
JOIN ledger_account c ON c.number = CASE WHEN t.debit_number = a.number
     THEN t.credit_number ELSE t.debit_number END
LEFT JOIN ledger_detail d ON d.transfer_id = t.id
WHERE a.id = %s AND e.seq < %s ORDER BY e.seq DESC LIMIT %s
"""


@open_to_all("which currency an account is kept in")
def currencies(account_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The currency of each account."""
    return dict(Account.objects.filter(id__in=list(account_ids)).values_list("id", "currency"))


@query(staff=LEDGER, system=BATCHES)
def available(account_id: UUID) -> int | None:
    """What may leave the account now: down to its floor, less what is held; None where it has
    no floor."""
    row = Account.objects.filter(id=account_id).first()
    if row is None or row.floor_minor is None:
        return None
    return int(row.balance_minor - _outgoing(row) - row.floor_minor)


@open_to_all("a number of the whole bank")
def entry_total(gl_code: str) -> int:
    """How many entries all accounts of a subject have."""
    found = Account.objects.filter(gl_code=gl_code).aggregate(total=Sum("entry_count"))
    return int(found["total"] or 0)


@query(staff=LEDGER, system=BATCHES)
def subject_balance(gl_code: str) -> int:
    """What all accounts of a subject hold now, in their normal direction."""
    found = Account.objects.filter(gl_code=gl_code).aggregate(total=Sum("balance_minor"))
    return int(found["total"] or 0)


_DAILY = """
WITH mine AS (
    SELECT a.id, a.number, a.balance_minor FROM ledger_account a WHERE a.id = ANY(%(ids)s)
), later AS (
    SELECT mine.id AS account_id, e.booked_on AS day, sum(e.change_minor) AS change
    FROM ledger_entry e JOIN mine ON mine.number = e.account_number
    WHERE e.booked_on >= %(first)s GROUP BY mine.id, e.booked_on
), steps AS (
    SELECT m.id, %(first)s::date AS day, m.balance_minor - coalesce(sum(l.change), 0) AS change
    FROM mine m LEFT JOIN later l ON l.account_id = m.id GROUP BY m.id, m.balance_minor
    UNION ALL SELECT account_id, day, change FROM later WHERE day <= %(last)s
), days AS (
    SELECT id, day, sum(change) AS change FROM steps GROUP BY id, day
), held AS (
    SELECT id, sum(change) OVER (PARTITION BY id ORDER BY day) AS balance,
           lead(day, 1, %(last)s::date + 1) OVER (PARTITION BY id ORDER BY day) - day AS days
    FROM days
)
SELECT id, sum(greatest(balance, 0) * days)::bigint FROM held GROUP BY id
"""


@query(staff=LEDGER, system=BATCHES)
def daily_sums(account_ids: Sequence[UUID], first: date, last: date) -> dict[UUID, int]:
    """For each account the sum of its end-of-day balances from `first` to `last` (积数), in
    minor units × days; a balance below zero counts as none. By booking dates, so that what
    was booked late counts on its day."""
    with connection.cursor() as cursor:
        cursor.execute(_DAILY, {"ids": list(account_ids), "first": first, "last": last})
        return {id: int(total) for id, total in cursor.fetchall()}


@query(staff=LEDGER, client=scope("ledger:read"), system=BATCHES)
def entries(account_id: UUID, *, before_seq: int | None = None, limit: int = 50) -> list[EntryView]:
    """Entries, newest first; for the next page pass the last `seq` as `before_seq`."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [account_id, before_seq or 2**62, min(limit, PAGE_MAX)])
        return [
            EntryView(
                seq=r[0],
                transfer_id=r[1],
                side=r[2] if r[4] > 0 else ("credit" if r[2] == "debit" else "debit"),
                amount_minor=r[3],
                change_minor=r[4],
                balance_after_minor=r[5],
                booked_on=r[6],
                value_on=r[7],
                kind=r[8],
                narrative=r[9],
                origin=ORIGINS[r[10]],
                counter_account_id=r[11],
                counter_name=r[12],
            )
            for r in cursor.fetchall()
        ]


@query(staff=LEDGER, client=scope("ledger:read"), system=BATCHES)
def transfer(transfer_id: UUID) -> TransferView:
    """A transfer with both sides. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(_TRANSFER, [transfer_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(
            "ledger.unknown_transfer",
            _("There is no transfer %(transfer)s.") % {"transfer": transfer_id},
        )
    sides = {a.number: _account_view(a) for a in Account.objects.filter(number__in=row[1:3])}
    return TransferView(
        id=row[0], debit=sides[row[1]], credit=sides[row[2]], debit_seq=row[3],
        credit_seq=row[4], amount_minor=row[5], currency=sides[row[1]].currency, kind=row[6],
        booked_on=row[7], value_on=row[8], booked_at=row[9], origin=ORIGINS[row[10]],
        narrative=row[11], reverses_id=row[12], hold_id=row[13], reversed_minor=int(row[14]),
    )  # fmt: skip


@query(staff=LEDGER, system=BATCHES)
def known_ids(transfer_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these transfers are in the books."""
    rows = Transfer.objects.filter(id__in=list(transfer_ids))
    return set(rows.values_list("id", flat=True))


@query(staff=STAFF, system=BATCHES)
def totals() -> dict[str, int]:
    """How much there is: accounts, transfers by origin, entries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT origin, count(*) FROM ledger_transfer GROUP BY origin")
        by_origin = {ORIGINS[origin]: count for origin, count in cursor.fetchall()}
        cursor.execute("SELECT count(*), coalesce(sum(entry_count), 0) FROM ledger_account")
        accounts_count, entry_count = cursor.fetchone()
    return {
        "accounts": accounts_count,
        "entries": int(entry_count),
        "transfers": sum(by_origin.values()),
        **{f"transfers_{origin}": count for origin, count in by_origin.items()},
    }


def _account_view(row: Account) -> AccountView:
    return AccountView(
        id=row.id,
        code=row.code,
        name=row.name,
        gl_code=row.gl_code,
        currency=row.currency,
        normal_side=row.normal_side,
        status=row.status,
        floor_minor=row.floor_minor,
        debits_minor=row.debits_minor,
        credits_minor=row.credits_minor,
        balance_minor=row.balance_minor,
        entry_count=row.entry_count,
        number=row.number,
        ceiling_minor=row.ceiling_minor,
        held_out_minor=_outgoing(row),
        held_in_minor=row.held_debits_minor + row.held_credits_minor - _outgoing(row),
        no_debit=row.no_debit,
        no_credit=row.no_credit,
    )


def _outgoing(row: Account) -> int:
    return row.held_debits_minor if row.normal_side == "credit" else row.held_credits_minor
