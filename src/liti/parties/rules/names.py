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
    "澹台": "TANTAI", "召": "SHAO", "祭": "ZHAI", "逄": "PANG", "种": "CHONG", "乜": "NIE",
    "佴": "NAI", "谌": "CHEN", "都": "DU", "幺": "YAO", "柏": "BAI", "洗": "XIAN", "车": "CHE",
    "那": "NA", "葛": "GE", "强": "QIANG", "盛": "SHENG", "应": "YING", "燕": "YAN", "於": "YU",
}  # fmt: skip
_COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫
宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官
司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延
东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五 纳兰 完颜 耶律 贺兰 尔朱 叔孙 即墨 褚师
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
_TITLES_ZH = re.compile(r"(?:先生|女士|小姐|太太|老师|经理|总经理|博士|同志)$")
_TITLES_BEFORE = re.compile(r"^(?:MR|MRS|MS|MISS|MME|DR|PROF)(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_TITLES_BEHIND = re.compile(r"(?:,\s*|\s+)(?:MR|MRS|MS|MISS|MME|DR|PROF)\.?$", re.IGNORECASE)
# Characters that the table of standard characters (国发〔2013〕23号) keeps beside the ones that
# conversion would make of them: 毕昇 is not 毕升, 甯 not 宁. What GB 2312 holds (乾, 於, 著) is
# a character of simplified writing already and stays as well.
_KEPT = frozenset("昇甯喆堃邨甦氾犇龢迺陞颺麴仝甡祕谿筦澂劄吒椀菉頫釐菸皙瞋晳徵脩叡蒐勠鍾剋")
_INVISIBLE = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_MIDDLE_DOTS = re.compile(r"\s*[·•・．‧∙･⋅․●﹒]\s*|(?<=[\u3400-\u9fff])\s*\.\s*(?=[\u3400-\u9fff])")
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
    """NFKC (full width to half width), trimmed, single spaces, no control characters.

    What is not to be seen (zero width, variation selectors) falls; what parts words becomes
    a space.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", visible(text))
    return " ".join(visible(text).split())


def visible(text: str) -> str:
    """Without control characters: invisible ones fall, the others become spaces."""
    if text.isprintable() and not _INVISIBLE.search(text):
        return text
    kept = []
    for char in _INVISIBLE.sub("", text):
        category = unicodedata.category(char)
        if category in ("Cc", "Zs", "Zl", "Zp"):
            kept.append(" ")
        elif category not in ("Cf", "Cs"):
            kept.append(char)
    return "".join(kept)


def has_control(text: str) -> bool:
    """Whether a control character stands within the text."""
    text = text.strip()
    return not text.isprintable() and any(unicodedata.category(c) == "Cc" for c in text)


def simplified(text: str) -> str:
    """Traditional to simplified characters, one by one: what is a character of simplified
    writing itself stays, because in a name it is another character."""
    return "".join(map(_simplified, text)) if is_han(text) else text


@lru_cache(maxsize=100_000)
def _simplified(char: str) -> str:
    if char in _KEPT or not is_han(char):
        return char
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return str(_converter().convert(char))
    return char


def person_name(text: str) -> str:
    """The written form: simplified, without titles; Latin in capitals, surname first.

    A title falls only where a whole name is left: 李博士 may be somebody's name.
    """
    name = tidy(text)
    if is_han(name):
        name = tidy(_MIDDLE_DOTS.sub("·", simplified(name)).replace(" ", "").upper())
        while (shorter := _TITLES_ZH.sub("", name)) != name and not _is_surname(shorter):
            name = shorter.strip("·")
        return name if is_han(name) else person_name(name)
    return _untitled(" ".join(_latin_order(_untitled(name))))


def _untitled(name: str) -> str:
    while (shorter := _TITLES_BEHIND.sub("", _TITLES_BEFORE.sub("", name))) != name:
        name = shorter
    return name


def surname(name: str) -> str:
    """The surname of a Chinese written name: two characters where it is a compound one."""
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return name[:2]
    return name[:1]


def _is_surname(text: str) -> bool:
    return len(text) < 2 or text in COMPOUND_SURNAMES


@lru_cache(maxsize=100_000)
def pinyin(name: str) -> str:
    """The spoken form of a standardised name, SURNAME GIVEN, ü as V; Latin stays Latin."""
    if not name:
        return ""
    if not is_han(name):
        return " ".join(_latin_order(name))
    if "·" in name:  # names of other peoples have parts, not a surname
        return " ".join(filter(None, map(_sound, name.split("·"))))
    family = surname(name)
    head = SURNAME_READINGS.get(family) or _sound(family)
    return f"{head} {_sound(name[len(family) :])}".strip()


def organisation_key(name: str) -> str:
    """What is left of a company's name without its legal form."""
    return _LEGAL_FORMS.sub("", simplified(tidy(name)).upper()).replace(" ", "")


def _sound(text: str) -> str:
    return _letters("".join(lazy_pinyin(text, v_to_u=False)).upper())


def _letters(text: str) -> str:
    text = unicodedata.normalize("NFD", text.replace("Ü", "V"))
    text = "".join(c for c in text if "A" <= c <= "Z" or c == " ")
    return text.replace("LYU", "LV").replace("NYU", "NV")


def _latin_order(name: str) -> list[str]:
    """Surname first, given name in one word, whichever way round and with or without a comma
    it was written: the form of a standard form is itself."""
    words = _letters(re.sub(r"[-'’.]", "", name.upper()).replace(",", " ")).split()
    while len(words) > 1 and words[-1] in SURNAME_SOUNDS and words[0] not in SURNAME_SOUNDS:
        words = [words[-1], *words[:-1]]
    if len(words) > 2:
        return _latin_order(f"{words[0]} {''.join(words[1:])}")
    return words
