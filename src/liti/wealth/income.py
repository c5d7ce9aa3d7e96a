"""What funds earn or lose: yields as reported, a day's income on what was held that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from liti.core.authority import command
from liti.core.clock import business_date
from liti.core.errors import Refused
from liti.core.events import emit
from liti.core.roles import roles
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.wealth import events, rules
from liti.wealth.lookup import fund_of, transfer_id
from liti.wealth.models import Fund, FundYield, IncomeRun


@dataclass(frozen=True, slots=True)
class IncomeReport:
    """A day's distribution over all funds; `replayed` funds had it before."""

    on: date
    funds: int
    replayed: int
    holdings: int
    income_minor: int


@command(system=("approvals", "demo", "database"))
@transaction.atomic
def record_yields(fund_code: str, yields: dict[date, str], *, origin: str = "simulated") -> int:
    """Take in what a fund reported (yuan on 10,000 shares by day); returns how many are new
    or other than before.

    A yield that is not paid yet can be reported again with another value. Raises Refused
    `wealth.yield_paid` for a paid day with another value; nothing is taken in then.
    """
    fund = Fund.objects.select_for_update().get(id=fund_of(fund_code).id)
    given = {on: rules.parse_yield(text) for on, text in yields.items()}
    known = dict(
        FundYield.objects.filter(fund=fund, on__in=list(given)).values_list(
            "on", "income_per_10000"
        )
    )
    fresh = {on: value for on, value in given.items() if known.get(on) != value}
    paid = IncomeRun.objects.filter(fund=fund, on__in=list(fresh)).order_by("on").first()
    if paid:
        raise Refused(
            "wealth.yield_paid",
            _("Income of %(fund)s for %(day)s is paid at %(value)s on 10,000 shares.")
            % {"fund": fund.code, "day": paid.on, "value": known.get(paid.on)},
            remedy=_("What was paid wrongly is put right by a transfer of its own."),
        )
    FundYield.objects.bulk_create(
        [
            FundYield(fund=fund, on=on, income_per_10000=value, origin=origin)
            for on, value in fresh.items()
        ],
        update_conflicts=True,
        unique_fields=["fund", "on"],
        update_fields=["income_per_10000", "origin"],
    )
    return len(fresh)


@command(staff=roles("finance_officer"), system=("wealth", "demo", "day"))
@transaction.atomic
def distribute_income(on: date) -> IncomeReport:
    """Pay the income of one natural day on confirmed shares, reinvested, for all funds.

    Set-based and once a day: a repeated call changes nothing. A yield that comes late is paid
    on what was held on its own day; what it adds earns from its payment on. Parts of a cent
    are carried in the order of paying. Holidays earn too: a fund reports each natural day. A day
    of loss takes shares, never more than a holding has left; the fund bears the rest.
    """
    rows = list(FundYield.objects.filter(on=on).select_related("fund").order_by("fund__code"))
    runs = [_distribute(row) for row in rows]
    fresh = [run for run, is_new in runs if is_new]
    return IncomeReport(
        on=on,
        funds=len(rows),
        replayed=len(rows) - len(fresh),
        holdings=sum(run.holdings for run, _new in runs),
        income_minor=sum(run.income_minor for run, _new in runs),
    )


@command(staff=roles("finance_officer"), system=("wealth", "demo", "day"))
@transaction.atomic
def distribute_due(on: date) -> IncomeReport | None:
    """Pay the oldest day up to `on` whose yield is known and not paid, a late one too; None
    when nothing is left."""
    due = FundYield.objects.filter(on__lte=on).exclude(
        Exists(IncomeRun.objects.filter(fund=OuterRef("fund"), on=OuterRef("on")))
    )
    oldest = due.order_by("on").values_list("on", flat=True).first()
    return distribute_income(oldest) if oldest else None


