from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation

from liti.core.texts import in_language, language, local

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
