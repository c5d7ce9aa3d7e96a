"""Who the clients are: a Chinese identity with the true age and sex of the data."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import pyarrow.parquet as pq
from faker import Faker
from pypinyin import lazy_pinyin

from liti.sample import source
from liti.sample.incomes import salaried

SEED = 20260101
EXTRA_FROM = 20_001  # clients beyond the real ones
OTHERS_FROM = 900_001  # people who are not clients
COHORTS = (
    (1960, "n.1930_1959"),
    (1970, "n.1960_1969"),
    (1980, "n.1970_1979"),
    (1990, "n.1980_1989"),
    (2000, "n.1990_1999"),
    (9999, "n.2000_2008"),
)
# Codes are dated by the revisions of GB/T 2260; the first that is known is of December 1980.
FIRST_REVISION, LAST_REVISION = 198012, 201904
# A province made later: who was born before bears a code of the one that it was part of.
PART_OF = {"50": "51", "46": "44"}
WORKING_AGES = {"M": (18, 60), "F": (18, 55)}
OF_AGE = 18
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MOBILE_PREFIXES = ("138", "139", "135", "136", "150", "151", "158", "186", "187", "189", "199")
MAIL_HOSTS = ("mail.example", "post.example", "letter.example", "box.example")
STREETS = ("人民路", "解放路", "中山路", "建设路", "和平街", "新华路", "文化路", "胜利街", "学院路")
SUFFIXES = ("科技有限公司", "贸易有限公司", "制造有限公司", "物流有限公司", "餐饮管理有限公司")
NOT_MAINLAND = ("71", "81", "82")
MUNICIPALITY = "市辖区"


@dataclass(frozen=True, slots=True)
class Person:
    """One true person. `number` is the client id of the books, or OTHERS_FROM and above."""

    number: int
    name: str
    sex: str
    birth_date: date
    id_number: str
    mobile: str
    old_mobile: str
    email: str
    province: str
    city: str
    area: str
    street: str
    region_code: str
    household: int

    @property
    def address(self) -> str:
        return f"{self.province}{self.city}{self.area}{self.street}"


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An employer with its credit code."""

    number: int
    name: str
    uscc: str
    representative: Person
    phone: str
    street: str


@dataclass(frozen=True, slots=True)
class World:
    """Everybody: clients of the bank, people who are not (yet), and employers."""

    clients: dict[int, Person]
    others: tuple[Person, ...]
    enterprises: tuple[Enterprise, ...]
    employer_of: dict[int, int]


def id_check(body: str) -> str:
    """The check character of a resident ID number (GB 11643-1999)."""
    return ID_CHECKS[sum(int(c) * w for c, w in zip(body, ID_WEIGHTS, strict=True)) % 11]


def uscc(region_code: str, organisation: str) -> str:
    """A unified social credit code (GB 32100-2015) around an 8-character organisation code."""
    values = [int(c, 36) for c in organisation]
    inner = 11 - sum(v * w for v, w in zip(values, ORGANISATION_WEIGHTS, strict=True)) % 11
    body = f"91{region_code}{organisation}{'X' if inner == 10 else inner % 11}"
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + USCC_ALPHABET[(31 - total % 31) % 31]


