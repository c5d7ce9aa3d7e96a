"""Words for codes: each thing's own, and never another room's or a library's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from liti.console.catalogue.words import scope_name
from liti.ui import labels
from liti.ui.labels import LABELS, label_of, tone_of

HAN = re.compile(r"[\u4e00-\u9fff]")


def test_labels_have_a_context_so_that_no_other_catalogue_wins():
    source = Path(labels.__file__).read_text("utf-8")
    assert "gettext_lazy as _" not in source
    assert not re.search(r"\b_\(", source)


def test_every_label_has_its_chinese():
    with translation.override("zh-hans"):
        bare = [code for code, (word, _tone) in LABELS.items() if not HAN.search(str(word))]
    assert bare == []


@pytest.mark.parametrize(
    ("thing", "code", "word"),
    [
        ("", "live", "实时"),
        ("partner", "live", "已上线"),
        ("partner", "suspended", "暂停合作"),
        ("card", "suspended", "已停用"),
        ("product", "suspended", "暂停销售"),
        ("loan", "running", "正常还款"),
        ("loan", "settled", "已结清"),
        ("payment", "settled", "成功"),
        ("approval", "pending", "待复核"),
        ("approval", "rejected", "已驳回"),
        ("approval", "withdrawn", "已撤回"),
        ("product", "withdrawn", "已下架"),
        ("", "closed", "已关闭"),
        ("", "active", "正常"),
        ("partner", "active", "正常"),
        ("", "M", "未核实"),
        ("", "partner", "合作企业"),
    ],
)
def test_one_code_of_two_things_has_two_words(thing, code, word):
    with translation.override("zh-hans"):
        assert label_of(code, thing) == word
        assert label_of(f"{thing}.{code}" if thing else code) == word


def test_an_unknown_code_is_shown_without_its_underscores():
    assert label_of("no_such_thing", "partner") == "no such thing"
    assert tone_of("no_such_thing") == ""
    assert tone_of("live", "partner") == "good"


@pytest.mark.django_db
def test_the_scope_of_a_parameter_is_named():
    assert scope_name("III") == "Class III"
    assert scope_name("phone") == "Phone call"
    assert scope_name("after_transaction") == "After each transaction"
    assert scope_name("LTYEB1") not in ("", "LTYEB1")
