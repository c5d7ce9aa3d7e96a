"""Names: one written form and one spoken form (DOMAIN 3.7)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc
from pypinyin import lazy_pinyin

# Readings that pinyin tables get wrong for surnames.
SURNAME_READINGS = {
    "单": "SHAN", "解": "XIE", "仇": "QIU", "曾": "ZENG", "区": "OU", "查": "ZHA",
    "朴": "PIAO", "任": "REN", "盖": "GE", "翟": "ZHAI", "缪": "MIAO", "乐": "YUE",
    "冼": "XIAN", "覃": "QIN", "员": "YUN", "秘": "BI", "繁": "PO", "宁": "NING",
    "折": "SHE", "黑": "HE", "尉迟": "YUCHI", "万俟": "MOQI", "长孙": "ZHANGSUN",
}  # fmt: skip
_COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫
宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官
司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延
东郭 南门 羊舌 微生 梁丘 左丘 东门 西门
"""
_SOUNDS = """
WANG LI ZHANG LIU CHEN YANG HUANG ZHAO WU ZHOU XU SUN MA ZHU HU GUO HE LIN GAO LUO
ZHENG LIANG XIE SONG TANG DENG HAN FENG CAO PENG ZENG XIAO TIAN DONG PAN YUAN CAI
JIANG YU DU YE CHENG WEI SU LYU LV DING REN LU YAO SHEN ZHONG CUI TAN JIN SHI LIAO
JIA XIA FU FANG ZOU XIONG BAI MENG QIN QIU HOU YIN XUE YAN DUAN LEI LONG TAO QIAN
TENG WEN NIU GU SHAO WAN HONG KONG MAO CHANG SHAN OU ZHA PIAO GE ZHAI MIAO YUE XIAN
YUN NING OUYANG SIMA SHANGGUAN ZHUGE HUANGFU MURONG LINGHU DONGFANG XIAHOU YUCHI
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
SURNAME_SOUNDS = frozenset(_SOUNDS.split())
_TITLES = re.compile(
    r"(先生|女士|小姐|太太|老师|经理|总经理|博士|同志)$|^(MR|MRS|MS|MISS|DR)\.?\s+", re.IGNORECASE
)
_MIDDLE_DOTS = re.compile(r"[·•・．‧∙]")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LEGAL_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|集团公司|集团|分公司|公司|个体工商户|\(.*?\))"
)


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def is_han(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return bool(_HAN.search(text))


def tidy(text: str) -> str:
    """NFKC (full width to half width), trimmed, single spaces, no control characters."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zs") else c for c in text)
    return " ".join(text.split())


def simplified(text: str) -> str:
    """Traditional to simplified characters."""
    return str(_converter().convert(text)) if is_han(text) else text


def person_name(text: str) -> str:
    """The written form: simplified, without titles; Latin in capitals, surname first."""
    name = _MIDDLE_DOTS.sub("·", simplified(_TITLES.sub("", tidy(text))))
    if is_han(name):
        return name.replace(" ", "").upper()
    return " ".join(_latin_order(name))


def surname(name: str) -> str:
    """The surname of a Chinese written name: two characters where it is a compound one."""
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return name[:2]
    return name[:1]


@lru_cache(maxsize=100_000)
def pinyin(name: str) -> str:
    """The spoken form of a standardised name, SURNAME GIVEN, ü as V; Latin stays Latin."""
    if not name:
        return ""
    if not is_han(name):
        return " ".join(_latin_order(name))
    family = surname(name)
    head = SURNAME_READINGS.get(family) or _sound(family)
    return f"{head} {_sound(name[len(family) :])}".strip()


def organisation_key(name: str) -> str:
    """What is left of a company's name without its legal form."""
    return _LEGAL_FORMS.sub("", simplified(tidy(name)).upper()).replace(" ", "")


def _sound(text: str) -> str:
    return _letters("".join(lazy_pinyin(text, v_to_u=False)).upper())


def _letters(text: str) -> str:
    text = text.replace("LYU", "LV").replace("NYU", "NV").replace("Ü", "V")
    return "".join(c for c in unicodedata.normalize("NFD", text) if "A" <= c <= "Z" or c == " ")


def _latin_order(name: str) -> list[str]:
    """Surname first, given name in one word, whichever way round it was written."""
    with_comma = "," in name
    words = _letters(re.sub(r"[-'’.]", "", name.upper()).replace(",", " ")).split()
    if len(words) < 2:
        return words
    first_sounds, last_sounds = words[0] in SURNAME_SOUNDS, words[-1] in SURNAME_SOUNDS
    if last_sounds and not first_sounds and not with_comma:
        words = [words[-1], *words[:-1]]
    return [words[0], "".join(words[1:])]
