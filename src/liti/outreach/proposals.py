"""What may be offered to whom changes by proposal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import changes
from liti.core.authority import command
from liti.core.changes import Dated, Field, Key, Values
from liti.core.errors import InvalidInput
from liti.core.money import format_minor
from liti.core.roles import OPERATION, roles
from liti.core.versions import follow, holding
from liti.groups import queries as groups
from liti.market import queries as market
from liti.outreach.models import Channel, Offer
from liti.outreach.scores import premise_choices

PROPOSERS = OPERATION | roles("product_manager")
VALUES = (
    "product_code", "department", "segments", "channels", "premises", "value_minor",
    "name_zh", "name_en",
)  # fmt: skip
VALUE_MAX = 10**12


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_offer(
    code: str,
    valid_from: date,
    product_code: str,
    department: str,
    segments: Sequence[str],
    channels: Sequence[str],
    value_minor: int,
    name_zh: str,
    name_en: str,
    premises: Sequence[str] = (),
) -> UUID:
    """Propose an offer, or other terms of one, from a day on; returns the approval's id.

    `value_minor`: what one acceptance is worth to the bank. `premises`: what the offer says of
    the customer; it goes to nobody of whom that is not known to be true. Raises NotFound (product),
    InvalidInput naming the field, Refused (day), Conflict (no change).
    """
    given = {
        "product_code": product_code,
        "department": department.strip(),
        "segments": list(segments),
        "channels": list(channels),
        "premises": list(premises),
        "value_minor": value_minor,
        "name_zh": name_zh.strip(),
        "name_en": name_en.strip(),
    }
    return changes.propose(OFFER, {"code": code}, given, valid_from)


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_offer_end(code: str, valid_from: date) -> UUID:
    """Propose that an offer ends on a day. Raises Conflict (nothing holds then), Refused (day)."""
    return changes.propose(OFFER, {"code": code}, None, valid_from)


def _current(key: Key, day: date) -> Values | None:
    row = holding(Offer.objects.filter(code=key["code"]), day)
    return {name: getattr(row, name) for name in VALUES} if row else None


def _check(key: Key, values: Values | None, day: date) -> None:
    code = key["code"]
    if not code.isascii() or not code.replace("-", "").isalnum() or len(code) > 40:
        raise _wrong("code", _("A code has 1 to 40 letters, digits and hyphens."))
    if values is None:
        return
    market.product(values["product_code"])
    known = {s.code for s in groups.segments()}
    if not values["segments"] or (odd := set(values["segments"]) - known):
        shown = ", ".join(sorted(odd)) if values["segments"] else "–"
        raise _wrong("segments", _("No such group: %(odd)s.") % {"odd": shown})
    if not values["channels"] or set(values["channels"]) - set(Channel.values):
        raise _wrong(
            "channels", _("Choose from: %(known)s.") % {"known": ", ".join(Channel.values)}
        )
    if odd := set(values["premises"]) - {code for code, _words in premise_choices()}:
        raise _wrong(
            "premises",
            _("The bank can't tell whether this is true: %(odd)s.")
            % {"odd": ", ".join(sorted(odd))},
        )
    if not 0 < values["value_minor"] <= VALUE_MAX:
        raise _wrong("value_minor", _("What an acceptance is worth lies above zero."))
    for name in ("name_zh", "name_en"):
        if not 0 < len(values[name]) <= 80:
            raise _wrong(name, _("1 to %(count)d characters are needed.") % {"count": 80})


def _write(key: Key, values: Values | None, day: date) -> None:
    follow(Offer.objects.all(), {"code": key["code"]}, values, day)


def _reach(key: Key, values: Values | None, day: date) -> str:
    wanted = (values or _current(key, day) or {}).get("segments", [])
    members = sum(s.members for s in groups.segments() if s.code in wanted)
    return _("Groups with %(count)s members now; the plan decides who is contacted.") % {
        "count": f"{members:,}"
    }


def _channels(codes: Any) -> str:
    words = dict(Channel.choices)
    return ", ".join(str(words.get(code, code)) for code in codes)


def _premises(codes: Any) -> str:
    words = dict(premise_choices())
    return ", ".join(words.get(code, code) for code in codes or ())


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput("outreach.bad_offer", message, field=field)


OFFER = changes.declare(
    Dated(
        kind="outreach.offer",
        title=gettext_lazy("Offer"),
        propose=PROPOSERS,
        decide=roles("operation_head", "risk_officer"),
        fields=(
            Field("product_code", gettext_lazy("Product")),
            Field("department", gettext_lazy("Department")),
            Field("segments", gettext_lazy("Groups"), ", ".join),
            Field("channels", gettext_lazy("Channels"), _channels),
            Field("premises", gettext_lazy("Says of the customer"), _premises),
            Field("value_minor", gettext_lazy("Worth"), lambda minor: f"¥{format_minor(minor)}"),
            Field("name_zh", gettext_lazy("Name in Chinese")),
            Field("name_en", gettext_lazy("Name in English")),
        ),
        current=_current,
        write=_write,
        named=lambda key: _("Offer %(code)s") % {"code": key["code"]},
        check=_check,
        reach=_reach,
    )
)
