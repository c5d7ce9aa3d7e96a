"""Calendars a year ahead: the published arrangement where there is one, else provisional days.

Beyond the arrangement business must not stop, so days are filled in by weekends and fixed
festivals and marked provisional; what was reckoned with them is reckoned anew when the
arrangement comes (`day.calendar.changed`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.core import params
from liti.core.clock import business_date, local_date
from liti.core.errors import InvalidInput
from liti.core.events import emit
from liti.day.events import CALENDAR_CHANGED
from liti.day.rules import provisional

BANK, EXCHANGE = "cn_bank", "xshg"
CALENDARS = (BANK, EXCHANGE)
FIRST_YEAR = 2018
YEARS_MAX = 30
ROWS_MAX = 40_000
NAME_MAX = 40
YES, NO = {"1", "true", "yes", "是"}, {"0", "false", "no", "否"}


@dataclass(frozen=True, slots=True)
class Known:
    """What an authority says of a day; `source` names it (a notice, a file, a package)."""

    calendar: str
    day: date
    is_business: bool
    name: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class CalendarReport:
    """What a loading changed. `changed`: days known before that are otherwise now."""

    rows: int
    new: int
    changed: int


_UPSERT = """
WITH given AS (
    SELECT * FROM unnest(%(calendars)s::text[], %(days)s::date[], %(business)s::bool[],
                         %(names)s::text[], %(sources)s::text[])
           AS g (calendar, day, is_business, name, source)
), before AS (
    SELECT c.calendar, c.day, c.is_business FROM core_calendarday c JOIN given USING (calendar, day)
), written AS (
    INSERT INTO core_calendarday AS c (calendar, day, is_business, name, source, is_provisional)
    SELECT calendar, day, is_business, name, source, %(provisional)s FROM given
    ON CONFLICT (calendar, day) DO UPDATE SET is_business = excluded.is_business,
        name = excluded.name, source = excluded.source, is_provisional = excluded.is_provisional
    WHERE (c.is_provisional OR c.source IN ('', excluded.source) OR %(overrule)s)
      AND (c.is_business, c.name, c.source, c.is_provisional)
          IS DISTINCT FROM (excluded.is_business, excluded.name, excluded.source,
                            excluded.is_provisional)
    RETURNING calendar, day, is_business
)
SELECT w.calendar, w.day, b.is_business IS NULL, b.is_business IS DISTINCT FROM w.is_business
FROM written w LEFT JOIN before b USING (calendar, day) ORDER BY w.calendar, w.day
"""


@transaction.atomic
def load(days: Iterable[Known]) -> CalendarReport:
    """Published days; the bank's own loading overrules what the packages say."""
    rows = list(days)
    if not 0 < len(rows) <= ROWS_MAX:
        raise InvalidInput(
            "day.calendar.size", _("A calendar file has 1 to %(max)d rows.") % {"max": ROWS_MAX}
        )
    report = _write(rows, provisional_days=False, overrule=True)
    keep()
    return report


@transaction.atomic
def keep() -> CalendarReport:
    """The packages' knowledge, then provisional days as far ahead as the bank wants.

    Cheap when nothing is new: it asks only whether the last day wanted is there.
    """
    until = max(local_date(), business_date()) + timedelta(
        days=int(params.find("day.calendar.kept_ahead") or 400)
    )
    published = package_horizon()
    found = CalendarReport(0, 0, 0)
    known = _last_days(provisional_days=False)
    if any(known.get(name, date.min) < published for name in CALENDARS):
        found = _write(list(packaged()), provisional_days=False, overrule=False)
    last = _last_days()
    beyond = list(_provisional(last, until))
    if beyond:
        more = _write(beyond, provisional_days=True, overrule=False)
        found = CalendarReport(
            found.rows + more.rows, found.new + more.new, found.changed + more.changed
        )
    return found


