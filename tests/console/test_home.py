"""Home is the role's own: its work first, and each number is the total of the list behind it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from stdnum.cn.ric import calc_check_digit
from tests.console.builders import as_role, signed_in, staff

from liti.console.months import month_labels
from liti.core import staff as people
from liti.core.clock import business_date, local_date
from liti.core.context import acting, job
from liti.core.roles import STAFF_ROLES
from liti.parties.services import NewPerson, register_person

pytestmark = pytest.mark.django_db
LINK = re.compile(r'id="((?:work|kpi)-[a-z_]+)" href="([^"]+)" data-count="(\d+)"')


def total_of(page: str) -> int:
    """What a list or the plan says it has; no total is shown where it has nothing."""
    found = re.search(r'id="total">([^<]*)', page)
    return int(re.findall(r"\d[\d,]*", found[1])[-1].replace(",", "")) if found else 0


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_each_number_of_a_role_is_the_total_of_its_list(role):
    for last in range(3):
        number = f"110101198505051{last}3"
        number += calc_check_digit(f"{number}X")
        register_person(NewPerson("张晓明", number, f"1380012778{last}"))
    client = as_role(role)
    page = client.get("/").content.decode()
    links = LINK.findall(page)
    assert "work-decide" in {name for name, _href, _count in links}
    assert any(name.startswith("kpi-") for name, _href, _count in links)
    for name, href, count in links:
        answer = client.get(unescape(href))
        assert answer.status_code == 200, href
        assert total_of(answer.content.decode()) == int(count), (name, href)


def test_what_waits_for_one_person_is_not_what_waits_for_another():
    head, risk = staff("operation_head", name="head"), staff("risk_officer", name="risk")
    newcomer = staff("service_desk", name="newcomer")
    with acting(people.actor_of(head)):
        people.propose_post(newcomer.username, "data_steward", "direct", local_date())
    counts = {
        who: {n: int(c) for n, _h, c in LINK.findall(signed_in(user).get("/").content.decode())}
        for who, user in (("head", head), ("risk", risk), ("desk", newcomer))
    }
    assert [counts[w]["work-decide"] for w in ("head", "risk", "desk")] == [0, 1, 0]
    assert [counts[w]["work-proposed"] for w in ("head", "risk", "desk")] == [1, 0, 0]


def test_the_month_that_is_not_over_says_so():
    on = business_date()
    with acting(job("check")):
        now, before = month_labels([on.replace(day=1), on.replace(year=on.year - 1, day=1)])
    assert now == f"{on:%y-%m} so far"
    assert before == f"{on.replace(year=on.year - 1):%y-%m}"
