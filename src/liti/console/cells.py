"""A cell's value, as its kind is written on a page and in a file."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from liti.console import who
from liti.core.money import format_minor
from liti.ui import figures
from liti.ui.labels import label_of
from liti.ui.templatetags import liti

_AVATAR = '<span class="row"><span class="avatar {}">{}</span><span>{}</span></span>'
# what makes a cell a formula, also in full width and after blanks (OWASP, CSV injection)
_STARTS = tuple("=+-@\t\r\n＝＋－＠|%")


def written(value: Any, kind: str, row: Any) -> SafeString | str:
    """A value as its kind is written."""
    if value is None or value == "":
        return mark_safe('<span class="muted">—</span>')
    kind, _sign, thing = kind.partition(":")
    match kind:
        case "money":
            return figures.money(value, getattr(row, "currency", "CNY"))
        case "signed_money":
            css = "positive" if value > 0 else "negative"
            text = figures.money(value, getattr(row, "currency", "CNY"), signed=True)
            return format_html('<span class="{}">{}</span>', css, text)
        case "number":
            return liti.number(value)
        case "percent":
            return figures.percent(value)
        case "basis_points":
            return figures.basis_points(value)
        case "date":
            return format_html('<span class="nowrap">{}</span>', liti.day(value))
        case "moment":
            return format_html('<span class="nowrap">{}</span>', liti.moment(value))
        case "lines":
            return format_html('<span class="rule lines">{}</span>', value)
        case "badge":
            return liti.badge(value, thing)
        case "label":
            return liti.label(value, thing)
        case "labels":
            return ", ".join(liti.label(v) for v in value)
        case "people":
            return who.doers(value)
        case "mono":
            return format_html('<span class="mono">{}</span>', value)
        case "local":
            return liti.local(value)
        case "counts":
            pairs = [
                f"{k} {liti.number(v)}" for k, v in value.items() if isinstance(v, int | float)
            ]
            return format_html('<span class="small muted">{}</span>', " · ".join(pairs))
        case "avatar":
            css = "organisation" if getattr(row, "kind", "") == "organisation" else ""
            return format_html(_AVATAR, css, figures.initials(str(value)), value)
    return str(value)


def plain(value: Any, kind: str) -> str:
    """A value as words without marks, as `written` says it."""
    if value is None:
        return ""
    kind, _sign, thing = kind.partition(":")
    match kind:
        case "date":
            return liti.day(value)
        case "moment":
            return liti.moment(value)
        case "badge" | "label":
            return label_of(value, thing)
        case "labels":
            return ", ".join(label_of(v) for v in value)
        case "people":
            return who.doers(str(value))
        case "local":
            return liti.local(value)
        case "counts":
            return " · ".join(f"{k} {v}" for k, v in value.items() if isinstance(v, int | float))
        case "percent":
            return figures.percent(value)
        case "basis_points":
            return figures.basis_points(value)
    return str(value)


def for_file(value: Any, kind: str, row: Any) -> str:
    """A value as a file holds it: amounts as plain decimals, words that no spreadsheet takes
    for a formula."""
    if value is None:
        return ""
    if kind in {"money", "signed_money"}:
        return format_minor(value, getattr(row, "currency", "CNY"), grouping=False)
    if kind == "number":
        return str(value)
    return guarded(plain(value, kind))


def guarded(text: str) -> str:
    """The text, led by an apostrophe where a spreadsheet would compute it."""
    start = text.lstrip()
    dangerous = text[:1] in _STARTS or start[:1] in _STARTS
    return f"'{text}" if dangerous else text
