"""What each department would have on file: overlapping, gappy, with its own mistakes."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import opencc
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from pypinyin import lazy_pinyin

from liti.sample import source
from liti.sample.people.employees import RMS
from liti.sample.people.identity import SEED, Person, World, identities

Record = dict[str, Any]
Truth = list[tuple[str, str, str]]
LOOKS_LIKE = dict(zip("军伟英红建明丽华", "君玮瑛虹健铭莉桦", strict=True))
LAST_OF_15_DIGITS = 1999
FULL_WIDTH = 0xFEE0
BATCH_START = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class FilesReport:
    """What was written: records by file, bad rows put in on purpose, people and enterprises."""

    directory: Path
    records: dict[str, int]
    bad_rows: int
    persons: int
    enterprises: int

    @property
    def total(self) -> int:
        return sum(self.records.values())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file to write: good rows, rows that are wrong on purpose, and how it is encoded."""

    file: str
    rows: list[Record]
    wrong: list[Record]
    to_bytes: Callable[[Sequence[Record]], bytes]


class Clerk:
    """Writes people down as a department does: each field with its own rate of mistakes."""

    def __init__(self, seed: int, department: str) -> None:
        self.random = random.Random(f"{seed}-{department}")
        self.traditional = opencc.OpenCC("s2t")

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def name(self, p: Person) -> str:
        if self.chance(0.02):
            return str(self.traditional.convert(p.name))
        if self.chance(0.02):
            return " ".join(lazy_pinyin(p.name)).upper()
        if self.chance(0.015):
            return p.name + self.random.choice(["先生", "女士", "经理"])
        if self.chance(0.02):
            return "".join(LOOKS_LIKE.get(c, c) for c in p.name)
        return f"{p.name[0]} {p.name[1:]}" if self.chance(0.02) else p.name

    def id_number(self, p: Person, gap: float = 0.02) -> str:
        text = p.id_number
        if self.chance(gap):
            return ""
        if self.chance(0.01) and p.birth_date.year < LAST_OF_15_DIGITS:
            return text[:6] + text[8:17]  # the 15 digits of before 1999
        if self.chance(0.01):  # two digits swapped: the checksum tells
            i = self.random.randrange(8, 15)
            return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
        return "".join(chr(ord(c) + FULL_WIDTH) for c in text) if self.chance(0.01) else text

    def mobile(self, p: Person, gap: float = 0.04, old: float = 0.06) -> str:
        if self.chance(gap):
            return ""
        number = p.old_mobile if self.chance(old) else p.mobile
        if self.chance(0.02):
            return f"+86 {number[:3]}-{number[3:7]}-{number[7:]}"
        if self.chance(0.01):
            i = self.random.randrange(3, 11)
            return number[:i] + str((int(number[i]) + 1) % 10) + number[i + 1 :]
        return number

    def email(self, p: Person, gap: float = 0.3) -> str:
        if self.chance(gap):
            return ""
        return p.email.upper() if self.chance(0.03) else p.email

    def address(self, p: Person) -> str:
        if self.chance(0.06):
            return ""
        return p.address.removeprefix(p.province) if self.chance(0.2) else p.address

    def consent(self, share: float) -> str:
        return "Y" if self.chance(share) else "N"

    def consented_on(self) -> str:
        return (BATCH_START + timedelta(days=self.random.randrange(700))).isoformat()

    def manager(self, department: str, share: float) -> str:
        return self.random.choice(RMS[department]) if self.chance(share) else ""

    def some(self, people: Iterable[Person], share: float) -> list[Person]:
        """A stable selection."""
        all_of_them = list(people)
        chosen = self.random.sample(all_of_them, k=round(len(all_of_them) * share))
        return sorted(chosen, key=lambda p: p.number)


def write_files(
    directory: Path,
    *,
    seed: int = SEED,
    customers: int | None = None,
    shift_days: int = 0,
    progress: Callable[[int], None] | None = None,
) -> FilesReport:
    """Write the departments' files and the truth; the same call gives the same rows.

    retail.csv (UTF-8 with BOM), cards.xlsx, lending.csv and corporate.csv (GB18030),
    payroll.csv, direct.parquet, partner.csv; truth.csv (source, key, entity) is for scoring only.
    Each file holds a few rows that are wrong on purpose.
    """
    directory.mkdir(parents=True, exist_ok=True)
    world = identities(seed=seed, customers=customers, shift_days=shift_days)
    truth: Truth = []
    counts: dict[str, int] = {}
    bad = 0
    for name, build in _DEPARTMENTS.items():
        sheet = build(Clerk(seed, name), world, truth)
        counts[name] = len(sheet.rows) + len(sheet.wrong)
        bad += len(sheet.wrong)
        _write(directory / sheet.file, sheet.to_bytes([*sheet.rows, *sheet.wrong]))
        if progress:
            progress(1)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["source", "key", "entity"])
    writer.writerows(truth)
    _write(directory / "truth.csv", text.getvalue().encode())
    persons = len({entity for _source, _key, entity in truth})
    return FilesReport(directory, counts, bad, persons, len(world.enterprises))


