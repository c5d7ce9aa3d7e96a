"""The bank's own people: names, posts with dates, and who left and handed his customers over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from liti.sample.people.identity import SEED, Maker

RMS = {
    "retail": [f"RM{n:03d}" for n in range(1, 13)],
    "lending": [f"LM{n:03d}" for n in range(1, 7)],
    "corporate": [f"CM{n:03d}" for n in range(1, 7)],
}
MANAGER = "relationship_manager"
YOUNGEST, OLDEST = 24, 55
DAYS_OF_YEAR = 365
# Who leaves within the days that are closed: so many days before the last, and who takes over
# (nobody: the central team). RM001 is the demonstration's own manager and stays.
LEAVES = {"RM005": (21, "RM009"), "LM003": (12, "LM006"), "CM004": (5, "")}
# Who left before: his customers came to his successor with the departments' files.
LEFT_BEFORE = {"RM013": (400, "RM002"), "LM007": (180, "LM001")}


@dataclass(frozen=True, slots=True)
class Employee:
    """A relationship manager. `left_on` is the first day without him."""

    code: str
    name: str
    sex: str
    department: str
    joined_on: date
    left_on: date | None = None
    successor: str = ""


@cache
def employees(business_date: date, *, seed: int = SEED) -> tuple[Employee, ...]:
    """All relationship managers, by code; the same on every run of one bank."""
    maker = Maker(seed + 1)
    draw = maker.random
    found = []
    left = LEAVES | LEFT_BEFORE
    where = {code: department for department, codes in RMS.items() for code in codes}
    where |= {"RM013": "retail", "LM007": "lending"}
    for code, department in where.items():
        sex = draw.choice("MF")
        age = draw.randint(YOUNGEST, OLDEST)
        born = business_date - timedelta(days=age * DAYS_OF_YEAR)
        served = draw.randint(1, min(15, age - YOUNGEST + 2)) * DAYS_OF_YEAR
        joined = business_date - timedelta(days=served + draw.randrange(DAYS_OF_YEAR) + 400)
        ago, successor = left.get(code, (0, ""))
        found.append(
            Employee(
                code,
                maker.name(sex, born),
                sex,
                department,
                joined,
                business_date - timedelta(days=ago) if ago else None,
                successor,
            )
        )
    return tuple(found)


def leaving_on(day: date, business_date: date, *, seed: int = SEED) -> list[Employee]:
    """Who leaves on a day of those that are closed."""
    gone = (e for e in employees(business_date, seed=seed) if e.code in LEAVES)
    return [e for e in gone if e.left_on == day]


def names_of(usernames: tuple[str, ...], *, seed: int = SEED) -> dict[str, str]:
    """A name for each other member of the staff who signs in."""
    maker = Maker(seed + 2)
    born = date(1985, 1, 1)
    return {name: maker.name(maker.random.choice("MF"), born) for name in usernames}
