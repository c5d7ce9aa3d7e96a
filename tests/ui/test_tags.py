"""How figures are written: the same grouping in Chinese and English."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from liti.ui import figures, icons
from liti.ui.labels import LABELS


def drawn(source: str, **values: object) -> str:
    return Template("{% load liti %}" + source).render(Context(values))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_money_is_grouped_in_every_language(language):
    with translation.override(language):
        assert drawn("{{ m|money }}", m=123456789) == "¥1,234,567.89"
        assert drawn("{{ m|signed_money }}", m=-5) == "−¥0.05"
        assert drawn("{{ m|signed_money }}", m=5) == "+¥0.05"
        assert drawn("{{ m|money }}", m=None) == "—"
        assert drawn("{{ n|number }}", n=1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("minor", "english", "chinese"),
    [
        (999_999, "¥10,000", "¥10,000"),
        (187_500_000, "¥1.88M", "¥187.5万"),
        (1_234_567_800_000, "¥12.35B", "¥123.5亿"),
        (50, "¥0", "¥0"),
        (-187_500_000, "−¥1.88M", "−¥187.5万"),
    ],
)
def test_short_money_uses_the_readers_steps(minor, english, chinese):
    assert figures.money_short(minor, "en") == english
    assert figures.money_short(minor, "zh-hans") == chinese


def test_shares_are_written_from_decimals_exactly():
    assert figures.percent(Decimal("0.4195")) == "42.0%"
    assert figures.basis_points(1834) == "18.3%"
    assert figures.percent(None) == "—"


@pytest.mark.parametrize(
    ("name", "letters"), [("王*", "王"), ("Anna Maria Hall", "AH"), ("head", "H"), ("", "·")]
)
def test_initials(name, letters):
    assert figures.initials(name) == letters


def test_a_moment_is_shown_in_the_banks_zone():
    at = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    assert drawn("{{ at|moment }}", at=at) == "2026-11-24 01:30"


def test_a_badge_escapes_an_unknown_code():
    assert "&lt;b&gt;" in drawn("{{ code|badge }}", code="<b>")


def test_delta_says_its_direction_in_words():
    with translation.override("en"):
        text = drawn("{% delta 120 100 %}")
    assert "up" in text
    assert "20.0%" in text


def test_icons_are_drawn_inline_and_an_unknown_one_fails():
    assert icons.icon("home").startswith("<svg")
    assert "<title>Home</title>" in icons.icon("home", "Home")
    with pytest.raises(KeyError):
        icons.icon("no-such-icon")


def test_every_label_has_both_languages():
    for code, (word, _tone) in LABELS.items():
        with translation.override("en"):
            english = str(word)
        with translation.override("zh-hans"):
            chinese = str(word)
        assert english.isascii() or "’" in english, code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), code
