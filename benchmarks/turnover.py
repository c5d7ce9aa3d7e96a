"""The trial balance of a past day: by the kept turnover, and by summing all transfers as before.

The books are those that the posting figures left, topped up over a year of days.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction

from benchmarks.posting import BOOKED_ON, Books, request
from liti.ledger import queries, turnover
from liti.ledger.services import post

TRANSFERS = 945_000
DAYS = 300
ASKED_ON = BOOKED_ON + timedelta(days=DAYS // 2)
BATCH = 8_000
SINCE_THE_FOLD = 5_000

BY_TRANSFERS = """
SELECT a.gl_code, s.name_zh, s.name_en, a.currency, s.normal_side, count(DISTINCT a.id),
       coalesce(sum(t.amount_minor) FILTER (WHERE t.side = 'debit'), 0),
       coalesce(sum(t.amount_minor) FILTER (WHERE t.side = 'credit'), 0)
FROM ledger_account a JOIN ledger_subject s ON s.code = a.gl_code
LEFT JOIN (
    SELECT debit_number AS number, 'debit' AS side, amount_minor
    FROM ledger_transfer WHERE booked_on <= %(on)s
    UNION ALL
    SELECT credit_number, 'credit', amount_minor FROM ledger_transfer WHERE booked_on <= %(on)s
) t ON t.number = a.number
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 4
"""


def prepare(books: Books, transfers: int, dice: random.Random) -> tuple[int, float]:
    """Top the books up to `transfers`, fold, and post a day's worth more; returns how many
    transfers there are and the seconds that the fold of all of them took."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_transfer")
        count = int(cursor.fetchone()[0])
    while count < transfers:
        _post(books, BATCH, dice)
        count += BATCH
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    more = True
    while more:
        with transaction.atomic():
            more = bool(turnover.fold().cursor)
    spent = time.perf_counter() - began
    _post(books, SINCE_THE_FOLD, dice)
    return count + SINCE_THE_FOLD, spent


def by_turnover() -> float:
    """Trial balances of a past day a second, as the page asks for them."""
    return _rate(lambda: queries.trial_balance(ASKED_ON), 10)


def by_transfers() -> float:
    """The same by the statement that summed all transfers; the answers must be equal."""
    rows: list[tuple[object, ...]] = []

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BY_TRANSFERS, {"on": ASKED_ON})
            rows[:] = cursor.fetchall()

    rate = _rate(ask, 1)
    kept = [(li.gl_code, li.debits_minor, li.credits_minor)
            for li in queries.trial_balance(ASKED_ON).lines]  # fmt: skip
    assert [(r[0], r[6], r[7]) for r in rows] == kept, "the two ways do not agree"
    return rate


def _rate(ask: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _time in range(times):
        ask()
    return times / (time.perf_counter() - began)


def _post(books: Books, count: int, dice: random.Random) -> None:
    days = [BOOKED_ON + timedelta(days=dice.randrange(DAYS)) for _number in range(count)]
    post([request(books, dice, booked_on=day) for day in days])
