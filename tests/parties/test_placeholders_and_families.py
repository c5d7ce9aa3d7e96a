"""Who is not one person, however much agrees: placeholders, families, twins, shared phones."""

from __future__ import annotations

import pytest
from tests.parties.builders import department_files, people, write_csv

from liti.parties import queries, services
from liti.parties.models import MatchPair

pytestmark = pytest.mark.django_db
HEAD = (
    "key",
    "name",
    "id_number",
    "mobile",
    "email",
    "birth_date",
    "sex",
    "address",
    "region_code",
)
Given = dict[str, tuple[str, ...]]


@pytest.fixture(autouse=True)
def _bank(tmp_path):
    """A bank of 300 people whose records train the model."""
    files, _truth = department_files(tmp_path, people(300))
    for source, path in files.items():
        services.import_source(source, path)


def parties_of(tmp_path, given: dict[str, list[tuple[str, ...]]]) -> dict[str, object]:
    """Import the rows of each source and match; the party of each key."""
    for source, rows in given.items():
        path = tmp_path / f"case-{source}.csv"
        services.import_source(
            source, write_csv(path, [dict(zip(HEAD, r, strict=True)) for r in rows])
        )
    services.match_all()
    keys = {row[0] for rows in given.values() for row in rows}
    return {
        key: party
        for source in given
        for key, party in queries.party_by_source(source).items()
        if key in keys
    }


def test_a_shortened_id_number_makes_nobody_one(tmp_path):
    rows = [
        (
            f"E{n}",
            "郭婷",
            "1.10105E+17",
            f"1365551{n}013",
            "",
            "",
            "F",
            f"北京市朝阳区建国路{n}6号",
            "110105",
        )
        for n in range(4)
    ]
    found = parties_of(tmp_path, {"lending": rows[:2], "cards": rows[2:]})
    assert len(set(found.values())) == 4


def test_known_placeholders_make_nobody_one(tmp_path):
    found = parties_of(
        tmp_path,
        {
            "retail": [
                (
                    "P1",
                    "张伟",
                    "",
                    "13800138000",
                    "a@x.cn",
                    "1900-01-01",
                    "M",
                    "北京市朝阳区一路1号",
                    "110105",
                )
            ],
            "cards": [
                (
                    "P2",
                    "张伟",
                    "",
                    "13800138000",
                    "b@x.cn",
                    "1900-01-01",
                    "M",
                    "上海市浦东新区二路2号",
                    "310115",
                )
            ],
            "lending": [
                (
                    "P3",
                    "张伟",
                    "",
                    "13800138000",
                    "c@x.cn",
                    "1900-01-01",
                    "M",
                    "广东省深圳市三路3号",
                    "440305",
                )
            ],
        },
    )
    assert len(set(found.values())) == 3


def test_a_family_on_one_phone_stays_three(tmp_path):
    home = ("13855556666", "", "四川省成都市锦江区锦江路8号")
    rows = {
        "retail": ("F1", "乐建国", "", home[0], "", "1962-03-01", "M", home[2], "510104"),
        "cards": ("F2", "乐建军", "", home[0], "", "1988-03-01", "M", home[2], "510104"),
        "lending": ("F3", "乐建", "", home[0], "", "", "M", home[2], "510104"),
    }
    found = parties_of(tmp_path, {source: [row] for source, row in rows.items()})
    assert len(set(found.values())) == 3


def test_twins_and_mother_and_daughter_stay_apart(tmp_path):
    home = "13877778888", "浙江省杭州市西湖区文一路9号"
    found = parties_of(
        tmp_path,
        {
            "retail": [
                ("T1", "顾晓晨", "", home[0], "", "1990-05-05", "F", home[1], "330106"),
                ("T2", "顾晓曦", "", home[0], "", "1990-05-05", "F", home[1], "330106"),
                ("T3", "顾晓辰", "", home[0], "", "1990-05-05", "F", home[1], "330106"),
                ("M1", "谢兰", "", home[0], "", "1960-01-02", "F", home[1], "330106"),
            ],
            "cards": [("D1", "谢兰", "", home[0], "", "1991-08-02", "F", home[1], "330106")],
        },
    )
    assert len(set(found.values())) == 5


def test_an_agencys_phone_makes_nobody_one(tmp_path):
    names = ["卫青", "霍光", "班超", "马援", "窦宪", "邓禹", "冯异", "岑彭", "耿弇", "卫青"]
    rows = [(f"A{n}", name, "", "13899990000", *[""] * 5) for n, name in enumerate(names)]
    found = parties_of(tmp_path, {"retail": rows[:9], "cards": rows[9:]})
    assert len(set(found.values())) == 10


def test_what_is_unknown_makes_nobody_one(tmp_path):
    found = parties_of(
        tmp_path,
        {
            "retail": [
                ("U1", "未知", "", "13611110001", "", "", "", "不详", ""),
                ("U2", "王丽", "", "13611110002", "", "", "F", "不详", ""),
                (
                    "U3",
                    "张敏",
                    "",
                    "13611110003",
                    "none@none.com",
                    "",
                    "F",
                    "江苏省南京市一路1号",
                    "",
                ),
            ],
            "cards": [
                ("U4", "未知", "", "13611110004", "", "", "", "不详", ""),
                ("U5", "王丽", "", "13611110005", "", "", "F", "不详", ""),
                (
                    "U6",
                    "张敏",
                    "",
                    "13611110006",
                    "none@none.com",
                    "",
                    "F",
                    "江苏省苏州市二路2号",
                    "",
                ),
            ],
        },
    )
    assert set(found) == {"U2", "U3", "U5", "U6"}
    assert len(set(found.values())) == 4


def test_what_contradicts_itself_is_shown_and_not_merged(tmp_path):
    home = "13855556666", "四川省成都市锦江区锦江路8号"
    parties_of(
        tmp_path,
        {
            "retail": [("F1", "乐建国", "", home[0], "", "1962-03-01", "M", home[1], "510104")],
            "cards": [("F2", "乐建国", "", home[0], "", "1988-03-01", "M", home[1], "510104")],
        },
    )
    [pair] = MatchPair.objects.filter(decision__in=["conflict", "review"], left__name="乐建国")
    assert pair.probability > 0.5
