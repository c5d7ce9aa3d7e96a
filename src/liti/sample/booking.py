"""Brings the real books in, carries them on, and posts the days that are lived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import batched

from liti.core.authority import command, open_to_all
from liti.core.bulk import copy_rows
from liti.core.errors import Conflict, LitiError
from liti.ledger import queries as ledger_queries
from liti.ledger import services as ledger
from liti.lending import queries as lending_queries
from liti.sample import source
from liti.sample.books.chain import Chained
from liti.sample.books.posting import Recorded, recorded
from liti.sample.online import online_accounts, online_transfers
from liti.sample.queries import SampleView
from liti.sample.scope import (
    account_ids,
    births,
    early_books,
    later_books,
    lowest_balances,
    shifted_accounts,
)
from liti.sample.simulate import treasury
from liti.sample.simulate.carry_on import Carried, carry_on
from liti.sample.simulate.everyday import Everyday
from liti.sample.simulate.lives import everybody
from liti.sample.simulate.rhythm import listen

BATCH = 8_000
DEPOSITS = "2011"
Progress = Callable[[int], None]
Books = dict[int, list[Chained]]


@command(system=("demo",))
def import_books(sample: SampleView, *, progress: Progress | None = None) -> int:
    """Post the recorded transactions of the first 15 months with their roundings, and keep
    what was recorded.

    Returns how many transfers that were. Raises Conflict naming the transaction when the
    ledger refuses one: nothing of its batch is posted then.
    """
    found = _recorded(sample, early_books())
    _keep_proofs(found)
    return _post_all(_first_months(sample, found, treasury.empty_position()), progress)


@command(system=("demo",))
def simulate(sample: SampleView, *, progress: Progress | None = None) -> int:
    """Carry the books on from where the real ones end to the first day that is closed.

    The 354 accounts of which the source shows later transactions live on them first.
    """
    shift = timedelta(days=sample.shift_days)
    all_books = early_books() | later_books()
    ids = account_ids(sample)
    mine = {number: rows for number, rows in all_books.items() if number in ids}
    real = _recorded(sample, later_books())
    _keep_proofs(real)
    carried = Carried(
        accounts=shifted_accounts(sample),
        ids=ids,
        born=births(sample),
        loans=lending_queries.loan_accounts(),
        floors={n: min(0, low) for n, low in lowest_balances().items()},
        shift=shift,
        begins=_recorded_until(sample) + timedelta(days=1),
        until=sample.closed_from - timedelta(days=1),
        yesterday=sample.business_date - timedelta(days=1),
        seed=sample.seed,
    )
    position = treasury.empty_position()
    for _transfer in _first_months(sample, _recorded(sample, early_books()), position):
        pass  # posted already; the position goes on from them
    rhythm = listen(all_books)
    online = online_transfers(sample, online_accounts(sample), carried.until, rhythm.monthly_rate)
    besides = sorted([*real.transfers, *online], key=lambda t: t.booked_on)
    made = carry_on(carried, mine, rhythm, besides)
    return _post_all(_with_treasury(sample, made, position, carried.until), progress)


@open_to_all("reads the sample's files")
def everyday(sample: SampleView) -> Everyday:
    """What the sample's people do on a day that the bank itself closes."""
    all_books = early_books() | later_books()
    shift = timedelta(days=sample.shift_days)
    return Everyday(
        everybody(shifted_accounts(sample), births(sample), shift),
        account_ids(sample),
        lending_queries.loan_accounts(),
        listen(all_books),
        sample.seed,
    )


@command(system=("demo",))
def post_day(movements: Sequence[ledger.TransferRequest]) -> int:
    """Post what people did on a day, as far as the money allows; returns how much of it.

    A batch that an earlier, broken run has posted is passed over whole.
    """
    posted = 0
    for batch in batched(movements, BATCH):
        known = ledger_queries.known_ids([t.id for t in batch])
        posted += len(known) or sum(r.ok for r in ledger.post(batch))
    return posted


@command(system=("demo",))
def end_day(on: date, accounts: int) -> int:
    """What the bank books for itself at the end of a day that is lived, from its ledger."""
    position = treasury.empty_position()
    position.own.update(ledger_queries.own_positions())
    position.deposits_minor = ledger_queries.subject_balance(DEPOSITS)
    position.accounts = accounts
    if treasury.is_month_end(on):
        loans = [key for keys in lending_queries.loan_accounts().values() for key in keys]
        owed = ledger_queries.balances([key.loan_account_id for key in loans])
        position.overdue_minor = treasury.Schedules(loans).overdue(owed, on)
    return post_day(treasury.evening(on, position, treasury.Assumed.on(on)))


def _recorded(sample: SampleView, books: Books) -> Recorded:
    ids = account_ids(sample)
    shift = timedelta(days=sample.shift_days)
    mine = [rows for number, rows in books.items() if number in ids]
    return recorded(mine, ids, lending_queries.loan_accounts(), shift)


def _first_months(
    sample: SampleView, found: Recorded, position: treasury.Position
) -> Iterator[ledger.TransferRequest]:
    """The recorded first months with the bank's own side; it begins with its capital."""
    if not found.transfers:
        return
    first = found.transfers[0].booked_on
    capital = treasury.Assumed.on(first).capital_minor * sample.customers // len(source.clients())
    yield from treasury.opening(first, capital, position.own)
    yield from _with_treasury(sample, found.transfers, position, _recorded_until(sample))


def _with_treasury(
    sample: SampleView,
    transfers: Iterable[ledger.TransferRequest],
    position: treasury.Position,
    until: date,
) -> Iterator[ledger.TransferRequest]:
    ids = account_ids(sample)
    opened = {ids[a.id]: a.opened_on for a in shifted_accounts(sample)}
    opened |= {a.id: a.opened_on for a in online_accounts(sample)}
    loans = [key for keys in lending_queries.loan_accounts().values() for key in keys]
    schedules = treasury.Schedules(loans)
    return treasury.with_treasury(transfers, position, opened, schedules, until=until)


def _recorded_until(sample: SampleView) -> date:
    """The last day of the first months, of which the source shows everything."""
    return max(row.day for row in source.transactions()) + timedelta(days=sample.shift_days)


def _keep_proofs(found: Recorded) -> None:
    copy_rows(
        "sample_recordedbalance",
        ["trans_id", "account_id", "transfer_id", "rounding_transfer_id", "balance_minor",
         "difference_minor"],
        found.proofs,
        on_conflict_do_nothing=True,
    )  # fmt: skip


def _post_all(transfers: Iterable[ledger.TransferRequest], progress: Progress | None) -> int:
    """Post in batches; one that an earlier, broken run has posted is passed over whole."""
    count, resuming = 0, True
    for batch in batched(transfers, BATCH):
        if resuming:
            resuming = batch[-1].id in ledger_queries.known_ids([batch[-1].id])
        if not resuming:
            try:
                ledger.post_history(batch, all_or_none=True)
            except LitiError as error:
                raise Conflict("sample.not_posted", f"The sample's books: {error}") from error
        count += len(batch)
        if progress:
            progress(len(batch))
    return count
