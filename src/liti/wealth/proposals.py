"""A fund's yield that a person enters or corrects goes before another person first."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import changes
from liti.core.approvals import Link
from liti.core.authority import command
from liti.core.changes import Dated, Field, Key, Values
from liti.core.clock import business_date
from liti.core.errors import InvalidInput, Refused
from liti.core.roles import roles
from liti.core.texts import money_text
from liti.wealth import rules
from liti.wealth.income import record_yields
from liti.wealth.lookup import fund_of
from liti.wealth.models import FundYield, Holding, IncomeRun

ORIGINS = {
    "manager": gettext_lazy("The fund’s manager"),
    "manual": gettext_lazy("Entered by hand"),
    "reported": gettext_lazy("Reported"),
    "simulated": gettext_lazy("Simulated"),
}


@command(staff=roles("finance_officer", "product_manager"), system=("demo",))
@transaction.atomic
def propose_yield(fund_code: str, on: date, income_per_10000: str, origin: str = "manager") -> UUID:
    """Propose what a fund earned on a day (yuan on 10,000 shares); returns the approval's id.

    Raises NotFound (fund), InvalidInput (yield, origin, a day to come), Refused (the day's income
    is paid), Conflict (no change).
    """
    value = f"{rules.parse_yield(income_per_10000):.4f}"
    key = {"fund": fund_code, "on": on.isoformat()}
    return changes.propose(YIELD, key, {"income_per_10000": value, "origin": origin}, None)


def _current(key: Key, _day: date) -> Values | None:
    row = FundYield.objects.filter(fund__code=key["fund"], on=key["on"]).first()
    if row is None:
        return None
    return {"income_per_10000": f"{row.income_per_10000:.4f}", "origin": row.origin}


def _check(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    fund, on = fund_of(key["fund"]), date.fromisoformat(key["on"])
    if values["origin"] not in ("manager", "manual"):
        raise InvalidInput(
            "wealth.unknown_origin",
            _("“%(origin)s” is no origin of a yield.") % {"origin": values["origin"]},
            remedy=_("Use manager or manual."),
            field="origin",
        )
    if on > business_date():
        raise InvalidInput(
            "wealth.yield_to_come",
            _("%(day)s is still to come.") % {"day": on},
            remedy=_("Enter a yield on its day or later."),
            field="on",
        )
    if IncomeRun.objects.filter(fund=fund, on=on).exists():
        raise Refused(
            "wealth.yield_paid",
            _("Income of %(fund)s for %(day)s is paid already.") % {"fund": fund.code, "day": on},
            remedy=_("What was paid wrongly is put right by a transfer of its own."),
        )


def _write(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    day = date.fromisoformat(key["on"])
    record_yields(key["fund"], {day: values["income_per_10000"]}, origin=values["origin"])


def _reach(key: Key, _values: Values | None, _day: date) -> str:
    held = Holding.objects.filter(fund__code=key["fund"], shares_minor__gt=0)
    found = held.aggregate(count=Count("id"), minor=Sum("shares_minor"))
    return _("%(count)s holdings of %(amount)s in all.") % {
        "count": f"{found['count']:,}",
        "amount": money_text(found["minor"] or 0),
    }


YIELD = changes.declare(
    Dated(
        kind="wealth.yield",
        title=gettext_lazy("Yield of a fund"),
        propose=roles("finance_officer", "product_manager"),
        decide=roles("finance_officer", "operation_head", "risk_officer"),
        fields=(
            Field("income_per_10000", gettext_lazy("Income on 10,000 shares"), lambda v: f"¥{v}"),
            Field("origin", gettext_lazy("Origin"), lambda o: str(ORIGINS.get(o, o))),
        ),
        current=_current,
        write=_write,
        named=lambda key: f"{key['fund']} {key['on']}",
        check=_check,
        reach=_reach,
        links=lambda key: (Link(_("The product"), "products", key["fund"]),),
        undated=True,
    )
)
