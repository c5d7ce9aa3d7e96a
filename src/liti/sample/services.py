"""Brings the sample bank in, step by step; each step can be repeated and changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from liti.accounts import services as accounts
from liti.core import params
from liti.core.authority import command
from liti.core.clock import local_date, set_business_date
from liti.core.errors import Conflict
from liti.core.ids import uuid7_at
from liti.core.params import set_parameter
from liti.lending import queries as lending_queries
from liti.lending import services as lending
from liti.parties import queries as parties_queries
from liti.parties import services as parties
from liti.payments import services as payments
from liti.sample import names, source
from liti.sample.booking import end_day as end_day
from liti.sample.booking import everyday as everyday
from liti.sample.booking import import_books as import_books
from liti.sample.booking import post_day as post_day
from liti.sample.booking import simulate as simulate
from liti.sample.books.counter import order_kind
from liti.sample.models import SampleBank
from liti.sample.online import online_accounts as online_accounts
from liti.sample.online import open_online as open_online
from liti.sample.online import pan as pan
from liti.sample.people.identity import EXTRA_FROM, SEED
from liti.sample.queries import SampleView, sample_bank
from liti.sample.scope import account_ids, lowest_balances, scope
from liti.sample.simulate.lives import order_day

# The last days of the demonstration are closed as a bank closes them; fewer of a large one.
CLOSED_DAYS, CLOSED_DAYS_OF_MANY, MANY = 30, 7, 10_000
# So many a day that the plan of a month is spread over it, for the real bank's 5,369 customers.
CONTACTS_A_DAY = {"phone": 20, "sms": 40, "push": 45}
LOAN_STATUS = {"A": "settled", "B": "ended_unpaid", "C": "running", "D": "in_arrears"}


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
    for channel, contacts in CONTACTS_A_DAY.items():
        share = contacts * wanted // len(source.clients())
        set_parameter("outreach.capacity", max(1, share), found.closed_from, channel)
    set_business_date(found.closed_from)
    return found


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
            parties.NewRelation(
                party_of[user], party_of[found.owner_of[a.id]], "co_holder", a.opened_on + shift
            )
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
    """Put the source's contracts on the books, with schedule and pay-out.

    The source states what is paid back each month and for how long, and no interest: what was
    lent is what these instalments pay back at the rate that the sample assumes.
    """
    ids, found, party_of = account_ids(sample), scope(sample), _clients_parties()
    shift = timedelta(days=sample.shift_days)
    rate = Decimal(str(params.get("sample.loan_rate_annual")))
    new = [
        lending.NewContract(
            id=names.loan_id(loan.id, loan.signed_on),
            number=f"L{loan.id:06d}",
            account_id=ids[loan.account_id],
            party_id=party_of[found.owner_of[loan.account_id]],
            principal_minor=lending.principal_of(loan.instalment_minor, loan.months, rate),
            instalment_minor=loan.instalment_minor,
            months=loan.months,
            signed_on=loan.signed_on + shift,
            status=_status(loan, shift, sample.closed_from),
            origin="recorded",
            rate_annual=rate,
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


def _clients_parties() -> dict[int, UUID]:
    """Client of the source → the party that it became (by the retail record)."""
    found = parties_queries.party_by_source("retail")
    return {int(key[1:]): party for key, party in found.items() if key[1:].isdigit()}
