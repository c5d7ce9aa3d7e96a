"""The house's words: one word for a thing, errors that ask, punctuation of the language."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

import liti

PACKAGE = Path(liti.__file__).parent
# The word that is not used, and the house's own (docs/glossary.md).
INSTEAD = {
    "该客户": "您, 客户",
    "接触": "触达",
    "总账账户": "分户账",
    "合作方": "合作企业",
    "久悬": "长期不动户",
    "范式": "标准接入方案",
    "待审批": "待复核",
    "理财非存款": "市场 disclosures.yaml",
    "不亏本": "可能有亏损",
    "未验证": "未核实",
    "客户经理专属": "服务团队",
}
HALF_WIDTH = re.compile(r"[㐀-鿿][,;?!](?:\s|$|[㐀-鿿])")
RAW_UNIT = re.compile(r"\b(?:minor(?! units)|bp|bps)\b")
NOT_FOUND = re.compile(r"^没有[^。]*%\((?:id|code|number|key|name|reference)\)s[^。]*。$")
ENGLISH = {"on line": "online", "Least order": "Minimum order", "Split polic": "ways of sharing"}


def catalogue_entries():
    for path in sorted(PACKAGE.glob("*/locale/zh_Hans/LC_MESSAGES/django.po")):
        for message in read_po(BytesIO(path.read_bytes()), locale="zh_Hans"):
            if message.id:
                source = message.id if isinstance(message.id, str) else message.id[0]
                zh = message.string if isinstance(message.string, str) else message.string[0]
                yield path.parts[-5], source, zh


def data_texts():
    """(file, field, text) of every name and text in the rooms' data and parameters."""
    for path in sorted([*PACKAGE.glob("*/data/*.yaml"), *PACKAGE.glob("*/*.yaml")]):
        yield from _texts(path.name, yaml.safe_load(path.read_text("utf-8")))


def _texts(file, node):
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and (key in {"zh", "en"} or key.endswith(("_zh", "_en"))):
                yield file, key, value
            else:
                yield from _texts(file, value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(file, value)


def chinese():
    yield from ((room, zh) for room, _source, zh in catalogue_entries())
    yield from ((file, text) for file, key, text in data_texts() if key.endswith("zh"))


def english():
    yield from ((room, source) for room, source, _zh in catalogue_entries())
    yield from ((file, text) for file, key, text in data_texts() if key.endswith("en"))


@pytest.mark.parametrize("word", INSTEAD)
def test_one_word_for_a_thing(word):
    assert [(where, text) for where, text in chinese() if word in text] == []


@pytest.mark.parametrize("word", ENGLISH)
def test_one_english_word_for_a_thing(word):
    assert [(where, text) for where, text in english() if word in text] == []


def test_chinese_has_full_width_punctuation():
    assert [(where, text) for where, text in chinese() if HALF_WIDTH.search(text)] == []


def test_no_screen_shows_a_raw_unit():
    shown = [(where, text) for where, text in chinese() if RAW_UNIT.search(text)]
    shown += [(where, text) for where, text in english() if RAW_UNIT.search(text)]
    assert shown == []


def test_what_is_not_found_is_said_so():
    assert [(where, text) for where, text in chinese() if NOT_FOUND.match(text)] == []


def test_each_catalogue_says_a_thing_once():
    for path in sorted(PACKAGE.glob("*/locale/zh_Hans/LC_MESSAGES/django.po")):
        heads = re.findall(r'(?m)^(?:msgctxt "(.*)"\n)?msgid "(.+)"$', path.read_text("utf-8"))
        twice = {head for head in heads if heads.count(head) > 1}
        assert not twice, f"{path.parts[-5]}: {sorted(twice)}"
