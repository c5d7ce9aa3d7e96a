"""Invented people: valid, unique, true to the data, and the same on every run."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as uscc_number

from liti.parties.rules.standardise import id_check_character
from liti.sample import people, source
from liti.sample.incomes import Income, income_of, recorded, salaried
from liti.sample.people.employees import employees, leaving_on
from liti.sample.people.identity import SEED, age_on, id_check, uscc
from liti.sample.score import score

DATA = Path(source.__file__).parent / "data"
SHIFT = timedelta(days=10_185)


@pytest.fixture(scope="module")
def world():
    return people.identities(shift_days=SHIFT.days)


def test_everybody_has_the_age_and_sex_of_the_data(world):
    for client in source.clients():
        person = world.clients[client.id]
        assert (person.birth_date - SHIFT, person.sex) == (client.birth_date, client.sex)
        assert person.id_number[6:14] == f"{person.birth_date:%Y%m%d}"
        assert int(person.id_number[16]) % 2 == (client.sex == "M")


def test_ages_are_those_of_the_real_bank_at_its_time(world):
    on = source.LAST_DAY + SHIFT
    decades = Counter(age_on(p.birth_date, on) // 10 * 10 for p in world.clients.values())
    at_its_time = Counter(
        age_on(c.birth_date, source.LAST_DAY) // 10 * 10 for c in source.clients()
    )
    assert max(decades) == 80  # nobody is over 90
    assert all(abs(decades[d] - at_its_time[d]) <= 3 for d in at_its_time)  # leap days


def test_id_numbers_begin_with_a_code_that_was_in_force_at_birth(world):
    spans = defaultdict(list)
    for row in pq.read_table(DATA / "region_codes.parquet").to_pylist():
        spans[row["code"]].append((row["first"], row["last"]))
    for person in [*world.clients.values(), *world.others]:
        month = max(198012, person.birth_date.year * 100 + person.birth_date.month)
        code = person.id_number[:6]
        assert any(first <= month <= last for first, last in spans[code]), (code, month)


def test_who_works_is_of_working_age_and_salaries_go_to_employees(world):
    on = source.LAST_DAY + SHIFT
    people = [world.clients[number] for number in world.employer_of]
    assert all(18 <= age_on(p.birth_date, on) < (60 if p.sex == "M" else 55) for p in people)
    heads = [e.representative for e in world.enterprises]
    assert all(age_on(p.birth_date, on) >= 18 for p in heads)
    paid = salaried(SEED, [p.number for p in people])
    working = [n for n, p in world.clients.items() if 18 <= age_on(p.birth_date, on) < 55]
    assert salaried(SEED, working) <= paid


def test_pensions_go_to_pensioners():
    born = {c.id: c.birth_date for c in source.clients()}
    owner = {h.account_id: h.client_id for h in source.holders() if h.owner}
    on = source.LAST_DAY
    for account, client in owner.items():
        income = income_of(SEED, account, born[client], on)
        assert (income is Income.PENSION) or age_on(born[client], on) < 60
        if income is Income.PENSION and account not in recorded():
            assert age_on(born[client], on) >= 60


def test_employees_have_names_and_posts_with_dates():
    on = date(2026, 11, 25)
    staff = employees(on)
    assert len({e.code for e in staff}) == len(staff) == 26
    assert all(len(e.name) >= 2 and e.joined_on < on for e in staff)
    left = {e.code: (e.left_on, e.successor) for e in staff if e.left_on}
    assert left["RM005"] == (date(2026, 11, 4), "RM009")
    here = {e.code for e in staff if e.left_on is None}
    assert {successor for _on, successor in left.values() if successor} <= here
    assert [e.code for e in leaving_on(date(2026, 11, 20), on)] == ["CM004"]


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
    for name in (
        "retail.csv",
        "lending.csv",
        "corporate.csv",
        "payroll.csv",
        "partner.csv",
        "truth.csv",
    ):
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