def _retail(clerk: Clerk, world: World, truth: Truth) -> Sheet:
    rows = []
    for p in world.clients.values():
        key = f"R{p.number:06d}"
        truth.append(("retail", key, f"p{p.number}"))
        rows.append(
            {
                "客户号": key,
                "姓名": clerk.name(p),
                "性别": "男" if p.sex == "M" else "女",
                "证件号码": clerk.id_number(p),
                "出生日期": "" if clerk.chance(0.03) else p.birth_date.isoformat(),
                "手机号": clerk.mobile(p),
                "联系地址": clerk.address(p),
                "电子邮箱": clerk.email(p, 0.5),
                "行政区划": p.region_code,
                "客户经理工号": clerk.manager("retail", 0.45),
                "管户日期": "2021-03-01",
                "短信营销同意": clerk.consent(0.62),
                "电话营销同意": clerk.consent(0.38),
                "同意日期": clerk.consented_on(),
            }
        )
    wrong = [
        {**rows[0], "客户号": "", "姓名": "缺号"},
        {**rows[0], "客户号": "R900001", "姓名": ""},
        {**rows[0], "客户号": "R900002", "姓名": "长" * 5000},
    ]
    return Sheet("retail.csv", rows, wrong, lambda r: _csv(r, "utf-8-sig"))


def _cards(clerk: Clerk, world: World, truth: Truth) -> Sheet:
    client_of = {h.id: h.client_id for h in source.holders()}
    rows = []
    for card in source.cards():
        p = world.clients.get(client_of[card.holder_id])
        if p is None:
            continue
        key = f"C{card.id:06d}"
        truth.append(("cards", key, f"p{p.number}"))
        embossed = clerk.chance(0.25)
        rows.append(
            {
                "card_no": key,
                "cardholder": " ".join(lazy_pinyin(p.name)).upper() if embossed else clerk.name(p),
                "id_no": clerk.id_number(p, 0.04),
                "phone": clerk.mobile(p, 0.05, 0.12),
                "birthday": p.birth_date.isoformat(),
                "billing_address": clerk.address(p),
                "email": clerk.email(p, 0.4),
                "consent_sms": clerk.consent(0.7),
                "consent_date": clerk.consented_on(),
            }
        )
    wrong = [{**rows[0], "card_no": "C900001", "cardholder": ""}] if rows else []
    return Sheet("cards.xlsx", rows, wrong, _xlsx)


def _lending(clerk: Clerk, world: World, truth: Truth) -> Sheet:
    owner_of = {h.account_id: h.client_id for h in source.holders() if h.owner}
    rows = []
    for loan in source.loans():
        p = world.clients.get(owner_of[loan.account_id])
        if p is None:
            continue
        key = f"L{loan.id:06d}"
        truth.append(("lending", key, f"p{p.number}"))
        rows.append(
            {
                "合同编号": key,
                "姓名": clerk.name(p),
                "身份证号": clerk.id_number(p, 0.01),
                "手机号码": clerk.mobile(p, 0.03, 0.10),
                "家庭住址": clerk.address(p),
                "客户经理工号": clerk.manager("lending", 1),
                "管户日期": "2022-06-01",
                "电话营销同意": clerk.consent(0.5),
                "同意日期": clerk.consented_on(),
            }
        )
    wrong = [{**rows[0], "合同编号": "L900001", "姓名": ""}] if rows else []
    return Sheet("lending.csv", rows, wrong, lambda r: _csv(r, "gb18030"))


