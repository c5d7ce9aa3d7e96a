"""Which part of the real books a sample bank has, in the bank's own time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from liti.core.authority import open_to_all
from liti.sample import names, source
from liti.sample.books.chain import ROUNDING_MINOR, Chained, chain
from liti.sample.people.identity import EXTRA_FROM, base_clients
from liti.sample.queries import SampleView


@dataclass(frozen=True, slots=True)
class Scope:
    """Which accounts and holders of the books belong to the sample's customers."""

    accounts: tuple[source.Account, ...]
    owner_of: dict[int, int]
    users_of: dict[int, tuple[int, ...]]


@open_to_all("reads the sample's files")
def scope(sample: SampleView) -> Scope:
    """The accounts whose owner is among the sample's clients, and invented ones beyond."""
    clients = {c.id for c in source.clients()[: sample.customers]}
    owner_of = {h.account_id: h.client_id for h in source.holders() if h.owner}
    users: dict[int, list[int]] = defaultdict(list)
    for holder in source.holders():
        if not holder.owner and holder.client_id in clients:
            users[holder.account_id].append(holder.client_id)
    kept = [a for a in source.accounts() if owner_of[a.id] in clients]
    extra = sample.customers - len(source.clients())
    for n in range(max(0, extra)):
        like = source.accounts()[n * 7 % len(source.accounts())]
        number = EXTRA_FROM + n
        kept.append(source.Account(number, like.district_id, like.cycle, like.opened_on))
        owner_of[number] = number
    ids = {a.id for a in kept}
    return Scope(
        tuple(kept),
        {a: c for a, c in owner_of.items() if a in ids},
        {a: tuple(c) for a, c in users.items() if a in ids},
    )


@open_to_all("reads the sample's files")
def shifted_accounts(sample: SampleView) -> list[source.Account]:
    """The sample's accounts with their opening in the bank's time."""
    shift = timedelta(days=sample.shift_days)
    return [replace(a, opened_on=a.opened_on + shift) for a in scope(sample).accounts]


@open_to_all("reads the sample's files")
def births(sample: SampleView) -> dict[int, date]:
    """When the owner of each account was born, in the bank's time."""
    shift = timedelta(days=sample.shift_days)
    born = {c.id: c.birth_date + shift for c in base_clients(sample.customers, sample.seed)}
    return {account: born[owner] for account, owner in scope(sample).owner_of.items()}


@open_to_all("reads the sample's files")
def account_ids(sample: SampleView) -> dict[int, UUID]:
    """The ledger account of each account of the source."""
    return {a.id: names.account_id(a.id, a.opened_on) for a in scope(sample).accounts}


@open_to_all("reads the sample's files")
def chained_accounts(rows: Iterable[source.Row]) -> dict[int, list[Chained]]:
    """Every account's rows in the order of booking."""
    found: dict[int, list[source.Row]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(row)
    return {number: chain(mine) for number, mine in sorted(found.items())}


@cache
def early_books() -> dict[int, list[Chained]]:
    """The first 15 months of all accounts, in the order of booking."""
    return chained_accounts(source.transactions())


@cache
def later_books() -> dict[int, list[Chained]]:
    """The later rows of 354 other accounts, in the order of booking."""
    return chained_accounts(source.later_transactions())


@open_to_all("reads the sample's files")
def lowest_balances() -> dict[int, int]:
    """The lowest balance that the source shows for each account, in minor units; before a
    penalty is rounded it may be one step lower."""
    lowest: dict[int, int] = {}
    for row in (*source.transactions(), *source.later_transactions()):
        step = ROUNDING_MINOR if row.symbol == "SANKC. UROK" else 0
        lowest[row.account_id] = min(row.balance_minor - step, lowest.get(row.account_id, 0))
    return lowest
