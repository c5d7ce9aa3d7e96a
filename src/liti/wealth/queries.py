"""Reads of the wealth cloud. Amounts in minor units; a share is worth one yuan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Sum

from liti.accounts.queries import held_by
from liti.core import params
from liti.core.authority import BATCHES, open_to_all, own, query
from liti.core.clock import business_date
from liti.core.history import Revision, history
from liti.core.roles import CUSTOMERS, LEDGER, MARKET
from liti.ledger.queries import balance, internal_account
from liti.parties import queries as parties
from liti.wealth.models import Fund, FundYield, Holding, IncomeRun
from liti.wealth.rules import YIELD_DAYS, redeemable_today, seven_day_yield


@dataclass(frozen=True, slots=True)
class HoldingView:
    """A holding on the business date.

    `in_transit_minor` is bought but not confirmed; `redeemable_today_minor` is what goes
    out at once; `income_total_minor` is all income so far.
    """

    account_id: UUID
    party_id: UUID
    fund_code: str
    name_zh: str
    name_en: str
    currency: str
    shares_minor: int
    value_minor: int
    in_transit_minor: int
    redeemable_today_minor: int
    income_total_minor: int
    last_income_minor: int
    last_income_on: date | None


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One line of a holding's history; income is reinvested."""

    on: date
    kind: str
    amount_minor: int
    order_id: UUID | None
    transfer_id: UUID | None


@dataclass(frozen=True, slots=True)
class FundFigures:
    """A fund in the bank: holders, shares, and whether the pool in the books agrees."""

    code: str
    name_zh: str
    name_en: str
    holdings: int
    shares_minor: int
    pool_minor: int
    last_yield_on: date | None
    last_yield_per_10000: Decimal | None

    @property
    def agrees(self) -> bool:
        return self.shares_minor == self.pool_minor


@dataclass(frozen=True, slots=True)
class Published:
    """What a fund has published last: the income per 10,000 shares of a day, and the
    annualised yield of seven days up to it as a share of one (None where a day is missing)."""

    on: date
    per_10000: Decimal
    seven_day: Decimal | None


_HOLDINGS = """
SELECT h.account_id, h.party_id, f.code, f.name_zh, f.name_en, f.currency, h.shares_minor,
       coalesce(m.in_transit, 0), coalesce(r.redeemed, 0), coalesce(i.total, 0), l.income_minor,
       l."on"
FROM wealth_holding h JOIN wealth_fund f ON f.id = h.fund_id
LEFT JOIN LATERAL (
    SELECT sum(CASE kind WHEN 'subscribe' THEN amount_minor WHEN 'cancel' THEN -amount_minor END)
           AS in_transit
    FROM wealth_movement WHERE holding_id = h.id AND confirmed_on > %(on)s) m ON true
LEFT JOIN LATERAL (
    SELECT sum(x.amount_minor) AS redeemed
    FROM wealth_movement x JOIN wealth_holding o ON o.id = x.holding_id
    WHERE o.party_id = h.party_id AND o.fund_id = h.fund_id
      AND x.kind = 'redeem' AND x.booked_on = %(on)s) r ON true
LEFT JOIN LATERAL (
    SELECT sum(income_minor) AS total FROM wealth_income WHERE holding_id = h.id) i ON true
LEFT JOIN LATERAL (
    SELECT income_minor, "on" FROM wealth_income WHERE holding_id = h.id
    ORDER BY "on" DESC LIMIT 1) l ON true
"""


_OF_PARTY = _HOLDINGS + "WHERE h.party_id = parties_living(%(key)s) ORDER BY f.code, h.id"
_OF_ACCOUNT = _HOLDINGS + "WHERE h.account_id = %(key)s ORDER BY f.code, h.id"


@query(staff=CUSTOMERS | MARKET, customer=own("party_id"), system=BATCHES)
def holdings_of(party_id: UUID) -> list[HoldingView]:
    """All holdings of a customer."""
    return _holdings(_OF_PARTY, party_id)


@query(staff=CUSTOMERS | MARKET, customer=held_by("account_id"), system=BATCHES)
def holdings_of_account(account_id: UUID) -> list[HoldingView]:
    """The holdings bought from one account."""
    return _holdings(_OF_ACCOUNT, account_id)