class Maker:
    """Draws identities from one seeded source; no ID number is given out twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.used: dict[tuple[str, date, str], int] = {}
        surnames = _table("surnames")
        self.surnames = [r["surname"] for r in surnames]
        self.surname_weights = [r["people"] for r in surnames]
        characters = _table("given_characters")
        self.given = {
            (sex, column): _weights(characters, sex, column)
            for sex in "MF"
            for _year, column in COHORTS
        }
        self.by_city: dict[str, list[dict[str, str]]] = {}
        for area in _table("areas"):
            if area["code"][:2] not in NOT_MAINLAND:
                self.by_city.setdefault(area["code"][:4], []).append(area)
        cities = sorted(self.by_city)
        self.codes = _codes_by_province()
        self._at_birth: dict[tuple[str, int], list[str]] = {}
        # the clients of one Czech district live in one Chinese city
        self.city_of_district = {n: self.random.choice(cities) for n in range(1, 78)}

    def name(self, sex: str, born: date, surname: str = "") -> str:
        """A name as its cohort bore them; two characters given in four of five cases."""
        column = next(c for year, c in COHORTS if born.year < year)
        characters, weights = self.given[sex, column]
        length = 2 if self.random.random() < 0.8 else 1
        given = "".join(self.random.choices(characters, weights, k=length))
        return (surname or self.random.choices(self.surnames, self.surname_weights)[0]) + given

    def id_number(self, region: str, born: date, sex: str) -> str:
        """A valid number that nobody else has; odd sequence for men."""
        key = (region, born, sex)
        turn = self.used.get(key, self.random.randrange(60))
        self.used[key] = turn + 1
        sequence = (turn * 2 + (1 if sex == "M" else 2)) % 1000
        body = f"{region}{born:%Y%m%d}{sequence:03d}"
        return body + id_check(body)

    def code_at_birth(self, region: str, born: date) -> str:
        """A county's code that was in force at birth: of the same city, else of the province."""
        month = min(max(FIRST_REVISION, born.year * 100 + born.month), LAST_REVISION)
        key = (region[:4], month)
        if key not in self._at_birth:
            self._at_birth[key] = _in_force(self.codes, region[:4], month)
        choice = self._at_birth[key]
        return region if region in choice else self.random.choice(choice)

    def mobile(self) -> str:
        """A mainland mobile number."""
        return self.random.choice(MOBILE_PREFIXES) + f"{self.random.randrange(10**8):08d}"

    def person(self, number: int, sex: str, born: date, district: int, household: int) -> Person:
        """A whole identity."""
        area = self.random.choice(self.by_city[self.city_of_district[district]])
        name = self.name(sex, born)
        mail = "".join(lazy_pinyin(name)) + str(self.random.randrange(1000))
        return Person(
            number=number,
            name=name,
            sex=sex,
            birth_date=born,
            id_number=self.id_number(self.code_at_birth(area["code"], born), born, sex),
            mobile=self.mobile(),
            old_mobile=self.mobile(),
            email=f"{mail}@{self.random.choice(MAIL_HOSTS)}",
            province=area["province"],
            city="" if area["city"] == MUNICIPALITY else area["city"],
            area=area["area"],
            street=f"{self.random.choice(STREETS)}{self.random.randrange(1, 400)}号"
            f"{self.random.randrange(1, 30)}室",
            region_code=area["code"],
            household=household,
        )


def identities(*, seed: int = SEED, customers: int | None = None, shift_days: int = 0) -> World:
    """The world for the first `customers` clients (default: the real bank's 5,369).

    More than the real ones adds invented clients from id 20,001 on. Births move with the
    books, so that everybody is as old at each of his transactions as he was.
    """
    return _world(seed, customers or len(source.clients()), shift_days)


