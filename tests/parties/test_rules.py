"""Standard forms, by table and by property."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liti.parties.rules import masking, names, standardise
from liti.parties.rules.clusters import Edge, clusters_of
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


@given(st.text(min_size=1, max_size=60))
def test_a_mask_never_shows_the_whole(text):
    for mask in (masking.id_number, masking.mobile):
        assert mask(text) != text or set(text) == {"*"}


@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40),
    st.lists(st.sampled_from(["", "A", "B"]), min_size=12, max_size=12),
)
def test_no_cluster_ever_holds_two_identities(pairs, numbers):
    ids = [UUID(int=n + 1) for n in range(12)]
    identity = {i: n for i, n in zip(ids, numbers, strict=True) if n}
    edges = [Edge(ids[a], ids[b], 0.99) for a, b in pairs if a != b]
    groups, _refused = clusters_of(ids, edges, identity)
    assert sorted(m for g in groups for m in g) == ids
    assert all(len({identity[m] for m in g if m in identity}) <= 1 for g in groups)
