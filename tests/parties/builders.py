"""People with a truth, written as departments would have them on file."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import opencc

from liti.core.ids import uuid7
from liti.parties.models import Party
from liti.parties.rules import names
from liti.parties.rules.standardise import id_check_character


def known_party(kind: str = "person") -> UUID:
    """A party that the bank knows, and nothing else of it."""
    party_id: UUID = uuid7()
    Party.objects.create(id=party_id, kind=kind, created_on=date(2026, 1, 5))
    return party_id


SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑"
    "梁谢宋唐邓韩冯曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟崔谭陆汪范"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉"
    "兰红建国文志辉鹏飞宇浩欣怡佳琪雨泽晨曦梓涵思源海波春梅秋月冬雪"
)
CITIES = ("北京市朝阳区", "上海市浦东新区", "广东省深圳市南山区", "浙江省杭州市西湖区")
REGIONS = ("110105", "310115", "440305", "330106")


@dataclass(frozen=True)
class Human:
    """One true person."""

    number: int
    name: str
    id_number: str
    mobile: str
    email: str
    birth: date
    sex: str
    address: str


def id_for(region: str, birth: date, sequence: int) -> str:
    first17 = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return first17 + id_check_character(first17)


def people(count: int, seed: int = 7) -> list[Human]:
    dice = random.Random(seed)
    found = []
    for n in range(count):
        place = dice.randrange(len(REGIONS))
        birth = date(1940, 1, 1) + timedelta(days=dice.randrange(23_000))
        male = dice.random() < 0.5
        name = dice.choice(SURNAMES) + "".join(
            dice.choice(GIVEN) for _ in range(dice.choice((1, 2, 2)))
        )
        sequence = dice.randrange(0, 998, 2) + male
        road = f"{dice.choice('人民解放中山建设长江')}路{dice.randrange(1, 400)}号"
        found.append(
            Human(
                n,
                name,
                id_for(REGIONS[place], birth, sequence),
                f"1{dice.choice('3589')}{dice.randrange(10**9):09d}",
                f"u{dice.randrange(10**7)}@example.com",
                birth,
                "M" if male else "F",
                f"{CITIES[place]}{road}{dice.randrange(1, 30)}-{dice.randrange(101, 2500)}",
            )
        )
    return found


HEADINGS = (
    "source_key", "name", "id_number", "mobile", "email", "birth_date", "sex", "address",
    "rm_code", "consent_sms",
)  # fmt: skip


def write_csv(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="", errors="replace") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def row_of(human: Human, key: str, **changed: str) -> dict[str, str]:
    return {
        "source_key": key,
        "name": human.name,
        "id_number": human.id_number,
        "mobile": human.mobile,
        "email": human.email,
        "birth_date": human.birth.isoformat(),
        "sex": human.sex,
        "address": human.address,
        "rm_code": "",
        "consent_sms": "",
    } | changed


def slipped(text: str, dice: random.Random) -> str:
    """Two neighbouring characters changed places."""
    at = dice.randrange(1, len(text) - 1)
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]


def department_files(
    folder: Path, humans: list[Human], seed: int = 11
) -> tuple[dict[str, Path], dict[tuple[str, str], int]]:
    """Three overlapping files with faults, and the truth: (source, key) to person."""
    dice, truth = random.Random(seed), {}
    rows: dict[str, list[dict[str, str]]] = {"retail": [], "cards": [], "direct": []}
    traditional = opencc.OpenCC("s2t")
    for human in humans:
        key = f"R{human.number:06d}"
        truth["retail", key] = human.number
        rows["retail"].append(row_of(human, key, rm_code=f"RM{human.number % 9}", consent_sms="Y"))
        if dice.random() < 0.5:
            key = f"C{human.number:06d}"
            truth["cards", key] = human.number
            changed = {"id_number": "", "email": ""}
            if dice.random() < 0.3:
                changed["name"] = names.pinyin(human.name)
            elif dice.random() < 0.3:
                changed["name"] = traditional.convert(human.name)
            if dice.random() < 0.2:
                changed["mobile"] = f"139{dice.randrange(10**8):08d}"
            rows["cards"].append(row_of(human, key, **changed))
        if dice.random() < 0.4:
            key = f"D{human.number:06d}"
            truth["direct", key] = human.number
            changed = {"address": ""}
            if dice.random() < 0.15:
                changed["id_number"] = slipped(human.id_number, dice)
            if dice.random() < 0.15:
                changed["mobile"] = slipped(human.mobile, dice)
            rows["direct"].append(row_of(human, key, rm_code="RM7", **changed))
    files = {s: write_csv(folder / f"{s}.csv", r) for s, r in rows.items()}
    return files, truth