def age_on(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def base_clients(customers: int, seed: int = SEED) -> list[source.Client]:
    """The clients of the books, cut to a number or carried on with invented ones."""
    base = list(source.clients()[:customers])
    draw = random.Random(f"{seed}-extra")
    for extra in range(customers - len(base)):
        base.append(replace(draw.choice(source.clients()), id=EXTRA_FROM + extra))
    return base


@cache
def _world(seed: int, customers: int, shift_days: int) -> World:
    maker = Maker(seed)
    shift = timedelta(days=shift_days)
    on = source.LAST_DAY + shift
    household = _households()
    clients: dict[int, Person] = {}
    heads: dict[int, Person] = {}
    for client in base_clients(customers, seed):
        home = household.get(client.id, client.id)
        born = client.birth_date + shift
        person = maker.person(client.id, client.sex, born, client.district_id, home)
        if home in heads:
            person = _at_home(maker, person, heads[home])
        heads.setdefault(home, person)
        clients[client.id] = person
    people = list(clients.values())
    others = _others(maker, people)
    enterprises, employer_of = _employers(maker, seed, people, on)
    return World(clients, others, enterprises, employer_of)


def _households() -> dict[int, int]:
    """Owner and authorised user of one account live together: client → the owner's id."""
    owner = {h.account_id: h.client_id for h in source.holders() if h.owner}
    return {h.client_id: owner[h.account_id] for h in source.holders()}


def _moved_to(person: Person, home: Person) -> Person:
    return replace(
        person, province=home.province, city=home.city, area=home.area, street=home.street
    )


def _at_home(maker: Maker, person: Person, head: Person) -> Person:
    """Shares the address, sometimes the phone or the e-mail; a child has the surname."""
    chance = maker.random.random()
    shared = _moved_to(person, head)
    if abs((person.birth_date - head.birth_date).days) > 16 * 365:
        shared = replace(shared, name=maker.name(person.sex, person.birth_date, head.name[0]))
    if chance < 0.15:
        shared = replace(shared, mobile=head.mobile)
    if 0.10 < chance < 0.20:
        shared = replace(shared, email=head.email)
    return shared


def _others(maker: Maker, clients: Sequence[Person]) -> tuple[Person, ...]:
    """People who hold nothing yet: mostly strangers, some twins, some of a neighbour's name."""
    found = []
    for n in range(max(12, len(clients) * 3 // 10)):
        number = OTHERS_FROM + n
        like = maker.random.choice(clients)
        born, district = like.birth_date, maker.random.randint(1, 77)
        person = maker.person(number, like.sex, born, district, number)
        if n % 75 == 0:  # a twin: same day, surname and home, another name and ID number
            name = maker.name(like.sex, born, like.name[0])
            number_of_twin = maker.id_number(like.id_number[:6], born, like.sex)
            person = replace(
                _moved_to(person, like),
                name=name if name != like.name else name + "华",
                id_number=number_of_twin,
            )
        elif n % 40 == 1:  # the same name in the same district, another person
            born = date(born.year + 3, born.month, 15)
            person = replace(
                _moved_to(person, like),
                street=person.street,
                name=like.name,
                birth_date=born,
                id_number=maker.id_number(
                    maker.code_at_birth(like.id_number[:6], born), born, like.sex
                ),
            )
        found.append(person)
    return tuple(found)


def _employers(
    maker: Maker, seed: int, clients: Sequence[Person], on: date
) -> tuple[tuple[Enterprise, ...], dict[int, int]]:
    fake = Faker("zh_CN")
    fake.seed_instance(seed)
    count = max(3, len(clients) // 90)
    enterprises = []
    heads = [p for p in clients if _works(p, on)] or list(clients)
    for n in range(1, count + 1):
        head = maker.random.choice(heads)
        place = head.city.removesuffix("市") or head.province.removesuffix("市")
        name = f"{place}{fake.company_prefix()}{maker.random.choice(SUFFIXES)}"
        code = uscc(head.region_code, f"MA{n:06d}")
        street = f"{maker.random.choice(STREETS)}{maker.random.randrange(1, 400)}号"
        enterprises.append(Enterprise(n, name, code, head, maker.mobile(), street))
    working = [p for p in clients if _works(p, on)]
    paid = salaried(seed, [p.number for p in working])
    others = [p for p in working if p.number not in paid]
    more = max(0, len(working) * 4 // 10 - len(paid))
    staff = [p for p in working if p.number in paid]
    staff += maker.random.sample(others, k=min(more, len(others)))
    return tuple(enterprises), {
        p.number: maker.random.randint(1, count) for p in sorted(staff, key=lambda p: p.number)
    }


def _works(person: Person, on: date) -> bool:
    youngest, retires = WORKING_AGES[person.sex]
    return youngest <= age_on(person.birth_date, on) < retires


def _codes_by_province() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _table("region_codes"):
        found.setdefault(row["code"][:2], []).append(row)
    return found


def _in_force(codes: dict[str, list[dict[str, Any]]], city: str, month: int) -> list[str]:
    """The codes of a month (YYYYMM): the city's, else the province's, else of the one that it
    was part of."""
    for province in (city[:2], PART_OF.get(city[:2], city[:2])):
        rows = [r["code"] for r in codes[province] if r["first"] <= month <= r["last"]]
        if rows:
            return [c for c in rows if c[:4] == city] or rows
    raise LookupError(f"no code of {city} in {month}")


@cache
def _table(name: str) -> list[dict[str, Any]]:
    file = resources.files("liti.sample") / "data" / f"{name}.parquet"
    with resources.as_file(file) as path:
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def _weights(rows: list[dict[str, Any]], sex: str, column: str) -> tuple[list[str], list[float]]:
    """Given-name characters with how often the cohort and the sex bore them."""
    characters, weights = [], []
    for row in rows:
        men, women = int(row["n.male"]), int(row["n.female"])
        share = (men if sex == "M" else women) / max(1, men + women)
        if weight := int(row[column]) * share:
            characters.append(row["character"])
            weights.append(weight)
    return characters, weights