_DISTRIBUTE = """
WITH earning AS (
    SELECT h.id, h.remainder_minor, h.shares_minor
      - coalesce(sum(m.amount_minor) FILTER (
            WHERE m.kind = 'subscribe' AND m.confirmed_on > %(on)s), 0)
      + coalesce(sum(m.amount_minor) FILTER (
            WHERE m.kind = 'cancel' AND m.confirmed_on > %(on)s), 0)
      + coalesce(sum(m.amount_minor) FILTER (
            WHERE m.kind = 'redeem' AND m.booked_on > %(on)s), 0)
      - coalesce((SELECT sum(i.income_minor) FROM wealth_income i
                  WHERE i.holding_id = h.id AND i."on" > %(on)s), 0) AS shares
    FROM wealth_holding h
    LEFT JOIN wealth_movement m ON m.holding_id = h.id AND m.confirmed_on > %(on)s
    WHERE h.fund_id = %(fund)s GROUP BY h.id
), left_over AS (  -- what is confirmed and still there: a loss takes no more
    SELECT h.id, h.shares_minor - coalesce(sum(CASE m.kind WHEN 'subscribe' THEN m.amount_minor
               WHEN 'cancel' THEN -m.amount_minor END), 0) AS minor
    FROM wealth_holding h
    LEFT JOIN wealth_movement m ON m.holding_id = h.id AND m.confirmed_on > %(today)s
    WHERE h.fund_id = %(fund)s GROUP BY h.id
), exact AS (
    SELECT e.id, e.shares, greatest(l.minor, 0) AS left_minor,
           e.shares * %(rate)s::numeric / 10000 + e.remainder_minor AS minor
    FROM earning e JOIN left_over l ON l.id = e.id WHERE e.shares > 0
), cut AS (
    SELECT id, shares, minor, left_minor, greatest(floor(minor), -left_minor)::bigint AS income
    FROM exact
), paid AS (
    INSERT INTO wealth_income
           (holding_id, "on", earning_minor, income_minor, remainder_minor, borne_minor)
    SELECT id, %(on)s, shares, income,
           CASE WHEN floor(minor) < -left_minor THEN 0 ELSE minor - floor(minor) END,
           income - floor(minor)::bigint FROM cut
    RETURNING holding_id, income_minor, remainder_minor
), grown AS (
    UPDATE wealth_holding h SET shares_minor = h.shares_minor + p.income_minor,
           remainder_minor = p.remainder_minor
    FROM paid p WHERE h.id = p.holding_id RETURNING p.income_minor
)
SELECT count(*), coalesce(sum(income_minor), 0)::bigint FROM grown
"""


def _distribute(row: FundYield) -> tuple[IncomeRun, bool]:
    fund = Fund.objects.select_for_update().get(id=row.fund_id)
    if done := IncomeRun.objects.filter(fund=fund, on=row.on).first():
        return done, False
    with connection.cursor() as cursor:
        # Holdings in the order of their ids, so that a redemption and this never deadlock.
        cursor.execute(
            "SELECT 1 FROM wealth_holding WHERE fund_id = %s ORDER BY id FOR NO KEY UPDATE",
            [fund.id],
        )
        cursor.execute(
            _DISTRIBUTE,
            {
                "on": row.on,
                "today": max(row.on, business_date()),
                "fund": fund.id,
                "rate": row.income_per_10000,
            },
        )
        holdings, income_minor = cursor.fetchone()
    transfer_id = _post_income(fund, row.on, income_minor) if income_minor else None
    run = IncomeRun.objects.create(
        fund=fund, on=row.on, holdings=holdings, income_minor=income_minor, transfer_id=transfer_id
    )
    payload = {"fund_code": fund.code, "on": row.on.isoformat(), "income_minor": income_minor}
    emit(events.INCOME_DISTRIBUTED, f"fund:{fund.code}", payload)
    return run, True


def _post_income(fund: Fund, on: date, income_minor: int) -> UUID:
    """The fund owes the day's income, and the pool owes it to the customers; on a day of loss
    the customers' shares are worth less, and the fund owes less."""
    id = transfer_id(on, "income", fund.id)
    claim = internal_account(fund.claim_account_code)
    pool = internal_account(fund.pool_account_code)
    gained = income_minor > 0
    post_one(
        TransferRequest(
            id=id,
            debit_account_id=claim if gained else pool,
            credit_account_id=pool if gained else claim,
            amount_minor=abs(income_minor),
            kind="wealth.income" if gained else "wealth.loss",
            booked_on=max(on, business_date()),
            value_on=on,
            currency=fund.currency,
            narrative=fund.name_zh,
        )
    )
    return id
