"""Lists: sorted, counted, paged, saved; all of it in the address, which may say anything."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from django.urls import get_resolver
from tests.console.test_console_pages import signed_in, staff
from tests.market.builders import DAY, person

from liti.console import cells, listing
from liti.console.resources import Column, Query, Resource, declared
from liti.core import params
from liti.core.clock import set_business_date
from liti.core.models import AccessLog
from liti.core.roles import STAFF_ROLES

pytestmark = pytest.mark.django_db


def lists() -> list[Resource]:
    assert get_resolver().url_patterns  # as addresses are read, the console's pages are declared
    return [r for r in declared() if isinstance(r, Resource)]


@pytest.fixture
def everybody():
    set_business_date(DAY)
    return signed_in(staff(*STAFF_ROLES))


def births(page: str) -> list[str]:
    return re.findall(r'data-label="Birth date"><span class="nowrap">([0-9-]+)<', page)


def three_people() -> None:
    for born in (date(1985, 5, 5), date(1960, 1, 31), date(2001, 12, 1)):
        person(born)


def bounds(monkeypatch, **bound: int) -> None:
    """Parameters of lists as a bank may set them."""
    kept = params.get
    names = {f"core.lists.{name}": value for name, value in bound.items()}
    monkeypatch.setattr(params, "get", lambda code, **more: names.get(code) or kept(code, **more))


def test_every_list_is_sorted_by_each_of_its_columns_and_saved(everybody):
    three_people()
    tried = 0
    for found in lists():
        orders = [f"{sign}{c.name}" for c in listing.sortable(found) for sign in ("", "-")]
        assert orders, f"{found.name} can't be sorted"
        for order in ["", *orders]:
            page = everybody.get(f"/list/{found.name}/?order={order}")
            assert page.status_code == 200, (found.name, order)
        assert everybody.get(f"/list/{found.name}.csv?order={orders[-1]}").status_code == 200
        tried += len(orders)
    assert tried > 100


def test_an_order_that_a_list_does_not_have_is_a_refusal_in_words(everybody):
    for found in lists():
        for wrong in ("password", "--name", "id%00", "-"):
            for address in (f"/list/{found.name}/", f"/list/{found.name}.csv"):
                status = everybody.get(f"{address}?order={wrong}").status_code
                assert status == 422, (address, wrong)


def test_a_filter_that_a_list_does_not_have_is_a_refusal_in_words(everybody):
    for found in lists():
        for narrow in found.filters:
            page = everybody.get(f"/list/{found.name}/?{narrow.name}=' OR 1=1")
            assert page.status_code == 422
            assert "Choose one of the list&#x27;s own filters." in page.content.decode()


def test_people_are_sorted_by_birth_both_ways_and_the_address_keeps_it(everybody):
    three_people()

    up = everybody.get("/list/customers/?kind=person&order=birth_date").content.decode()
    down = everybody.get("/list/customers/?kind=person&order=-birth_date").content.decode()

    assert births(up) == ["1960-01-31", "1985-05-05", "2001-12-01"]
    assert births(down) == ["2001-12-01", "1985-05-05", "1960-01-31"]
    assert 'aria-sort="ascending"' in up
    assert 'href="?kind=person&amp;order=-birth_date"' in up
    assert '<option value="person" selected>' in up


def test_the_names_behind_a_mask_give_no_order_away(everybody):
    for masked in ("name_masked", "id_number_masked", "mobile_masked"):
        assert everybody.get(f"/list/customers/?order={masked}").status_code == 422


def test_a_list_says_how_many_rows_there_are_and_pages_through_them_once(everybody):
    for _one in range(27):
        person()

    first = everybody.get("/list/customers/?order=kind").content.decode()
    second = everybody.get("/list/customers/?order=kind&offset=25").content.decode()
    beyond = everybody.get("/list/customers/?order=kind&offset=50").content.decode()

    assert "1–25 of 27" in first
    assert "26–27 of 27" in second
    assert 'id="page-next" rel="next" href="?order=kind&amp;offset=25"' in first
    assert 'id="page-before" rel="prev" href="?order=kind&amp;offset=0"' in second
    assert "page-next" not in second
    keys = re.findall(r"/customers/([0-9a-f-]{36})/", first + second)
    assert len(keys) == len(set(keys)) == 27
    assert "The list is shorter than this page" in beyond
    assert 'id="page-first" href="?order=kind"' in beyond


def test_a_large_list_is_counted_to_a_bound_and_neither_sorted_nor_saved_beyond(
    everybody, monkeypatch
):
    three_people()
    bounds(monkeypatch, counted=2, sorted=2, saved=2)

    page = everybody.get("/list/customers/").content.decode()
    by_birth = everybody.get("/list/customers/?order=birth_date")
    saved = everybody.get("/list/customers.csv")

    assert "of 2+" in page
    assert "save-list" not in page
    assert "order=" not in page
    assert by_birth.status_code == saved.status_code == 422
    assert "Narrow the list to 2 rows" in saved.content.decode()


def test_a_saved_list_is_what_the_page_shows_masked_and_each_person_reads_who_took_it(everybody):
    three_people()

    answer = everybody.get("/list/customers.csv?kind=person&order=birth_date")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Customer", "Kind", "ID number", "Mobile", "Birth date"]
    assert [r[4] for r in rows[1:]] == ["1960-01-31", "1985-05-05", "2001-12-01"]
    assert {r[0] for r in rows[1:]} == {"张*"}
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == 'attachment; filename="customers-2026-11-23.csv"'
    logged = AccessLog.objects.filter(purpose="list_saved:customers")
    assert logged.count() == 3
    assert logged.values("subject_id").distinct().count() == 3


def test_a_file_opens_for_whom_the_list_opens():
    marketing = signed_in(staff("marketing_analyst"))

    assert marketing.get("/list/accounts/").status_code == 403
    assert marketing.get("/list/accounts.csv").status_code == 403
    assert marketing.post("/list/customers.csv").status_code in (403, 405)
    assert marketing.get("/list/transfers.csv").status_code in (403, 404)


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "  =1", "\r=1", "＝1", "|cmd", "%0"]
)
def test_no_cell_of_a_file_is_a_formula(text):
    assert cells.for_file(text, "text", None) == f"'{text}"


def test_amounts_in_a_file_are_plain_decimals():
    assert cells.for_file(-123456, "money", None) == "-1234.56"
    assert cells.for_file(1234567, "number", None) == "1234567"


def test_rows_at_hand_are_sorted_stably_with_empty_ones_last():
    rows = [{"n": 2, "k": "a"}, {"n": None, "k": "b"}, {"n": 1, "k": "c"}, {"n": 2, "k": "d"}]
    column = Column("n", "N", "number", value=lambda r: r["n"])
    made = Resource("t", "T", "", "", frozenset(), [column], whole=lambda _q: rows)

    def keys(order: str) -> str:
        return "".join(r["k"] for r in listing.rows_at_hand(made, Query(order=order)))

    assert [keys(""), keys("n"), keys("-n")] == ["abcd", "cadb", "adcb"]


def test_every_crumb_leads_to_a_page_that_opens_for_its_reader(everybody):
    page = everybody.get("/list/transfers/")
    assert page.status_code == 404  # a transfer is found by its account; there is no such list
