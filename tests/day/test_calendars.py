"""Calendars reach a year ahead: published where they are, else provisional and said so."""

from __future__ import annotations

from datetime import date

import pytest

from liti.core.calendars import is_business_day
from liti.core.errors import InvalidInput
from liti.core.models import CalendarDay, Event
from liti.day import calendars, queries, services
from liti.day.calendars import Known
from liti.day.rules import provisional

pytestmark = pytest.mark.django_db


def test_fixed_festivals_and_weekends_are_all_that_is_known_beforehand():
    assert provisional(date(2027, 1, 1)) == (False, "元旦")
    assert provisional(date(2027, 1, 2)) == (False, "")
    assert provisional(date(2027, 1, 4)) == (True, "")


def test_banks_work_on_a_make_up_saturday_and_exchanges_do_not():
    saturday = date(2026, 2, 14)  # worked before the Spring Festival of 2026
    assert is_business_day(saturday, "cn_bank")
    assert not is_business_day(saturday, "xshg")


def test_beyond_the_published_year_days_are_provisional():
    assert calendars.package_horizon() == date(2026, 12, 31)
    last = CalendarDay.objects.get(calendar="xshg", day=date(2026, 12, 31))
    first = CalendarDay.objects.get(calendar="xshg", day=date(2027, 1, 4))
    assert (last.is_provisional, first.is_provisional, first.is_business) == (False, True, True)
    assert queries.calendars()[1].published_until == date(2026, 12, 31)


def test_keeping_again_changes_nothing():
    before = list(CalendarDay.objects.order_by("id").values_list())
    assert calendars.keep().changed == 0
    assert list(CalendarDay.objects.order_by("id").values_list()) == before


def test_the_arrangement_takes_the_place_of_provisional_days_and_says_which():
    monday = date(2027, 1, 4)
    report = services.load_calendar([Known("xshg", monday, False, "元旦", "notice 2027")])
    assert (report.new, report.changed) == (0, 1)
    row = CalendarDay.objects.get(calendar="xshg", day=monday)
    assert (row.is_business, row.is_provisional, row.source) == (False, False, "notice 2027")
    event = Event.objects.get(type="day.calendar.changed")
    assert event.payload == {"calendar": "xshg", "days": ["2027-01-04"]}
    # the same again is nothing new, and the packages don't take it back
    assert (
        services.load_calendar([Known("xshg", monday, False, "元旦", "notice 2027")]).changed == 0
    )
    calendars.keep()
    assert not is_business_day(monday, "xshg")


def test_a_file_is_read_whole_or_not_at_all(tmp_path):
    file = tmp_path / "2027.csv"
    file.write_text(
        "calendar,day,is_business,name\ncn_bank,2027-01-03,1,元旦\nmoon,2027-01-04,1,\n"
    )
    with pytest.raises(InvalidInput, match="line 3"):
        calendars.read_file(file)
    file.write_text("calendar,day,is_business,name\ncn_bank,2027-01-03,是,元旦\n")
    assert calendars.read_file(file) == [
        Known("cn_bank", date(2027, 1, 3), True, "元旦", "2027.csv")
    ]
    assert calendars.read_file(file, year=2028) == []


def test_a_calendar_is_warned_of_before_it_ends(monkeypatch):
    monkeypatch.setattr(queries, "business_date", lambda: date(2026, 11, 1))
    assert [c.warned for c in queries.calendars()] == [False, False]
    monkeypatch.setattr(queries, "business_date", lambda: date(2026, 11, 2))
    assert [(c.days_left, c.warned) for c in queries.calendars()] == [(59, True), (59, True)]
