"""Brings the sample bank in, step by step; each step can be repeated and changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from liti.accounts import services as accounts
from liti.core.authority import command, open_to_all
from liti.core.bulk import copy_rows
from liti.core.clock import local_date, set_business_date
from liti.core.errors import Conflict, LitiError
from liti.core.ids import uuid7_at
from liti.ledger import queries as ledger_queries
from liti.ledger import services as ledger
from liti.lending import queries as lending_queries
from liti.lending import services as lending
from liti.parties import queries as parties_queries
from liti.parties import services as parties
from liti.payments import services as payments
from liti.sample import names, source
from liti.sample.books.chain import Chained, chain
from liti.sample.books.counter import kind_and_counter, order_kind
from liti.sample.models import SampleBank
from liti.sample.people.identity import EXTRA_FROM, SEED
from liti.sample.queries import SampleView, sample_bank
from liti.sample.simulate.carry_on import Carried, cards_of, carry_on, order_day
from liti.sample.simulate.everyday import Everyday
from liti.sample.simulate.rhythm import listen

BATCH = 8_000
# The last days of the demonstration are closed as a bank closes them; fewer of a large one.
CLOSED_DAYS, CLOSED_DAYS_OF_MANY, MANY = 30, 7, 10_000
Progress = Callable[[int], None]
LOAN_STATUS = {"A": "settled", "B": "ended_unpaid", "C": "running", "D": "in_arrears"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which accounts and holders of the books belong to the sample's customers."""

    accounts: tuple[source.Account, ...]
    owner_of: dict[int, int]
    users_of: dict[int, tuple[int, ...]]


@command(system=("demo",))
def prepare(
    *, customers: int | None = None, days: int | None = None, seed: int = SEED
) -> SampleView:
    """Fix seed, size and shift of a new sample bank; an existing one keeps its own.

    Raises Conflict when the bank is there with another size.
    """
    wanted = customers or len(source.clients())
    if found := sample_bank():
        if customers is not None and found.customers != wanted:
            raise Conflict(
                "sample.other_size",
                f"The sample bank was made with {found.customers} customers, not {wanted}.",
                remedy="Remove it with `make clean`, or run without --customers.",
            )
        return found
    day = local_date()
    SampleBank.objects.create(
        seed=seed,
        customers=wanted,
        shift_days=names.shift_days(day),
        business_date=day,
        closed_days=days or (CLOSED_DAYS if wanted <= MANY else CLOSED_DAYS_OF_MANY),
    )
    found = sample_bank()
    assert found is not None
    set_business_date(found.closed_from)
    return found


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


@command(system=("demo",))
def import_accounts(sample: SampleView) -> int:
    """Open the accounts for the parties that the clients became; returns how many there are.

    Class I: they are the real bank's full accounts. An overdraft is agreed only where the
    source itself shows a balance below zero, as deep as the deepest one.
    """
    found = scope(sample)
    party_of = _clients_parties()
    deepest = lowest_balances()
    shift = timedelta(days=sample.shift_days)
    accounts.open_accounts(
        [
            accounts.NewElectronicAccount(
                id=names.account_id(a.id, a.opened_on),
                number=names.account_number(a.id),
                party_id=party_of[found.owner_of[a.id]],
                account_class="I",
                opened_on=a.opened_on + shift,
                overdraft_minor=max(0, -deepest.get(a.id, 0)),
                statement_cycle=a.cycle,
                co_holders=[party_of[c] for c in found.users_of.get(a.id, ())],
                origin="recorded" if a.id < EXTRA_FROM else "simulated",
            )
            for a in found.accounts
        ]
    )
    parties.relate_many(
        [
            (party_of[user], party_of[found.owner_of[a.id]], "co_holder", a.opened_on + shift)
            for a in found.accounts
            for user in found.users_of.get(a.id, ())
            if party_of[user] != party_of[found.owner_of[a.id]]
        ]
    )
    return len(found.accounts)


@command(system=("demo",))
def import_cards(sample: SampleView) -> int:
    """Put the source's cards on file."""
    ids, party_of = account_ids(sample), _clients_parties()
    holder_of = {h.id: h for h in source.holders()}
    shift = timedelta(days=sample.shift_days)
    new = []
    for card in source.cards():
        holder = holder_of[card.holder_id]
        if holder.account_id in ids and holder.client_id in party_of:
            new.append(
                accounts.NewIssuedCard(
                    id=uuid7_at(names.at(card.issued_on), "sample.card", card.id),
                    reference=f"C{card.id:06d}",
                    account_id=ids[holder.account_id],
                    party_id=party_of[holder.client_id],
                    kind=card.kind,
                    issued_on=card.issued_on + shift,
                    origin="recorded",
                )
            )
    accounts.issue_cards(new)
    return len(new)


