"""Signing up on line: whoever it is, once, also when two do it at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from stdnum.cn.ric import calc_check_digit

from liti.core.errors import InvalidInput
from liti.parties.models import Party, SourceRecord
from liti.parties.services import NewPerson, register_person


def number(born: str, sequence: int) -> str:
    stem = f"110101{born}{sequence:03d}"
    return stem + calc_check_digit(stem + "0")


def same_but_for_the_year() -> tuple[str, str]:
    """Two numbers that agree in region, day, sequence and check digit."""
    first = number("19850505", 7)
    years = (number(f"{year}0505", 7) for year in range(1940, 2005) if year != 1985)
    return first, next(n for n in years if n[-8:] == first[-8:])


@pytest.mark.django_db
def test_two_people_whose_numbers_differ_in_the_year_only_keep_a_record_each():
    first, second = same_but_for_the_year()
    one = register_person(NewPerson("王小明", first, "13800000001"))
    two = register_person(NewPerson("李大山", second, "13900000002"))
    assert one != two
    records = dict(SourceRecord.objects.values_list("name", "party_id"))
    assert records == {"王小明": one, "李大山": two}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "未知", "***"])
def test_nobody_signs_up_without_a_name(name):
    with pytest.raises(InvalidInput, match="name"):
        register_person(NewPerson(name, number("19850505", 7), "13800000001"))
    assert not Party.objects.exists()


@pytest.mark.usefixtures("committed")
def test_the_same_person_at_the_same_moment_is_one_customer():
    gate, found = threading.Barrier(8), []

    def sign_up() -> None:
        try:
            gate.wait()
            found.append(register_person(NewPerson("王小明", number("19850505", 7), "13800000001")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sign_up) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert Party.objects.count() == 1
    assert SourceRecord.objects.count() == 1
