"""What the data cloud reads, as SQL texts that the owning rooms give through their faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liti.accounts import queries as accounts
from liti.ledger import queries as ledger
from liti.lending import queries as lending
from liti.parties import queries as parties
from liti.wealth import queries as wealth

CUSTOMER_DEPOSITS = "2011"


@dataclass(frozen=True, slots=True)
class Sources:
    """SELECT texts with documented columns.

    - `entries`: account_id, seq, booked_on, change_minor, balance_after_minor, kind, origin,
      counter_code, transfer_id
    - `entry_months`: month (its first day), entries (how many)
    - `accounts`: account_id, party_id, account_class, opened_on, status
    - `holdings` (each): party_id, category, product_code, opened_on, amount_minor; one row a
      product held now; categories card, loan, wealth
    - `parties`: party_id of everybody who is known, with an account or without
    """

    entries: str
    entry_months: str
    accounts: str
    holdings: Sequence[str] = ()
    parties: Sequence[str] = ()


def house_sources() -> Sources:
    """The bank's own rooms."""
    return Sources(
        entries=ledger.export_entries_sql(CUSTOMER_DEPOSITS),
        entry_months=ledger.export_months_sql(CUSTOMER_DEPOSITS),
        accounts=accounts.export_accounts_sql(),
        holdings=(
            accounts.export_holdings_sql(),
            lending.export_holdings_sql(),
            wealth.export_holdings_sql(),
        ),
        parties=(parties.export_parties_sql(),),
    )
