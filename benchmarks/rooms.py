"""What customers and partners wait for: a purchase from order to books, a batch of members."""

from __future__ import annotations

import time
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from stdnum.cn.ric import calc_check_digit

from liti.accounts.services import NewElectronicAccount, open_accounts
from liti.core.clock import set_business_date
from liti.core.context import acting, job
from liti.core.ids import uuid7
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post
from liti.market import services as market
from liti.parties.services import NewPerson, register_person
from liti.partners import services as partners

DAY = date(2026, 11, 23)
BUYERS = 20
MEMBERS = 1_000
ANSWER = "b"


def prepare() -> list[tuple[UUID, UUID]]:
    """Customers who may buy, each with money on an account."""
    with acting(job("database")):
        set_business_date(DAY)
    with acting(job("demo.bench")):
        return [_buyer(number) for number in range(BUYERS)]


def orders(buyers: list[tuple[UUID, UUID]], seconds: float) -> float:
    """Purchases a second of one client, each a request of its own."""
    began, placed = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        party, account = buyers[placed % len(buyers)]
        with acting(job("demo.bench")):
            market.place_order(
                party, "LTYEB1", account, 1_000, channel="mobile", key=f"bench {uuid7()}"
            )
        placed += 1
    return placed / (time.perf_counter() - began)


def members(number: int) -> tuple[float, int, int]:
    """Seconds, statements through Django and locks held of a batch of a thousand new members."""
    with acting(job("demo.bench")):
        partner = partners.register_partner(partners.NewPartner("bench", "基准", "Bench", "retail"))
        partners.go_live(partner)
        rows = [_person(10_000 * number + n) for n in range(MEMBERS)]
        began = time.perf_counter()
        with transaction.atomic(), CaptureQueriesContext(connection) as sent:
            report = partners.onboard_members(partner, rows, key=f"bench-{number}")
            statements = len(sent)
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")
                locks = int(cursor.fetchone()[0])
        assert report.accepted == MEMBERS, report.problems[:3]
        return time.perf_counter() - began, statements, locks


def _person(number: int) -> dict[str, str]:
    stem = f"{110101 + number // 1000}19850505{number % 1000:03d}"
    return {
        "member_no": f"B-{number}",
        "name": "李娜",
        "id_number": stem + calc_check_digit(stem + "0"),
        "mobile": f"139{number:08d}",
    }


def _buyer(number: int) -> tuple[UUID, UUID]:
    row = _person(300_000 + number)
    row["mobile"] = f"138{number:08d}"
    party = register_person(NewPerson(row["name"], row["id_number"], row["mobile"]))
    market.assess(party, {q["code"]: ANSWER for q in market.questionnaire()["questions"]})
    account = uuid7()
    open_accounts([NewElectronicAccount(account, f"62{number:014d}", party, "II", DAY)])
    post([TransferRequest(uuid7(), internal_account("cash"), account, 10**12, "deposit", DAY)])
    return party, account
