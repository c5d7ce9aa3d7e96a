"""What this room gives the house: the sweep's engine, and what a holding forbids."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from liti.core import engines, params
from liti.core.checks import Checked, house_check
from liti.core.clock import business_date
from liti.core.texts import money_text
from liti.core.vetoes import Reason, veto
from liti.wealth.engine import SweepEngine
from liti.wealth.models import Holding, Movement
from liti.wealth.queries import funds

engines.register(SweepEngine())

# What was redeemed still earns for the days before; income of them comes with the day's end.
_INCOME_DUE = """
SELECT DISTINCT h.account_id, f.code
FROM wealth_movement m
JOIN wealth_holding h ON h.id = m.holding_id
JOIN wealth_fund f ON f.id = h.fund_id
WHERE h.account_id = ANY(%s) AND m.kind = 'redeem' AND h.shares_minor = 0
  AND m.booked_on > (SELECT max(r."on") + 1 FROM wealth_incomerun r WHERE r.fund_id = f.id)
"""

_ASTRAY = """
SELECT h.id, h.shares_minor, coalesce(m.minor, 0)::bigint + coalesce(i.minor, 0)::bigint
FROM wealth_holding h
LEFT JOIN (SELECT holding_id, sum(CASE kind WHEN 'subscribe' THEN amount_minor
                                  ELSE -amount_minor END) AS minor
           FROM wealth_movement GROUP BY 1) m ON m.holding_id = h.id
LEFT JOIN (SELECT holding_id, sum(income_minor) AS minor FROM wealth_income GROUP BY 1) i
     ON i.holding_id = h.id
WHERE h.shares_minor <> coalesce(m.minor, 0) + coalesce(i.minor, 0) ORDER BY h.id LIMIT 100
"""


@house_check("wealth.pools")
def pools() -> Checked:
    """Each fund's pool in the books is the sum of its holdings, after gains and losses; and each
    holding is what its movements and incomes make."""
    findings = [
        _("%(fund)s: the pool has %(pool)s, the holdings have %(held)s.")
        % {
            "fund": fund.code,
            "pool": money_text(fund.pool_minor),
            "held": money_text(fund.shares_minor),
        }
        for fund in funds()
        if not fund.agrees
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ASTRAY)
        findings += [
            _("Holding %(id)s: %(held)s are kept, %(made)s were made.")
            % {"id": id, "held": money_text(held), "made": money_text(made)}
            for id, held, made in cursor.fetchall()
        ]
        cursor.execute("SELECT count(*) FROM wealth_holding")
        count = cursor.fetchone()[0]
    return Checked(_("%(count)s holdings of funds.") % {"count": f"{count:,}"}, tuple(findings))


@veto("accounts.close")
def holds_a_fund(account_ids: Collection[UUID]) -> Iterable[Reason]:
    """Shares go back to the account that they were bought from, so it stays until they did."""
    rows = Holding.objects.filter(account_id__in=account_ids, shares_minor__gt=0)
    for row in rows.select_related("fund").order_by("account_id", "fund__code"):
        yield Reason(
            row.account_id,
            "wealth.holding",
            # The Chinese text takes name_zh.
            _("The account holds %(amount)s of %(name_en)s (%(code)s).")
            % {
                "amount": money_text(row.shares_minor, row.fund.currency),
                "name_en": row.fund.name_en,
                "name_zh": row.fund.name_zh,
                "code": row.fund.code,
            },
            _("Redeem it first."),
        )


@veto("accounts.close")
def income_is_due(account_ids: Collection[UUID]) -> Iterable[Reason]:
    """Income of the days before a redemption that no day's end has paid yet."""
    with connection.cursor() as cursor:
        cursor.execute(_INCOME_DUE, [list(account_ids)])
        rows = cursor.fetchall()
    for account_id, code in rows:
        yield Reason(
            account_id,
            "wealth.income_due",
            _("Income of fund %(code)s is still to be paid to the account.") % {"code": code},
            _("Close it after the next end of day."),
        )


@veto("parties.erase")
def fund_records(party_ids: Collection[UUID]) -> Iterable[Reason]:
    """A holding, or records of fund sales that the law keeps (证监会令第175号)."""
    on = business_date()
    held = Holding.objects.filter(party_id__in=party_ids, shares_minor__gt=0)
    holders = dict(held.values_list("party_id", "fund__code"))
    for party_id, code in holders.items():
        yield Reason(
            party_id,
            "wealth.holding",
            _("The customer holds fund %(code)s.") % {"code": code},
            _("Redeem it first."),
        )
    years = params.find("wealth.retention_years", on=on)
    if years is None:
        return
    moved = Movement.objects.filter(holding__party_id__in=party_ids)
    last = moved.values_list("holding__party_id").annotate(last=Max("booked_on"))
    for party_id, day in last.order_by("holding__party_id"):
        if party_id not in holders and (until := day + relativedelta(years=int(years))) > on:
            yield Reason(
                party_id,
                "wealth.keep_records",
                _("The records of fund sales are kept by law until %(day)s.") % {"day": until},
                _("Restrict the use of the data until then; the law asks for no more."),
            )
