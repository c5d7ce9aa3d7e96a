"""What the data cloud reads: relations that the owning rooms give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from liti.accounts import relations as accounts
from liti.ledger import queries as ledger_queries
from liti.ledger import relations as ledger
from liti.lending import relations as lending
from liti.parties import relations as parties
from liti.wealth import relations as wealth

CUSTOMER_DEPOSITS = "2011"


@dataclass(frozen=True, slots=True)
class Sources:
    """Names of relations with documented columns.

    - `entries`: gl_code, account_id, seq, booked_on, change_minor, balance_after_minor, kind,
      origin, counter_code, transfer_id
    - `entry_months`: gl_code, month (its first day), entries (how many)
    - `accounts`: account_id, party_id, account_class, opened_on, status
    - `holdings` (each): party_id, category, product_code, opened_on, amount_minor; one row a
      product held now; categories card, loan, wealth
    - `roles`: party_id, account_id, role, opened_on; one row an account on which somebody acts
      who is not its owner
    - `parties`: party_id of everybody who is known, with an account or without

    Of the entries those of the subject `gl_code` are read; `entry_total` says cheaply how many
    there are.
    """

    entries: str
    entry_months: str
    accounts: str
    holdings: Sequence[str] = ()
    parties: Sequence[str] = ()
    roles: Sequence[str] = ()
    gl_code: str = CUSTOMER_DEPOSITS
    entry_total: Callable[[], int] | None = None


def house_sources() -> Sources:
    """The bank's own rooms."""
    return Sources(
        entries=ledger.POSTINGS.name,
        entry_months=ledger.POSTING_MONTHS.name,
        accounts=accounts.ACCOUNTS.name,
        holdings=(accounts.HOLDINGS.name, lending.HOLDINGS.name, wealth.HOLDINGS.name),
        parties=(parties.CUSTOMERS.name,),
        roles=(accounts.ROLES.name,),
        entry_total=lambda: ledger_queries.entry_total(CUSTOMER_DEPOSITS),
    )
