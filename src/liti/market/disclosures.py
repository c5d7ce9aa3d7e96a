"""What must be said of a kind of product, in the words in force on a day."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def _texts() -> dict[str, list[dict[str, Any]]]:
    given = (resources.files("liti.market") / "data" / "disclosures.yaml").read_text("utf-8")
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(given)
    for texts in found.values():
        texts.sort(key=lambda text: text["valid_from"])
    return found


def disclosure(category: str, on: date, maker_zh: str, maker_en: str) -> tuple[str, str]:
    """The text of a kind of product on a day, in Chinese and English; empty where none is."""
    held = [text for text in _texts().get(category, ()) if text["valid_from"] <= on]
    if not held:
        return "", ""
    return held[-1]["zh"].format(maker=maker_zh), held[-1]["en"].format(maker=maker_en)