@command(system=("demo",))
def import_loans(sample: SampleView) -> int:
    """Put the source's contracts on the books, with schedule and pay-out."""
    ids, found, party_of = account_ids(sample), scope(sample), _clients_parties()
    shift = timedelta(days=sample.shift_days)
    new = [
        lending.NewContract(
            id=names.loan_id(loan.id, loan.signed_on),
            number=f"L{loan.id:06d}",
            account_id=ids[loan.account_id],
            party_id=party_of[found.owner_of[loan.account_id]],
            principal_minor=loan.principal_minor,
            instalment_minor=loan.instalment_minor,
            months=loan.months,
            signed_on=loan.signed_on + shift,
            status=_status(loan, shift, sample.closed_from),
            origin="recorded",
        )
        for loan in source.loans()
        if loan.account_id in ids
    ]
    lending.open_contracts(new)
    return len(new)


def _status(loan: source.Loan, shift: timedelta, closed_from: date) -> str:
    """A loan that ends within the days that the bank closes is still running before them."""
    last_due = lending_queries.last_due_on(loan.signed_on + shift, loan.months)
    status = LOAN_STATUS[loan.status]
    return "running" if status == "settled" and last_due >= closed_from else status


@command(system=("demo",))
def import_standing_orders(sample: SampleView) -> int:
    """Put the source's standing orders on file."""
    ids = account_ids(sample)
    new = [
        payments.NewStandingOrder(
            id=uuid7_at(names.at(source.LAST_DAY), "sample.order", order.id),
            reference=f"O{order.id:06d}",
            account_id=ids[order.account_id],
            bank_to=order.bank_to,
            account_to=order.account_to,
            amount_minor=order.amount_minor,
            kind=order_kind(order.symbol),
            origin="recorded",
            day_of_month=order_day(sample.seed, order.account_id),
        )
        for order in source.orders()
        # a loan's instalments are collected by its contract
        if order.account_id in ids and order.symbol != "UVER"
    ]
    payments.import_standing_orders(new)
    return len(new)


@open_to_all("reads the sample's files")
def chained_accounts(sample: SampleView | None = None) -> dict[int, list[Chained]]:
    """Every account's rows in the order of booking (of the sample's accounts, where given)."""
    kept = None if sample is None else {a.id for a in scope(sample).accounts}
    rows: dict[int, list[source.Row]] = defaultdict(list)
    for row in source.transactions():
        if kept is None or row.account_id in kept:
            rows[row.account_id].append(row)
    return {number: chain(found) for number, found in sorted(rows.items())}


@open_to_all("reads the sample's files")
def lowest_balances() -> dict[int, int]:
    """The lowest balance that the source shows for each account, in minor units."""
    lowest: dict[int, int] = {}
    for row in source.transactions():
        lowest[row.account_id] = min(row.balance_minor, lowest.get(row.account_id, 0))
    return lowest


@command(system=("demo",))
def import_books(sample: SampleView, *, progress: Progress | None = None) -> int:
    """Post the recorded transactions with their roundings, and keep what was recorded.

    Returns how many transfers that were. Raises Conflict naming the transaction when the
    ledger refuses one: nothing of its batch is posted then.
    """
    transfers, proofs = _recorded(sample)
    copy_rows(
        "sample_recordedbalance",
        ["trans_id", "account_id", "transfer_id", "rounding_transfer_id", "balance_minor",
         "difference_minor"],
        proofs,
        on_conflict_do_nothing=True,
    )  # fmt: skip
    return _post_all(_batches(transfers), progress)


@command(system=("demo",))
def simulate(sample: SampleView, *, progress: Progress | None = None) -> int:
    """Carry the books on from where the real ones end to the first day that is closed."""
    shift = timedelta(days=sample.shift_days)
    ids = account_ids(sample)
    carried = Carried(
        accounts=shifted_accounts(sample),
        ids=ids,
        loans=lending_queries.loan_accounts(),
        floors={n: min(0, low) for n, low in lowest_balances().items()},
        shift=shift,
        until=sample.closed_from - timedelta(days=1),
        yesterday=sample.business_date - timedelta(days=1),
        seed=sample.seed,
    )
    return _post_all(carry_on(carried, chained_accounts(sample), BATCH), progress)