def _payroll(clerk: Clerk, world: World, truth: Truth) -> Sheet:
    rows = []
    for number, employer in world.employer_of.items():
        p, firm = world.clients[number], world.enterprises[employer - 1]
        key = f"P{number:06d}"
        truth.append(("payroll", key, f"p{number}"))
        rows.append(
            {
                "工号": key,
                "姓名": clerk.name(p),
                "身份证号": clerk.id_number(p, 0.03),
                "手机": clerk.mobile(p, 0.15, 0.08),
                "单位名称": firm.name,
                "统一社会信用代码": firm.uscc,
                "法定代表人证件号": firm.representative.id_number,
                "客户经理工号": RMS["corporate"][employer % 6] if clerk.chance(0.3) else "",
                "管户日期": "2021-09-01",
            }
        )
    wrong = [{**rows[0], "工号": "P900001", "统一社会信用代码": ""}] if rows else []
    return Sheet("payroll.csv", rows, wrong, lambda r: _csv(r, "utf-8"))


def _corporate(clerk: Clerk, world: World, truth: Truth) -> Sheet:
    rows = []
    for firm in world.enterprises:
        key = f"E{firm.number:06d}"
        truth.append(("corporate", key, f"e{firm.number}"))
        head = firm.representative
        rows.append(
            {
                "企业客户号": key,
                "企业名称": firm.name,
                "统一社会信用代码": firm.uscc,
                "法定代表人": head.name,
                "法定代表人证件号": clerk.id_number(head, 0.05),
                "联系电话": "" if clerk.chance(0.05) else firm.phone,
                "注册地址": f"{head.province}{head.city}{head.area}{firm.street}",
                "行政区划": firm.uscc[2:8],
                "客户经理工号": RMS["corporate"][firm.number % 6] if clerk.chance(0.85) else "",
                "管户日期": "2021-09-01",
                "电话营销同意": clerk.consent(0.6),
                "同意日期": clerk.consented_on(),
            }
        )
    wrong = [{**rows[0], "企业客户号": "E900001", "企业名称": ""}] if rows else []
    return Sheet("corporate.csv", rows, wrong, lambda r: _csv(r, "gb18030"))


def _direct(clerk: Clerk, world: World, truth: Truth) -> Sheet:
    rows = []
    people = [*clerk.some(world.clients.values(), 0.17), *clerk.some(world.others, 0.6)]
    for n, p in enumerate(people, start=1):
        key = f"D{n:06d}"
        truth.append(("direct", key, f"p{p.number}"))
        registered = BATCH_START + timedelta(days=clerk.random.randrange(1000))
        rows.append(
            {
                "user_id": key,
                "name": clerk.name(p),
                "id_number": clerk.id_number(p, 0.0),
                "mobile": clerk.mobile(p, 0.0, 0.02),
                "email": clerk.email(p, 0.2),
                "birth_date": p.birth_date.isoformat(),
                "address": clerk.address(p),
                "registered_on": registered.isoformat(),
                "consent_push": clerk.consent(0.8),
                "consent_sms": clerk.consent(0.55),
                "consent_date": registered.isoformat(),
            }
        )
    wrong = [{**rows[0], "user_id": ""}]
    return Sheet("direct.parquet", rows, wrong, _parquet)


def _partner(clerk: Clerk, world: World, truth: Truth) -> Sheet:
    rows = []
    people = [*clerk.some(world.clients.values(), 0.12), *clerk.some(world.others, 0.55)]
    for n, p in enumerate(people, start=1):
        key = f"M{n:06d}"
        truth.append(("partner", key, f"p{p.number}"))
        rows.append(
            {
                "member_no": key,
                "name": clerk.name(p),
                "mobile": clerk.mobile(p, 0.0, 0.05),
                "email": clerk.email(p, 0.25),
                "birthday": "" if clerk.chance(0.2) else p.birth_date.isoformat(),
                "id_number": clerk.id_number(p, 0.35),
                "consent_share": clerk.consent(0.75),
                "consent_date": clerk.consented_on(),
            }
        )
    wrong = [{**rows[0], "member_no": ""}]
    return Sheet("partner.csv", rows, wrong, lambda r: _csv(r, "utf-8"))


_DEPARTMENTS: dict[str, Callable[[Clerk, World, Truth], Sheet]] = {
    "retail": _retail,
    "cards": _cards,
    "lending": _lending,
    "corporate": _corporate,
    "payroll": _payroll,
    "direct": _direct,
    "partner": _partner,
}


def _csv(rows: Sequence[Record], encoding: str) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["key"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def _xlsx(rows: Sequence[Record]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("cards")
    columns = list(rows[0]) if rows else ["card_no", "cardholder"]
    sheet.append(columns)
    for row in rows:
        sheet.append([row.get(c, "") for c in columns])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _parquet(rows: Sequence[Record]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), buffer, compression="zstd")
    return buffer.getvalue()


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: a killed run leaves no half file."""
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(data)
    part.replace(path)
