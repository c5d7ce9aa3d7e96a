"""Fields that Django's forms don't have: money, references with search, lines, bounded files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from liti.console import references, uploads
from liti.console.references import Hit
from liti.core import entrance
from liti.core.errors import LitiError
from liti.core.money import format_minor, to_minor
from liti.ui import figures

LINES_MAX = 50


class MoneyField(forms.CharField):
    """An amount entered in yuan, exact minor units out."""

    def __init__(self, *, low: int | None = None, high: int | None = None, **options: Any) -> None:
        self.low, self.high = low, high
        options["widget"] = forms.TextInput(
            {"inputmode": "decimal", "autocomplete": "off", "placeholder": "1000.00"}
        )
        super().__init__(max_length=30, **options)

    def prepare_value(self, value: Any) -> Any:
        """Minor units that a form begins with are shown in yuan."""
        return format_minor(value, grouping=False) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return to_minor(text)
        except LitiError as error:
            raise ValidationError(str(error)) from error

    def run_validators(self, value: Any) -> None:
        low = 1 if self.low is None else self.low
        if value is None:
            return
        if value < low or (self.high is not None and value > self.high):
            raise ValidationError(between(figures.money(low), _money(self.high)))


def _money(minor: int | None) -> str:
    return "" if minor is None else figures.money(minor)


def between(low: str, high: str) -> str:
    """The bound in words."""
    if low and high:
        return _("This is between %(low)s and %(high)s.") % {"low": low, "high": high}
    if high:
        return _("This is at most %(high)s.") % {"high": high}
    return _("This is at least %(low)s.") % {"low": low}


class DayField(forms.DateField):
    """A day within bounds, picked or typed as 2026-11-25."""

    def __init__(self, *, low: date | None, high: date | None, **options: Any) -> None:
        self.low, self.high = low, high
        bounds = {n: d.isoformat() for n, d in {"min": low, "max": high}.items() if d}
        widget = forms.DateInput({"type": "date", **bounds}, format="%Y-%m-%d")
        super().__init__(input_formats=["%Y-%m-%d"], widget=widget, **options)

    def to_python(self, value: Any) -> date | None:
        """By the one edge of the house, so that no day is outside the calendar."""
        if value in self.empty_values:
            return None
        try:
            return entrance.day(value.strip() if isinstance(value, str) else value)
        except LitiError as error:
            raise ValidationError(str(error)) from error

    def run_validators(self, value: Any) -> None:
        if value is None:
            return
        if (self.low and value < self.low) or (self.high and value > self.high):
            words = [d.isoformat() if d else "" for d in (self.low, self.high)]
            raise ValidationError(between(*words))


class ReferenceWidget(forms.Widget):
    """A search with its hits as radio buttons: by keyboard and without script as well.

    What was typed stands under `NAME__q`, what was chosen under NAME.
    """

    template_name = "console/widgets/reference.html"

    def use_required_attribute(self, initial: Any) -> bool:
        """What is chosen counts, so the words of the search may be empty."""
        return False

    def __init__(self, reference: str, search_href: str) -> None:
        super().__init__()
        self.reference, self.search_href = reference, search_href

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = value if isinstance(value, Chosen) else Chosen(text=str(value or ""))
        hits: Sequence[Hit] = ()
        if chosen.value or isinstance(value, str | UUID):
            found = references.read(self.reference, chosen.value or str(value))
            hits = [found] if found else ()
        if not hits and chosen.text:
            hits = references.search(self.reference, chosen.text)
        context["widget"] |= {
            "text": chosen.text,
            "hits": hits,
            "chosen": hits[0].value if hits and (chosen.value or isinstance(value, UUID)) else "",
            "href": self.search_href,
            "about": references.about(self.reference),
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return Chosen(data.get(name, "").strip(), data.get(f"{name}__q", "").strip()[:80])

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}__q" not in data


def as_id(text: str) -> UUID:
    """The id of a choice. Raises ValidationError for what is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise ValidationError(_("Nothing is found under this choice; search again.")) from error


@dataclass(frozen=True, slots=True)
class Chosen:
    """What came back of a reference: the value of the radio button, and the words searched."""

    value: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.value or self.text)


class ReferenceField(forms.Field):
    """An id chosen by searching. One hit for the words typed is taken, several are offered."""

    def __init__(self, reference: str, search_href: str, **options: Any) -> None:
        self.reference = reference
        super().__init__(widget=ReferenceWidget(reference, search_href), **options)

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, Chosen) or not value:
            return None
        if value.value:
            found = references.read(self.reference, value.value)
            if found is None:
                raise ValidationError(_("Nothing is found under this choice; search again."))
            return references.value_of(self.reference, found)
        hits = references.search(self.reference, value.text)
        if len(hits) == 1:
            return references.value_of(self.reference, hits[0])
        if not hits:
            raise ValidationError(_("Nothing is found for these words."))
        raise ValidationError(_("Several are found: choose one."))


class LinesField(forms.CharField):
    """Several words, one a line; empty lines are left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 4}), max_length=5000, **options)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(map(str, value))

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        found = tuple(line.strip() for line in text.splitlines() if line.strip())
        if len(found) > LINES_MAX:
            raise ValidationError(_("At most %(count)d lines.") % {"count": LINES_MAX})
        return found


class UploadWidget(forms.ClearableFileInput):
    """A file, or the one that came with an earlier step of the same form."""

    template_name = "console/widgets/upload.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.get(name) or data.get(f"{name}__kept", "") or None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        kept = uploads.find(value) if isinstance(value, str) else None
        context["widget"] |= {
            "kept": value if kept else "",
            "kept_name": uploads.shown_name(value) if kept and isinstance(value, str) else "",
            "most": figures.number_short(uploads.BYTES_MAX // 1_000_000, "en"),
        }
        return context


class UploadField(forms.Field):
    """A bounded file, kept between the steps of the form; its path out."""

    widget = UploadWidget

    def to_python(self, value: Any) -> Any:
        if not value:
            return None
        if isinstance(value, str):
            found = uploads.find(value)
            if found is None:
                raise ValidationError(_("The file is no longer here; choose it again."))
            return found
        try:
            return uploads.keep(value)
        except LitiError as error:
            raise ValidationError(str(error)) from error
