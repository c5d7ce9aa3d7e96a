"""The texts that a customer agrees to, in the words in force on a day."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from liti.core import texts
from liti.core.clock import business_date


@cache
def _texts() -> dict[str, list[dict[str, Any]]]:
    given = (resources.files("liti.ui") / "data" / "legal.yaml").read_text("utf-8")
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(given)
    for versions in found.values():
        versions.sort(key=lambda text: text["valid_from"])
    return found


def legal_text(code: str, on: date) -> dict[str, Any] | None:
    """A text as it holds on a day; None for one that is not known or does not hold yet."""
    held = [text for text in _texts().get(code, ()) if text["valid_from"] <= on]
    return held[-1] if held else None


@require_GET
def legal(request: HttpRequest, code: str) -> HttpResponse:
    """The text of today, for everybody, also before signing in."""
    found = legal_text(code, business_date())
    if found is None:
        raise Http404
    paragraphs = found["zh" if texts.language() == "zh" else "en"]
    return render(request, "ui/legal.html", {"legal": found, "paragraphs": paragraphs})
