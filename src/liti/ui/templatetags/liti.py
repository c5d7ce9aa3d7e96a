"""Template tags of the design system: figures, badges, icons, charts, the day, the theme."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.defaultfilters import date as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liti.core import clock, texts
from liti.core.context import current_actor
from liti.core.roles import RAW_DATA
from liti.ui import figures, icons
from liti.ui.labels import CLASSES, RISKS, label_of, tone_of
from liti.ui.notices import sample_bank_is_loaded

register = template.Library()


@register.simple_tag
def icon(name: str, title: str = "") -> SafeString:
    """`{% icon "users" %}`"""
    return icons.icon(name, title)


@register.filter
def money(minor: int | None, currency: str = "CNY") -> str:
    """Minor units as ¥1,234.50."""
    return figures.money(minor, currency)


@register.filter
def signed_money(minor: int | None, currency: str = "CNY") -> str:
    """Minor units with a plus or a minus."""
    return figures.money(minor, currency, signed=True)


@register.filter
def money_short(minor: int | None) -> str:
    """Minor units rounded for a tile."""
    return figures.money_short(minor, texts.language())


@register.filter
def one_of_two(name: str) -> str:
    """A name kept as `Chinese / English` in the reader's language."""
    return texts.one_of_two(name)


@register.filter
def number(value: Any) -> str:
    """A count with grouping; a dash where there is none."""
    return "—" if value is None else f"{value:,}"


@register.filter
def percent(share: Any, digits: int = 1) -> str:
    """A share from 0 to 1 as per cent."""
    return figures.percent(share, digits)


@register.filter
def risk_name(level: int | None) -> str:
    """R1 to R5 with its name; nothing for what bears no investment risk."""
    return f"R{level} {RISKS[level]}" if level else ""


@register.filter
def class_name(level: int | None) -> str:
    """C1 to C5 with its name."""
    return f"C{level} {CLASSES[level]}" if level else ""


@register.filter
def basis_points(value: int | None) -> str:
    """Basis points as per cent."""
    return figures.basis_points(value)


@register.filter
def day(value: date | datetime | None) -> str:
    """A date, year first."""
    return format_date(value, "Y-m-d") if value else "—"


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in the bank's zone."""
    if value is None:
        return "—"
    return format_date(value.astimezone(clock.BANK_ZONE), "Y-m-d H:i")


@register.filter
def initials(name: str) -> str:
    """Letters for an avatar."""
    return figures.initials(str(name))


@register.filter
def tail(number_text: str) -> str:
    """Only the last four digits."""
    return figures.tail(str(number_text))


@register.filter
def card_name(card: Any) -> str:
    """A bound card by its bank and last four digits."""
    words = {"bank": card.issuer or _("Bank card"), "tail": card.pan_masked[-4:]}
    return pgettext("a bank, its card’s last four digits", "%(bank)s (%(tail)s)") % words


@register.filter
def local(row: Any, field: str = "name") -> str:
    """The reader's language of a row or mapping that has <field>_zh and <field>_en."""
    return texts.local(row, field)


@register.filter
def label(code: Any, thing: str = "") -> str:
    """The word for a code (state, kind, department, role…) in the reader's language."""
    return label_of(code, thing)


@register.filter
def badge(code: Any, thing: str = "") -> SafeString:
    """A coloured badge for a state (of a `thing` that has its own word for it)."""
    if code in (None, ""):
        return mark_safe("—")
    return format_html(
        '<span class="badge {}">{}</span>', tone_of(code, thing), label_of(code, thing)
    )


@register.simple_tag
def may_see_raw_data() -> bool:
    """Whether the reader's role opens the window on raw data."""
    actor = current_actor()
    return actor.kind == "staff" and bool(actor.roles & RAW_DATA)


@register.simple_tag
def delta(now: float | None, before: float | None) -> SafeString:
    """The change against before, in per cent with a direction word for screen readers."""
    if not before or now is None:
        return mark_safe("")
    change = (now - before) / abs(before)
    arrow, tone, word = ("▲", "up", _("up")) if change >= 0 else ("▼", "down", _("down"))
    return format_html(
        '<span class="delta {}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span> {}</span>',
        tone,
        arrow,
        word,
        figures.percent(abs(change)),
    )


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """The theme of the reader's cookie; empty follows the system."""
    chosen = context["request"].COOKIES.get("liti_theme", "") if "request" in context else ""
    return chosen if chosen in {"light", "dark"} else ""


@register.simple_tag
def business_day() -> str:
    """The bank's business date."""
    return clock.business_date().isoformat()


@register.simple_tag
def sample_bank() -> bool:
    """Whether the books are those of the sample bank, which every page must say."""
    return sample_bank_is_loaded()


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The present query string with changes; None or an empty value removes a key."""
    items = context["request"].GET.dict() | changes
    return "?" + urlencode({k: v for k, v in items.items() if v not in (None, "")})


@register.filter
def safe_svg(text: str) -> SafeString:
    """Text of liti.ui.charts, which escapes what it is given."""
    return mark_safe(text)


@register.inclusion_tag("ui/parts/state.html")
def empty(title: str, hint: str = "", icon_name: str = "empty") -> dict[str, str]:
    """What a list shows that has nothing."""
    return {"title": title, "hint": hint, "icon_name": icon_name}


@register.inclusion_tag("ui/parts/chart.html")
def chart(figure: Any) -> dict[str, Any]:
    """A figure (liti.ui.figure.Figure): SVG, legend, and its table for those who want numbers."""
    return {"figure": figure}
