"""Reads of the day: where the close stands, what earlier days took, until when calendars reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from liti.core import params
from liti.core.authority import BATCHES, open_to_all, query
from liti.core.clock import business_date
from liti.core.roles import STAFF
from liti.core.steps import DayStep, ordered
from liti.day.calendars import CALENDARS
from liti.day.models import Day, Figure, Step

DAYS_MAX = 400


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of one day; `seconds` is its work over all attempts."""

    name: str
    title: str
    state: str
    items_done: int
    items_all: int | None
    seconds: float
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class DayView:
    """A day and its steps in their order. State `current`: nobody has begun to
    close it."""

    on: date
    state: str
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    closed_by: str
    steps: tuple[StepView, ...]

    @property
    def seconds(self) -> float:
        """Work of all steps."""
        return round(sum(s.seconds for s in self.steps), 2)

    @property
    def items(self) -> int:
        return sum(s.items_done for s in self.steps)

    @property
    def failed(self) -> StepView | None:
        return next((s for s in self.steps if s.state == "failed"), None)

    @property
    def done(self) -> int:
        return sum(s.state == "done" for s in self.steps)


@dataclass(frozen=True, slots=True)
class StepTime:
    """What a step took over several days, in seconds."""

    name: str
    title: str
    days: int
    items: int
    seconds_mean: float
    seconds_max: float


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A calendar: the last day that was published and the last provisional one."""

    name: str
    published_until: date | None
    provisional_until: date | None
    days_left: int
    warned: bool


@open_to_all("names of steps")
def steps() -> list[DayStep]:
    """The declared steps in their order."""
    return ordered()


@open_to_all("dates, steps and counts of the bank's day")
def current() -> DayView:
    """The business date: its close as far as it has come."""
    return day(business_date())


@open_to_all("dates, steps and counts of the bank's day")
def day(on: date) -> DayView:
    """One day; a day whose close has not begun is `current` with all steps waiting."""
    row = Day.objects.filter(on=on).first()
    if row is None:
        waiting = tuple(
            StepView(s.name, str(s.title), "waiting", 0, None, 0.0, 0, None, None, "")
            for s in ordered()
        )
        return DayView(on, "current", None, None, 0, "", waiting)
    return _view(row, list(Step.objects.filter(day_id=on).order_by("position")))


@open_to_all("dates, steps and counts of the bank's day")
def history(limit: int = 30) -> list[DayView]:
    """Days whose close has begun, newest first."""
    days = list(Day.objects.order_by("-on")[: min(limit, DAYS_MAX)])
    found: dict[date, list[Step]] = {d.on: [] for d in days}
    for step in Step.objects.filter(day_id__in=list(found)).order_by("position"):
        found[step.day_id].append(step)
    return [_view(d, found[d.on]) for d in days]


@open_to_all("dates, steps and counts of the bank's day")
def step_times(limit: int = 30) -> list[StepTime]:
    """Time by step over the newest closed days."""
    names = {s.name: str(s.title) for s in ordered()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, count(*), sum(items_done)::bigint, avg(work_ms)::float8 / 1000,"
            " max(work_ms)::float8 / 1000 FROM day_step WHERE day_id IN ("
            ' SELECT "on" FROM day_day WHERE state = \'closed\' ORDER BY "on" DESC LIMIT %s)'
            " GROUP BY name ORDER BY max(position), name",
            [min(limit, DAYS_MAX)],
        )
        return [StepTime(n, names.get(n, n), *rest) for n, *rest in cursor.fetchall()]


@query(staff=STAFF, system=BATCHES)
def figures(names: list[str], limit: int = 30) -> dict[date, dict[str, int]]:
    """The named figures of the newest closed days, oldest first."""
    days = list(
        Day.objects.filter(state="closed")
        .order_by("-on")
        .values_list("on", flat=True)[: min(limit, DAYS_MAX)]
    )
    found: dict[date, dict[str, int]] = {on: {} for on in reversed(days)}
    for row in Figure.objects.filter(on__in=days, name__in=names):
        found[row.on][row.name] = row.value
    return found


@open_to_all("which days are business days")
def calendars() -> list[CalendarView]:
    """Until when each calendar reaches; `warned` when the published days end soon."""
    today = business_date()
    before = int(params.get("day.calendar.warned_before", on=today))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT calendar, max(day) FILTER (WHERE NOT is_provisional), max(day)"
            " FROM core_calendarday GROUP BY calendar"
        )
        known = {name: (published, last) for name, published, last in cursor.fetchall()}
    found = []
    for name in CALENDARS:
        published, last = known.get(name, (None, None))
        left = (published - today).days if published else 0
        found.append(CalendarView(name, published, last, left, left < before))
    return found


def _view(row: Day, steps: list[Step]) -> DayView:
    titles = {s.name: str(s.title) for s in ordered()}
    return DayView(
        on=row.on,
        state=row.state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        attempts=row.attempts,
        closed_by=row.closed_by,
        steps=tuple(
            StepView(
                s.name,
                titles.get(s.name, s.name),
                s.state,
                s.items_done,
                s.items_all,
                s.work_ms / 1000,
                s.attempts,
                s.started_at,
                s.finished_at,
                s.error,
            )
            for s in steps
        ),
    )
