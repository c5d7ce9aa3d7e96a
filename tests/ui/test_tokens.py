"""Colours of the design are readable in both themes: WCAG AA, computed from the tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import liti.ui

TOKENS = Path(liti.ui.__file__).parent / "static" / "ui"
PAIRS = re.findall(
    r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);",
    (TOKENS / "tokens.css").read_text("utf-8"),
)
COLOURS = {name: (light, dark) for name, light, dark in PAIRS}
TEXT = [
    ("text", "bg"), ("text", "surface"), ("text", "surface-2"), ("muted", "bg"),
    ("muted", "surface"), ("muted", "surface-2"), ("accent", "surface"), ("accent", "bg"),
    ("accent", "accent-soft"), ("on-accent", "accent"), ("on-accent", "accent-hover"),
    ("good", "good-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"), ("info", "info-soft"),
    ("good", "surface"), ("bad", "surface"), ("text", "accent-soft"), ("muted", "accent-soft"),
]  # fmt: skip
SHAPES = [(f"c{n}", "surface") for n in range(7)] + [("border-strong", "surface")]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_has_at_least_4_5_to_1(ink, ground, theme):
    assert contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_and_edges_of_inputs_have_at_least_3_to_1(shape, ground, theme):
    assert contrast(COLOURS[shape][theme], COLOURS[ground][theme]) >= 3


def test_styles_and_script_stay_small_and_ask_no_other_host():
    for file in TOKENS.iterdir():
        text = file.read_text("utf-8")
        assert len(text.splitlines()) <= 400, file.name
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), file.name
    assert len((TOKENS / "liti.js").read_text("utf-8").splitlines()) <= 150


def test_templates_hold_no_inline_script_style_or_handler():
    package = Path(liti.ui.__file__).parent.parent
    for file in package.glob("*/templates/**/*.html"):
        if file.is_relative_to(package / "portal"):
            continue
        text = file.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), file.name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), file.name