@query(staff=CUSTOMERS | MARKET, customer=held_by("account_id"), system=BATCHES)
def movements_of_account(account_id: UUID, limit: int = 50) -> list[MovementLine]:
    """What moved the account's holdings, newest first, with each day's income."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM (SELECT m.booked_on AS day, m.kind, m.amount_minor, m.order_id,"
            " m.transfer_id FROM wealth_movement m JOIN wealth_holding h ON h.id = m.holding_id"
            " WHERE h.account_id = %(key)s UNION ALL"
            " SELECT i.\"on\", CASE WHEN i.income_minor > 0 THEN 'income' ELSE 'loss' END,"
            " i.income_minor, NULL, NULL FROM wealth_income i"
            " JOIN wealth_holding h ON h.id = i.holding_id WHERE h.account_id = %(key)s"
            " AND i.income_minor <> 0) lines ORDER BY day DESC, kind LIMIT %(limit)s",
            {"key": account_id, "limit": min(limit, 500)},
        )
        return [MovementLine(*row) for row in cursor.fetchall()]


@query(staff=CUSTOMERS | MARKET, system=BATCHES)
def values_of(party_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What each customer (the living id) holds in funds, in minor units; others are left out."""
    holding = set(parties.resolve(party_ids).values())
    rows = Holding.objects.filter(party_id__in=holding, shares_minor__gt=0)
    sums = rows.values("party_id").annotate(total=Sum("shares_minor"))
    return {row["party_id"]: row["total"] for row in sums}


@query(staff=LEDGER | MARKET, system=BATCHES)
def funds() -> list[FundFigures]:
    """Every fund with its holders and the agreement of its pool with the books."""
    found = []
    for fund in Fund.objects.order_by("code"):
        sums = Holding.objects.filter(fund=fund, shares_minor__gt=0).aggregate(
            n=Count("id"), total=Sum("shares_minor")
        )
        last = FundYield.objects.filter(fund=fund).order_by("-on").first()
        found.append(
            FundFigures(
                code=fund.code,
                name_zh=fund.name_zh,
                name_en=fund.name_en,
                holdings=sums["n"],
                shares_minor=sums["total"] or 0,
                pool_minor=balance(internal_account(fund.pool_account_code)),
                last_yield_on=last.on if last else None,
                last_yield_per_10000=last.income_per_10000 if last else None,
            )
        )
    return found


@open_to_all("what a fund has published")
def published_yield(fund_code: str) -> Published | None:
    """The newest published yield of a fund, or None."""
    rows = FundYield.objects.filter(fund__code=fund_code, on__lte=business_date())
    newest = list(rows.order_by("-on")[:YIELD_DAYS])
    if not newest:
        return None
    last = newest[0]
    whole = [last.on - timedelta(days=n) for n in range(YIELD_DAYS)] == [y.on for y in newest]
    incomes = [y.income_per_10000 for y in newest]
    return Published(last.on, last.income_per_10000, seven_day_yield(incomes) if whole else None)


@query(staff=LEDGER | MARKET, system=BATCHES)
def yield_history(fund_code: str) -> list[Revision]:
    """Who wrote which day's yield of a fund, newest first."""
    return history(FundYield, name=("on",), fund__code=fund_code)


@query(staff=LEDGER | MARKET, system=BATCHES)
def figures_on(on: date) -> dict[str, int]:
    """Figures of a day: held in funds now, and the day's income, in minor units."""
    held = Holding.objects.aggregate(total=Sum("shares_minor"))["total"]
    paid = IncomeRun.objects.filter(on=on).aggregate(total=Sum("income_minor"))["total"]
    return {"wealth.held_minor": int(held or 0), "wealth.income_minor": int(paid or 0)}


def _holdings(statement: str, key: UUID) -> list[HoldingView]:
    on = business_date()
    with connection.cursor() as cursor:
        cursor.execute(statement, {"on": on, "key": key})
        rows = cursor.fetchall()
    return [_view(row, on) for row in rows]


def _view(row: tuple[Any, ...], on: date) -> HoldingView:
    shares, transit, redeemed = int(row[6]), int(row[7]), int(row[8])
    limit_minor = params.get("wealth.t0.redeem_max_minor", on=on, scope=row[2])
    return HoldingView(
        account_id=row[0],
        party_id=row[1],
        fund_code=row[2],
        name_zh=row[3],
        name_en=row[4],
        currency=row[5],
        shares_minor=shares,
        value_minor=shares,
        in_transit_minor=transit,
        redeemable_today_minor=redeemable_today(shares - transit, redeemed, limit_minor),
        income_total_minor=int(row[9]),
        last_income_minor=int(row[10] or 0),
        last_income_on=row[11],
    )