def package_horizon() -> date:
    """The last day that the installed package's arrangements cover."""
    year = FIRST_YEAR
    for year in range(FIRST_YEAR, FIRST_YEAR + YEARS_MAX):
        try:
            chinese_calendar.is_workday(date(year, 12, 31))
        except NotImplementedError:
            break
    return date(year - 1, 12, 31)


def packaged(year: int | None = None) -> Iterator[Known]:
    """What chinesecalendar knows (of one year): State Council holidays and make-up workdays.

    Exchanges trade on bank working days that are no weekend (make-up days are not traded).
    Raises InvalidInput for a year that the package does not cover.
    """
    last = package_horizon()
    if year is not None and not FIRST_YEAR <= year <= last.year:
        raise InvalidInput(
            "day.calendar.unknown_year",
            _("The installed packages know no arrangement of %(year)d.") % {"year": year},
            remedy=_("Load it from a file: calendar,day,is_business,name."),
        )
    day = date(year or FIRST_YEAR, 1, 1)
    end = min(last, date(year, 12, 31)) if year else last
    source = "chinesecalendar"
    while day <= end:
        works = chinese_calendar.is_workday(day)
        name = chinese_calendar.get_holiday_detail(day)[1] or ""
        yield Known(BANK, day, works, name, source)
        yield Known(EXCHANGE, day, works and day.weekday() < 5, name, source)
        day += timedelta(days=1)


def read_file(path: Path, *, year: int | None = None) -> list[Known]:
    """Rows of a CSV file (calendar, day, is_business, name). Raises InvalidInput with the line."""
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            known = _known(row, number, path.name)
            if year is None or known.day.year == year:
                found.append(known)
    return found


def _known(row: dict[str, str | None], line: int, file: str) -> Known:
    calendar = (row.get("calendar") or "").strip()
    business = (row.get("is_business") or "").strip().lower()
    try:
        day = date.fromisoformat((row.get("day") or "").strip())
    except ValueError:
        day = None
    if calendar not in CALENDARS or day is None or business not in YES | NO:
        raise InvalidInput(
            "day.calendar.bad_row",
            _("%(file)s, line %(line)d: this is not a day of a calendar.")
            % {"file": file, "line": line},
            remedy=_("Write calendar (%(names)s), day (2027-01-01), is_business (1 or 0), name.")
            % {"names": ", ".join(CALENDARS)},
        )
    return Known(
        calendar, day, business in YES, (row.get("name") or "")[:NAME_MAX], file[:NAME_MAX]
    )


def _last_days(*, provisional_days: bool = True) -> dict[str, date]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT calendar, max(day) FROM core_calendarday"
            " WHERE %s OR NOT is_provisional GROUP BY calendar",
            [provisional_days],
        )
        return dict(cursor.fetchall())


def _provisional(last: dict[str, date], until: date) -> Iterator[Known]:
    for calendar in CALENDARS:
        day = last.get(calendar, date(FIRST_YEAR, 1, 1)) + timedelta(days=1)
        while day <= until:
            yield Known(calendar, day, *provisional(day), "provisional")
            day += timedelta(days=1)


def _write(rows: list[Known], *, provisional_days: bool, overrule: bool) -> CalendarReport:
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT,
            {
                "calendars": [r.calendar for r in rows],
                "days": [r.day for r in rows],
                "business": [r.is_business for r in rows],
                "names": [r.name for r in rows],
                "sources": [r.source for r in rows],
                "provisional": provisional_days,
                "overrule": overrule,
            },
        )
        written = cursor.fetchall()
    new = sum(is_new for _calendar, _day, is_new, _other in written)
    moved = [(c, d) for c, d, is_new, other in written if other and not is_new]
    for calendar in sorted({c for c, _day in moved}):
        days = [d.isoformat() for c, d in moved if c == calendar]
        emit(CALENDAR_CHANGED, f"calendar:{calendar}", {"calendar": calendar, "days": days})
    return CalendarReport(len(rows), new, len(moved))
