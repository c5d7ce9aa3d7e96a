"""Invented people: valid, unique, true to the data, and the same on every run."""

from __future__ import annotations

import csv
import io

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as uscc_number

from liti.parties.rules.standardise import id_check_character
from liti.sample import people, source
from liti.sample.people.identity import id_check, uscc
from liti.sample.score import score


@pytest.fixture(scope="module")
def world():
    return people.identities()


def test_everybody_has_the_birth_date_and_sex_of_the_data(world):
    for client in source.clients():
        person = world.clients[client.id]
        assert (person.birth_date, person.sex) == (client.birth_date, client.sex)
        assert person.id_number[6:14] == f"{client.birth_date:%Y%m%d}"
        assert int(person.id_number[16]) % 2 == (client.sex == "M")


def test_no_two_people_share_an_id_number_and_all_are_valid(world):
    numbers = [p.id_number for p in [*world.clients.values(), *world.others]]
    assert len(numbers) == len(set(numbers))
    assert all(id_check_character(n[:17]) == n[17] for n in numbers)


def test_employers_have_valid_codes(world):
    assert len(world.enterprises) > 50
    assert all(uscc_number.is_valid(e.uscc) for e in world.enterprises)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_the_standard_s(body):
    assert id_check(body) == id_check_character(body)


@given(st.integers(0, 999_999))
def test_every_code_made_is_valid(number):
    assert uscc_number.is_valid(uscc("110105", f"MA{number:06d}"))


def test_the_same_call_writes_the_same(tmp_path):
    first = people.write_files(tmp_path / "a", customers=80)
    second = people.write_files(tmp_path / "b", customers=80)
    assert first.records == second.records
    for name in ("retail.csv", "lending.csv", "payroll.csv", "partner.csv", "truth.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    tables = [pq.read_table(tmp_path / x / "direct.parquet") for x in "ab"]
    assert tables[0].equals(tables[1])


def test_mistakes_are_there_and_bounded(tmp_path):
    report = people.write_files(tmp_path, customers=1500)
    text = (tmp_path / "retail.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    world = people.identities(customers=1500)
    wrong = sum(
        r["证件号码"] != world.clients[int(r["客户号"][1:])].id_number
        for r in rows
        if r["客户号"] and int(r["客户号"][1:]) in world.clients
    )
    assert 0.02 < wrong / len(rows) < 0.09
    assert report.bad_rows >= 7
    assert (tmp_path / "lending.csv").read_bytes().decode("gb18030")


def test_scoring_counts_pairs(tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("source,key,entity\nx,1,a\nx,2,a\nx,3,a\ny,1,b\n", encoding="utf-8")
    found = score({("x", "1"): 1, ("x", "2"): 1, ("x", "3"): 2, ("y", "1"): 2}, truth)
    assert (found.pairs_true, found.pairs_found, found.pairs_right) == (3, 2, 1)
    assert (found.precision, found.recall) == (0.5, 1 / 3)
