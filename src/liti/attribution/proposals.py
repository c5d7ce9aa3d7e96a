"""How a sale's benefit is shared changes by proposal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.attribution.models import SplitPolicy
from liti.core import changes
from liti.core.authority import command
from liti.core.changes import Dated, Field, Key, Values
from liti.core.errors import InvalidInput
from liti.core.roles import roles
from liti.core.versions import follow, holding

PROPOSERS = roles("product_manager", "finance_officer", "operation_head")
CATEGORIES = ("", "wealth", "loan", "account")
PARTS = ("referral", "seller", "owner", "corporate", "retail")
VALUES = ("category", "weights", "name_zh", "name_en", "source_tag")
WEIGHT_MAX = 10_000


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_split_policy(
    code: str,
    valid_from: date,
    weights: Mapping[str, int],
    name_zh: str,
    name_en: str,
    category: str = "",
) -> UUID:
    """Propose the weights by part from a day on; returns the approval's id.

    `category`: a category of products, or "" for all. Raises InvalidInput naming the field,
    Refused (day), Conflict (no change).
    """
    given = {
        "category": category,
        "weights": dict(weights),
        "name_zh": name_zh.strip(),
        "name_en": name_en.strip(),
        "source_tag": "B",
    }
    return changes.propose(POLICY, {"code": code}, given, valid_from)


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_split_policy_end(code: str, valid_from: date) -> UUID:
    """Propose that a policy ends on a day, so that the one for all holds. Raises as the other."""
    return changes.propose(POLICY, {"code": code}, None, valid_from)


def _current(key: Key, day: date) -> Values | None:
    row = holding(SplitPolicy.objects.filter(code=key["code"]), day)
    return {name: getattr(row, name) for name in VALUES} if row else None


def _check(key: Key, values: Values | None, day: date) -> None:
    if not key["code"].replace("-", "").isalnum() or len(key["code"]) > 40:
        raise _wrong("code", _("A code has 1 to 40 letters, digits and hyphens."))
    if values is None:
        if not _others_for_all(key["code"], day):
            raise _wrong("valid_from", _("No policy for all categories would be left."))
        return
    if values["category"] not in CATEGORIES:
        raise _wrong("category", _("Choose one of: %(known)s.") % {"known": ", ".join(CATEGORIES)})
    weights = values["weights"]
    if not weights or set(weights) - set(PARTS):
        raise _wrong("weights", _("Parts are: %(known)s.") % {"known": ", ".join(PARTS)})
    for weight in weights.values():
        if isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= WEIGHT_MAX:
            raise _wrong("weights", _("A weight is a whole number from 0 to 10,000."))
    if not any(weights.values()):
        raise _wrong("weights", _("At least one weight is above zero."))
    for name in ("name_zh", "name_en"):
        if not 0 < len(values[name]) <= 80:
            raise _wrong(name, _("1 to %(count)d characters are needed.") % {"count": 80})


def _others_for_all(code: str, day: date) -> bool:
    return holding(SplitPolicy.objects.filter(category="").exclude(code=code), day) is not None


def _write(key: Key, values: Values | None, day: date) -> None:
    follow(SplitPolicy.objects.all(), {"code": key["code"]}, values, day)


def _weights(weights: Any) -> str:
    titles = {
        "referral": _("referral"),
        "seller": _("seller"),
        "owner": _("owner"),
        "corporate": _("corporate side"),
        "retail": _("retail side"),
    }
    return ", ".join(f"{titles.get(part, part)} {weight}" for part, weight in weights.items())


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput("attribution.bad_policy", message, field=field)


def _category(code: str) -> str:
    titles = {
        "": _("all products"),
        "wealth": _("wealth products"),
        "loan": _("loans"),
        "account": _("account products"),
    }
    return titles.get(code, code)


POLICY = changes.declare(
    Dated(
        kind="attribution.split_policy",
        title=gettext_lazy("How a sale is shared"),
        propose=PROPOSERS,
        decide=roles("finance_officer", "operation_head"),
        fields=(
            Field("category", gettext_lazy("For"), _category),
            Field("weights", gettext_lazy("Weights"), _weights),
            Field("name_zh", gettext_lazy("Name in Chinese")),
            Field("name_en", gettext_lazy("Name in English")),
        ),
        current=_current,
        write=_write,
        named=lambda key: _("Way of sharing %(code)s") % {"code": key["code"]},
        check=_check,
    )
)
