"""A small bank in plain temporary tables that stand in for the rooms' faces."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection

from liti.core.bulk import copy_rows
from liti.core.ids import uuid7
from liti.insight.sources import Sources

ON = date(2026, 11, 19)
_TABLES = """
DROP TABLE IF EXISTS small_entries, small_accounts, small_holdings, small_parties,
  small_roles CASCADE;
CREATE TEMP TABLE small_entries (gl_code text DEFAULT '2011', account_id uuid, seq bigint,
  booked_on date, change_minor bigint,
  balance_after_minor bigint, kind text, origin text, counter_code text, transfer_id uuid);
CREATE TEMP TABLE small_accounts (account_id uuid, party_id uuid, account_class text,
  opened_on date, status text);
CREATE TEMP TABLE small_holdings (party_id uuid, category text, product_code text,
  opened_on date, amount_minor bigint);
CREATE TEMP TABLE small_parties (party_id uuid);
CREATE TEMP TABLE small_roles (party_id uuid, account_id uuid, role text, opened_on date);
CREATE TEMP VIEW small_entry_months AS
  SELECT gl_code, date_trunc('month', booked_on)::date AS month, count(*) AS entries
  FROM small_entries GROUP BY 1, 2;
"""
SOURCES = Sources(
    entries="small_entries",
    entry_months="small_entry_months",
    accounts="small_accounts",
    holdings=("small_holdings",),
    parties=("small_parties",),
    roles=("small_roles",),
)


@dataclass
class SmallBank:
    """Collects rows; `store` writes them."""

    entries: list[tuple] = field(default_factory=list)
    accounts: list[tuple] = field(default_factory=list)
    holdings: list[tuple] = field(default_factory=list)
    parties: list[UUID] = field(default_factory=list)
    roles: list[tuple] = field(default_factory=list)
    _balances: dict[UUID, tuple[int, int]] = field(default_factory=dict)

    def account(
        self, party_id: UUID, opened_on: date = date(2025, 1, 1), status: str = "active"
    ) -> UUID:
        account_id = uuid7()
        self.accounts.append((account_id, party_id, "II", opened_on, status))
        return account_id

    def entry(
        self,
        account_id: UUID,
        booked_on: date,
        change_minor: int,
        kind: str = "transfer",
        counter_code: str | None = "clearing.interbank",
    ) -> None:
        seq, balance = self._balances.get(account_id, (0, 0))
        self._balances[account_id] = (seq + 1, balance + change_minor)
        row = (account_id, seq + 1, booked_on, change_minor, balance + change_minor)
        self.entries.append((*row, kind, "simulated", counter_code, uuid7()))

    def holding(self, party_id: UUID, category: str, amount_minor: int = 0) -> None:
        self.holdings.append((party_id, category, category, date(2026, 1, 5), amount_minor))

    def role(self, party_id: UUID, account_id: UUID, role: str = "authorised_user") -> None:
        self.roles.append((party_id, account_id, role, date(2026, 1, 5)))

    def store(self) -> Sources:
        with connection.cursor() as cursor:
            cursor.execute(_TABLES)
        columns = "account_id seq booked_on change_minor balance_after_minor kind origin"
        copy_rows("small_entries", [*columns.split(), "counter_code", "transfer_id"], self.entries)
        columns = "account_id party_id account_class opened_on status"
        copy_rows("small_accounts", columns.split(), self.accounts)
        columns = "party_id category product_code opened_on amount_minor"
        copy_rows("small_holdings", columns.split(), self.holdings)
        copy_rows("small_parties", ["party_id"], [(party_id,) for party_id in self.parties])
        copy_rows("small_roles", ["party_id", "account_id", "role", "opened_on"], self.roles)
        return SOURCES
