"""Standard forms, by table and by property."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liti.parties.rules import masking, names, placeholders, shared, standardise
from liti.parties.rules.clusters import Edge, Traits, clusters_of, near_day
from liti.parties.rules.standardise import Unfit

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("given_text", "number"),
    [
        ("11010519491231002x", "11010519491231002X"),
        ("110105491231002", "11010519491231002X"),
        ("４４０５２４ 188001010014", None),
        (" 110101 19900307 6632 ", "110101199003076632"),
        ("110101199003076633", None),
        ("990101199003076632", None),
        ("110101209903076632", None),
    ],
)
def test_id_numbers(given_text, number):
    if number is None:
        with pytest.raises(Unfit):
            standardise.id_number(given_text, today=TODAY)
    else:
        assert standardise.id_number(given_text, today=TODAY) == number


@pytest.mark.parametrize(
    ("text", "mobile"),
    [("+86 138-1234-5678", "13812345678"), ("008613812345678", "13812345678"),
     ("１３８１２３４５６７８", "13812345678"), ("13812345678.0", "13812345678")],
)  # fmt: skip
def test_mobiles(text, mobile):
    assert standardise.mobile(text) == mobile


@pytest.mark.parametrize(
    ("text", "name", "sound"),
    [
        ("張偉明", "张伟明", "ZHANG WEIMING"),
        ("张 伟明 先生", "张伟明", "ZHANG WEIMING"),
        ("Weiming Zhang", "ZHANG WEIMING", "ZHANG WEIMING"),
        ("ZHANG, Wei-Ming", "ZHANG WEIMING", "ZHANG WEIMING"),
        ("单田芳", "单田芳", "SHAN TIANFANG"),
        ("欧阳娜娜", "欧阳娜娜", "OUYANG NANA"),
        ("吕布", "吕布", "LV BU"),
        ("Lyu Bu", "LV BU", "LV BU"),
        ("万俟雅", "万俟雅", "MOQI YA"),
    ],
)
def test_names(text, name, sound):
    assert names.person_name(text) == name
    assert names.pinyin(name) == sound


@given(st.text(max_size=40))
def test_a_standard_name_stays_as_it_is(text):
    once = names.person_name(text)
    assert names.person_name(once) == once


@given(st.text(st.characters(exclude_characters="*"), min_size=1, max_size=60))
def test_a_mask_never_shows_the_whole(text):
    for mask in (masking.id_number, masking.mobile):
        assert mask(text) != text


@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40),
    st.lists(st.sampled_from(["", "A", "B"]), min_size=12, max_size=12),
)
def test_no_cluster_ever_holds_two_identities(pairs, numbers):
    ids = [UUID(int=n + 1) for n in range(12)]
    identity = {i: n for i, n in zip(ids, numbers, strict=True) if n}
    edges = [Edge(ids[a], ids[b], 0.99) for a, b in pairs if a != b]
    groups, _refused = clusters_of(ids, edges, Traits(identity))
    assert sorted(m for g in groups for m in g) == ids
    assert all(len({identity[m] for m in g if m in identity}) <= 1 for g in groups)


@pytest.mark.parametrize(
    ("text", "name", "sound"),
    [
        ("卓乾", "卓乾", "ZHUO QIAN"),
        ("毕昇", "毕昇", "BI SHENG"),
        ("於梨華", "於梨华", "YU LIHUA"),
        ("甯静", "甯静", "NING JING"),
        ("張乾坤", "张乾坤", "ZHANG QIANKUN"),
        ("Mr.Shen Lei", "SHEN LEI", "SHEN LEI"),
        ("Mr. Shen Lei", "SHEN LEI", "SHEN LEI"),
        ("DR.Prof. Weiming Zhang", "ZHANG WEIMING", "ZHANG WEIMING"),
        ("Zhang Weiming, Ms.", "ZHANG WEIMING", "ZHANG WEIMING"),
        ("李博士", "李博士", "LI BOSHI"),
        ("欧阳先生", "欧阳先生", "OUYANG XIANSHENG"),
        ("李伟博士先生", "李伟", "LI WEI"),
        ("张\u200b三", "张三", "ZHANG SAN"),
        ("葛\U000e0100飞", "葛飞", "GE FEI"),
        ("买买提．吐尔逊", "买买提·吐尔逊", "MAIMAITI TUERXUN"),
        ("买买提 • 吐尔逊", "买买提·吐尔逊", "MAIMAITI TUERXUN"),
        ("木沙.艾合买提", "木沙·艾合买提", "MUSHA AIHEMAITI"),
        ("第五轻柔", "第五轻柔", "DIWU QINGROU"),
        ("澹台灭明", "澹台灭明", "TANTAI MIEMING"),
        ("仇英", "仇英", "QIU YING"),
    ],
)
def test_a_normal_form_changes_nobodys_name(text, name, sound):
    assert names.person_name(text) == name
    assert names.pinyin(name) == sound


def test_a_place_keeps_its_character_however_its_county_is_written():
    assert standardise.address("吉林省松原市乾安县宇宙大街1号") == (
        standardise.address("吉林省松原市乾安縣宇宙大街1號")
    )
    assert "乾安" in standardise.address("吉林省松原市乾安縣")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1990-03-06T16:00:00Z", date(1990, 3, 7)),
        ("1990-03-06 16:00:00+00:00", date(1990, 3, 7)),
        ("1990-03-06T00:00:00.000+0800", date(1990, 3, 6)),
        ("1990-03-06T16:00:00", date(1990, 3, 6)),
        ("1990-03-06", date(1990, 3, 6)),
    ],
)
def test_a_moment_with_its_zone_is_the_day_on_the_banks_wall(text, day):
    assert standardise.day(text, today=TODAY) == day


@pytest.mark.parametrize(
    "text", ["未知", " 不 详 ", "N/A", "—", "地址不详", "Unknown", "****", "。"]
)
def test_words_that_say_nothing_are_no_values(text):
    assert placeholders.says_nothing(text)


@pytest.mark.parametrize("name", ["未知", "无名氏", "姓名未知", "123", "John Doe", "测试用户"])
def test_names_of_nobody(name):
    assert placeholders.is_no_name(name)


@pytest.mark.parametrize("name", ["吴明", "梅有", "空海", "Lu Na", "无极", "卓乾"])
def test_names_of_somebody(name):
    assert not placeholders.is_no_name(name)


def test_placeholders_of_each_kind():
    assert placeholders.is_no_mobile("13800138000")
    assert placeholders.is_no_mobile("15500000000")
    assert not placeholders.is_no_mobile("13812345678")
    assert placeholders.is_no_email("none@none.com")
    assert placeholders.is_no_email("zhang@mail.invalid")
    assert not placeholders.is_no_email("nona@163.com")
    assert not placeholders.is_no_email("zhang@mail.example")
    assert placeholders.is_no_birth(date(1900, 1, 1))
    assert not placeholders.is_no_birth(date(1990, 1, 1))
    assert placeholders.is_no_id_number(standardise.id_number("1" * 15, today=TODAY))


@pytest.mark.parametrize(
    "number",
    [
        "945807302157368193",
        "30364262129972200X",
        "332245383236405622",
        "241549909514547528",
        "772040560865690706",
        "279287757447621680",
    ],
)
def test_the_check_character_of_a_resident_number(number):
    assert standardise.id_check_character(number[:17]) == number[17]


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("1985-05-05", "1985-05-05", True),
        ("1985-05-05", "1985-05-06", True),
        ("1985-05-06", "1985-06-05", True),
        ("1985-05-05", "1986-05-05", True),
        ("1985-05-12", "1985-05-21", True),
        ("1985-05-05", "1975-05-05", False),
        ("1962-03-01", "1988-03-01", False),
        ("1985-05-05", "1985-07-08", False),
    ],
)
def test_a_day_that_may_be_the_same_written_twice(left, right, near):
    assert near_day(left, right) is near
    assert near_day(right, left) is near


def test_nobody_bridges_a_father_and_a_son():
    father, son, unknown = (UUID(int=n) for n in (1, 2, 3))
    edges = [Edge(father, unknown, 0.99), Edge(unknown, son, 0.99)]
    traits = Traits({}, birth={father: "1962-03-01", son: "1988-03-01"})
    groups, refused = clusters_of([father, son, unknown], edges, traits)
    assert sorted(map(len, groups)) == [1, 2]
    assert len(refused) == 1


def test_what_too_many_names_have_is_nobodys():
    rows = [
        {
            "name_simplified": f"人{n}",
            "mobile": "13811112222",
            "email": f"{n % 8}@a.cn",
            "address": "",
        }
        for n in range(9)
    ]
    assert shared.placeholders(rows) == {
        "mobile": {"13811112222"},
        "email": set(),
        "address": set(),
    }
    assert [r["mobile"] for r in shared.without_placeholders(rows)] == [""] * 9
