"""Reads of the lending room. Amounts in minor units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, Min, QuerySet, Sum
from django.utils.translation import gettext as _

from liti.core.authority import BATCHES, Arguments, open_to_all, own, query
from liti.core.errors import InvalidInput, NotFound
from liti.core.listing import count_to, ordered
from liti.core.lookups import searched
from liti.core.money import BIGINT_MAX
from liti.core.roles import CUSTOMERS, LEDGER
from liti.ledger import queries as ledger
from liti.lending import rules
from liti.lending.models import Collection, Contract, ScheduleLine
from liti.lending.rules import CollectionState
from liti.lending.rules import ContractStatus as ContractStatus
from liti.parties import queries as parties

MONTHS_MAX = 480
CONTRACT_ORDERS = {
    name: name
    for name in ("number", "signed_on", "months", "principal_minor", "instalment_minor", "status")
}
WHOLE_MIN = 5  # shorter, and it is no whole number of a contract


@dataclass(frozen=True, slots=True)
class ContractView:
    """A loan with what is still owed."""

    id: UUID
    number: str
    party_id: UUID
    account_id: UUID
    loan_account_id: UUID
    principal_minor: int
    instalment_minor: int
    months: int
    signed_on: date
    status: str
    outstanding_minor: int


@dataclass(frozen=True, slots=True)
class LineView:
    """One instalment; `paid_minor` is what the repayments so far cover of it."""

    period: int
    due_on: date
    amount_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class LoanKey:
    """Where an instalment of an electronic account belongs, from a day on, and what is due
    when: (due_on, principal, interest) of each period, in minor units."""

    number: str
    signed_on: date
    loan_account_id: UUID
    principal_minor: int
    instalment_minor: int
    months: int
    status: str
    due: tuple[tuple[date, int, int], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a loan would cost: its schedule and the rates that must be shown with it."""

    lines: list[LineView]
    interest_minor: int
    rate_simple: Decimal
    rate_compound: Decimal


@open_to_all("arithmetic")
def quote(
    principal_minor: int, rate_annual: Decimal, months: int, method: str, signed_on: date
) -> Quote:
    """The schedule of a loan as it would be signed. Raises InvalidInput."""
    if method not in set(rules.Method):
        raise InvalidInput(
            "lending.unknown_method",
            _("There is no method %(name)s.") % {"name": method},
            remedy=_("Choose one of: %(names)s.") % {"names": ", ".join(rules.Method)},
        )
    sound = type(principal_minor) is int and 0 < principal_minor <= BIGINT_MAX
    if not sound or not 0 < months <= MONTHS_MAX or not 0 <= rate_annual <= 1:
        raise InvalidInput(
            "lending.bad_terms",
            _(
                "A loan is quoted on a principal above zero over 1 to %(max)d months,"
                " at a rate from 0 to 1."
            )
            % {"max": MONTHS_MAX},
        )
    plan = rules.schedule(principal_minor, rate_annual, months, signed_on, rules.Method(method))
    simple, compound = rules.annual_rates(principal_minor, [line.amount_minor for line in plan])
    lines = [LineView(line.period, line.due_on, line.amount_minor, 0) for line in plan]
    return Quote(lines, sum(line.interest_minor for line in plan), simple, compound)


def _borrower(arguments: Arguments) -> Set[UUID]:
    """The borrower of a contract (`contract_id`)."""
    rows = Contract.objects.filter(id=arguments["contract_id"])
    return set(rows.values_list("party_id", flat=True))


@query(staff=CUSTOMERS | LEDGER, customer=own("party_id"), system=BATCHES)
def contracts_of(party_id: UUID) -> list[ContractView]:
    """Contracts of a party, newest first."""
    rows = list(Contract.objects.filter(party_id=parties.living(party_id)).order_by("-signed_on"))
    owed = ledger.balances([c.loan_account_id for c in rows])
    return [_view(c, owed.get(c.loan_account_id, 0)) for c in rows]


@query(staff=CUSTOMERS | LEDGER, customer=_borrower, system=BATCHES)
def contract(contract_id: UUID) -> ContractView:
    """One contract. Raises NotFound."""
    row = Contract.objects.filter(id=contract_id).first()
    if row is None:
        raise NotFound("lending.unknown_contract", _("There is no such contract."))
    return _view(row, ledger.balance(row.loan_account_id))


@query(staff=CUSTOMERS | LEDGER, customer=_borrower, system=BATCHES)
def schedule(contract_id: UUID) -> list[LineView]:
    """The schedule, repayments counted against the oldest instalment first.

    Principal and interest are both paid to the loan's account, so what was paid is its turnover.
    """
    found = contract(contract_id)
    left = ledger.account(found.loan_account_id).credits_minor
    lines = []
    for row in ScheduleLine.objects.filter(contract_id=contract_id).order_by("period"):
        amount = row.principal_minor + row.interest_minor
        paid = min(left, amount)
        left -= paid
        lines.append(LineView(row.period, row.due_on, amount, paid))
    return lines


@query(staff=CUSTOMERS | LEDGER, customer=_borrower, system=BATCHES)
def annual_rates(contract_id: UUID) -> tuple[Decimal, Decimal]:
    """(simple, compound) annual rates of a contract as fractions, from all that is paid.

    Every display of a loan shows them (PBOC Announcement 2021 No. 3).
    """
    found = contract(contract_id)
    paid = ScheduleLine.objects.filter(contract_id=contract_id).order_by("period")
    sums = paid.values_list(F("principal_minor") + F("interest_minor"), flat=True)
    return rules.annual_rates(found.principal_minor, list(sums))


