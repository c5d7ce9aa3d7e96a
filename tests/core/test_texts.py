from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation

from liti.core.texts import in_language, language, local, money_text

ROW = SimpleNamespace(name_zh="余额理财", name_en="Sweep", note_zh="只有中文", note_en="")


@pytest.mark.parametrize(
    ("spoken", "short", "name"),
    [("zh-hans", "zh", "余额理财"), ("en", "en", "Sweep"), ("fr", "en", "Sweep")],
)
def test_a_row_is_read_in_the_readers_language(spoken, short, name):
    with translation.override(spoken):
        assert language() == short
        assert local(ROW) == local(vars(ROW)) == in_language("余额理财", "Sweep") == name


def test_what_is_missing_in_one_language_is_shown_in_the_other():
    assert local(ROW, "note") == "只有中文"
    assert local(ROW, "summary") == local({}, "summary") == ""


@pytest.mark.parametrize(
    ("minor", "currency", "chinese", "english"),
    [
        (123_450, "CNY", "1,234.50元", "¥1,234.50"),
        (0, "CNY", "0.00元", "¥0.00"),
        (-5, "CNY", "-0.05元", "-¥0.05"),
        (120_000, "JPY", "JP¥120,000", "JP¥120,000"),
        (999, "USD", "$9.99", "$9.99"),
    ],
)
def test_an_amount_in_a_sentence_has_its_unit(minor, currency, chinese, english):
    with translation.override("zh-hans"):
        assert money_text(minor, currency) == chinese
    assert money_text(minor, currency) == english