@open_to_all("reads the sample's files")
def shifted_accounts(sample: SampleView) -> list[source.Account]:
    """The sample's accounts with their opening in the bank's time."""
    shift = timedelta(days=sample.shift_days)
    return [replace(a, opened_on=a.opened_on + shift) for a in scope(sample).accounts]


@open_to_all("reads the sample's files")
def everyday(sample: SampleView) -> Everyday:
    """What the sample's people do on a day that the bank itself closes."""
    return Everyday(
        shifted_accounts(sample),
        account_ids(sample),
        listen(chained_accounts(sample)),
        cards_of(timedelta(days=sample.shift_days)),
        sample.seed,
    )


@command(system=("demo",))
def post_day(movements: Sequence[ledger.TransferRequest]) -> int:
    """Post what people did on a day, as far as the money allows; returns how much of it.

    A batch that an earlier, broken run has posted is passed over whole.
    """
    posted = 0
    for batch in _batches(movements):
        known = ledger_queries.known_ids([t.id for t in batch])
        posted += len(known) or sum(r.ok for r in ledger.post(batch))
    return posted


def _recorded(
    sample: SampleView,
) -> tuple[list[ledger.TransferRequest], list[tuple[object, ...]]]:
    ids, shift = account_ids(sample), timedelta(days=sample.shift_days)
    loans = lending_queries.loan_accounts()
    rows = [c for found in chained_accounts(sample).values() for c in found]
    rows.sort(key=lambda c: c.row.day)  # stable: within a day each account keeps its order
    transfers: list[ledger.TransferRequest] = []
    proofs: list[tuple[object, ...]] = []
    place, today = 0, date.min
    for chained in rows:
        row = chained.row
        place, today = (place + 1, today) if row.day == today else (0, row.day)
        account, booked_on = ids[row.account_id], row.day + shift
        kind, code = kind_and_counter(row)
        counter = ledger_queries.internal_account(code)
        if kind == "loan_instalment":
            running = [k for k in loans.get(account, ()) if k.signed_on < booked_on]
            counter = running[-1].loan_account_id if running else counter
        moment = names.at(booked_on, place * 2)
        main = uuid7_at(moment, "berka", row.id)
        transfers.append(
            _transfer(main, account, counter, row.change_minor, kind, booked_on, f"T{row.id}")
        )
        extra: UUID | None = None
        if chained.difference_minor:
            extra = uuid7_at(names.at(booked_on, place * 2 + 1), "berka.rounding", row.id)
            rounding = ledger_queries.internal_account("rounding")
            change, note = chained.difference_minor, f"T{row.id}"
            transfers.append(
                _transfer(extra, account, rounding, change, "rounding", booked_on, note)
            )
        proofs.append((row.id, account, main, extra, row.balance_minor, chained.difference_minor))
    return transfers, proofs


def _transfer(
    id: UUID, account: UUID, counter: UUID, change_minor: int, kind: str, day: date, note: str
) -> ledger.TransferRequest:
    money_in = change_minor > 0
    return ledger.TransferRequest(
        id=id,
        debit_account_id=counter if money_in else account,
        credit_account_id=account if money_in else counter,
        amount_minor=abs(change_minor),
        kind=kind,
        booked_on=day,
        narrative=note,
        origin="recorded",
    )


def _batches(
    transfers: Sequence[ledger.TransferRequest],
) -> Iterator[list[ledger.TransferRequest]]:
    for start in range(0, len(transfers), BATCH):
        yield list(transfers[start : start + BATCH])


def _post_all(batches: Iterable[list[ledger.TransferRequest]], progress: Progress | None) -> int:
    """Post batches; one that an earlier, broken run has posted is passed over whole."""
    count, resuming = 0, True
    for batch in batches:
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


@open_to_all("reads the sample's files")
def account_ids(sample: SampleView) -> dict[int, UUID]:
    return {a.id: names.account_id(a.id, a.opened_on) for a in scope(sample).accounts}


def _clients_parties() -> dict[int, UUID]:
    """Client of the source → the party that it became (by the retail record)."""
    found = parties_queries.party_by_source("retail")
    return {int(key[1:]): party for key, party in found.items() if key[1:].isdigit()}