@query(staff=CUSTOMERS | LEDGER, system=BATCHES)
def find(number: str) -> ContractView:
    """A contract by its whole number; the search is logged. Raises NotFound, TooMany."""
    searched("contract", number.strip())
    row = Contract.objects.filter(number=number.strip()).first()
    if row is None:
        raise NotFound("lending.unknown_contract", _("There is no such contract."))
    return _view(row, ledger.balance(row.loan_account_id))


@query(staff=CUSTOMERS | LEDGER, system=BATCHES)
def find_contracts(text: str, limit: int = 20) -> list[ContractView]:
    """Contracts by their whole number, logged where the text can be one. Raises TooMany."""
    wanted = text.strip().upper()
    if len(wanted) < WHOLE_MIN or not any(map(str.isdigit, wanted)):
        return []
    searched("contract", wanted)
    rows = list(Contract.objects.filter(number=wanted)[:limit])
    owed = ledger.balances([c.loan_account_id for c in rows])
    return [_view(c, owed.get(c.loan_account_id, 0)) for c in rows]


@query(staff=CUSTOMERS | LEDGER, system=BATCHES)
def contracts(
    status: str = "", *, order: str = "", offset: int = 0, limit: int = 50
) -> list[ContractView]:
    """Contracts of a status or all, the latest signed first, or by one of CONTRACT_ORDERS.
    Raises InvalidInput for another."""
    rows = ordered(
        _of_status(status).order_by("-signed_on", "number"), order, CONTRACT_ORDERS, tie="number"
    )
    found = list(rows[offset : offset + min(limit, 500)])
    owed = ledger.balances([c.loan_account_id for c in found])
    return [_view(c, owed.get(c.loan_account_id, 0)) for c in found]


@query(staff=CUSTOMERS | LEDGER, system=BATCHES)
def count_contracts(status: str = "", *, most: int) -> int:
    """How many contracts of a status there are, counted up to `most`."""
    return count_to(_of_status(status), most)


@query(staff=CUSTOMERS | LEDGER, system=BATCHES)
def overdue_since() -> date | None:
    """The due date of the oldest instalment that a contract in arrears missed."""
    missed = Collection.objects.filter(
        contract__status=ContractStatus.IN_ARREARS, state=CollectionState.MISSED
    )
    found: date | None = missed.aggregate(oldest=Min("due_on"))["oldest"]
    return found


def _of_status(status: str) -> QuerySet[Contract]:
    return Contract.objects.filter(status=status) if status else Contract.objects.all()


@query(staff=CUSTOMERS | LEDGER, system=BATCHES)
def loan_account(account_id: UUID, on: date) -> UUID | None:
    """Where an instalment from an electronic account belongs on a day: its latest loan."""
    loans = Contract.objects.filter(account_id=account_id, signed_on__lte=on)
    return loans.order_by("-signed_on").values_list("loan_account_id", flat=True).first()


@query(staff=LEDGER, system=BATCHES)
def loan_accounts() -> dict[UUID, list[LoanKey]]:
    """For every electronic account its loans, oldest first (an importer's look-up)."""
    due: dict[UUID, list[tuple[date, int, int]]] = defaultdict(list)
    lines = ScheduleLine.objects.order_by("contract_id", "period")
    for contract_id, due_on, principal, interest in lines.values_list(
        "contract_id", "due_on", "principal_minor", "interest_minor"
    ):
        due[contract_id].append((due_on, principal, interest))
    found: dict[UUID, list[LoanKey]] = defaultdict(list)
    for c in Contract.objects.order_by("signed_on", "number"):
        found[c.account_id].append(
            LoanKey(
                c.number, c.signed_on, c.loan_account_id, c.principal_minor,
                c.instalment_minor, c.months, c.status, tuple(due[c.id]),
            )
        )  # fmt: skip
    return dict(found)


@open_to_all("arithmetic, no data")
def last_due_on(signed_on: date, months: int) -> date:
    """When the last instalment of a contract is due."""
    return rules.add_months(signed_on, months)


@query(staff=LEDGER, system=BATCHES)
def collected_on(on: date) -> dict[str, int]:
    """Figures of a day: instalments collected and missed on it, money in minor units."""
    tried = Collection.objects.filter(tried_on=on)
    paid = tried.filter(state="paid").aggregate(n=Count("*"), minor=Sum("amount_minor"))
    return {
        "lending.collected": paid["n"],
        "lending.collected_minor": int(paid["minor"] or 0),
        "lending.missed": tried.filter(state="missed").count(),
    }


@open_to_all("a number of the whole bank")
def count() -> int:
    """Contracts on file."""
    return Contract.objects.count()


def _view(row: Contract, outstanding_minor: int) -> ContractView:
    return ContractView(
        id=row.id,
        number=row.number,
        party_id=row.party_id,
        account_id=row.account_id,
        loan_account_id=row.loan_account_id,
        principal_minor=row.principal_minor,
        instalment_minor=row.instalment_minor,
        months=row.months,
        signed_on=row.signed_on,
        status=row.status,
        outstanding_minor=outstanding_minor,
    )
