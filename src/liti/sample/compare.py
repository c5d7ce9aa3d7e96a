"""Simulated books against the real ones: per kind of entry and account how often, how much, on
which days; and how balances lie once an account is settled.

Both sides are counted alike, from the accounts' own entries: account-months from the sixth of an
account's life on, of class I accounts, by what the account lives on in the month. What is compared
and how far it may differ stands here;
`docs/sample-bank.md` shows the results.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from liti.core.authority import BATCHES, query
from liti.core.roles import LEDGER
from liti.sample.simulate.rhythm import YOUNG_MONTHS

KINDS = (
    "cash_deposit", "cash_withdrawal", "transfer_in", "pension", "household_payment",
    "insurance_premium", "transfer_out", "leasing", "statement_fee", "interest",
    "card_withdrawal", "loan_instalment",
)  # fmt: skip
PERCENTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of entry looks on one side, of accounts that live on one thing: entries an
    account-month (`a_month`), the share of accounts that have the kind, quartiles of the
    amounts in minor units, and the share of entries in each third of the month."""

    entries: int
    share_of_accounts: float
    a_month: float
    quartiles_minor: tuple[int, int, int]
    thirds: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides: shapes by (income, kind), and percentiles of month-end balances in minor
    units by income ("" for all)."""

    real: Mapping[tuple[str, str], Shape]
    simulated: Mapping[tuple[str, str], Shape]
    real_balances: Mapping[str, tuple[int, ...]]
    simulated_balances: Mapping[str, tuple[int, ...]]


# Entries of class I accounts with the month of the account's life (0: that of its opening). Real
# rows are counted in their own time, before the shift by whole weeks moved them within the month.
_ENTRIES = """
CREATE TEMP TABLE sample_compared ON COMMIT DROP AS
SELECT account_id, kind, origin, amount, day, date_trunc('month', day)::date AS month,
       balance_after_minor, seq,
       (extract(year FROM day) - extract(year FROM opened)) * 12
       + extract(month FROM day) - extract(month FROM opened) AS age
FROM (
    SELECT p.account_id, p.kind, p.origin, abs(p.change_minor) AS amount, p.balance_after_minor,
           p.seq, p.booked_on - s.days AS day, a.opened_on - s.days AS opened
    FROM accounts_account_v a JOIN ledger_posting_v p ON p.account_id = a.account_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.origin = 'recorded' THEN %(shift)s ELSE 0 END AS days
    ) s
    WHERE a.account_class = 'I' AND p.gl_code = '2011' AND p.origin <> 'live'
      AND p.kind = ANY(%(kinds)s)
) e
"""
# The month in which an account's real rows end and its simulated ones begin counts on neither side.
_SETTLED = """
CREATE TEMP TABLE sample_settled ON COMMIT DROP AS
SELECT c.*, m.income FROM sample_compared c JOIN (
    SELECT account_id, origin, month,
           min(month) OVER (PARTITION BY account_id, origin) AS first,
           max(month) OVER (PARTITION BY account_id, origin) AS last,
           CASE WHEN bool_or(kind = 'pension') THEN 'pension'
                WHEN bool_or(kind = 'transfer_in') THEN 'salary' ELSE 'cash' END AS income
    FROM sample_compared GROUP BY account_id, origin, month
) m USING (account_id, origin, month)
WHERE c.age >= %(young)s
  AND CASE WHEN c.origin = 'recorded' THEN month < last ELSE month > first END
"""
_SHAPES = """
WITH everybody AS (
    SELECT origin, income, count(DISTINCT account_id) AS accounts,
           count(DISTINCT (account_id, month)) AS months
    FROM sample_settled GROUP BY 1, 2
), kinds AS (
    SELECT origin, income, kind, count(*) AS n, count(DISTINCT account_id) AS accounts,
           percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY amount) AS quartiles,
           avg((extract(day FROM day) <= 10)::int) AS early,
           avg((extract(day FROM day) BETWEEN 11 AND 20)::int) AS middle,
           avg((extract(day FROM day) > 20)::int) AS late
    FROM sample_settled GROUP BY 1, 2, 3
)
SELECT k.origin, k.income, k.kind, k.n, k.accounts / e.accounts::float, k.n / e.months::float,
       k.quartiles, k.early, k.middle, k.late
FROM kinds k JOIN everybody e USING (origin, income)
"""
_BALANCES = """
WITH ends AS (
    SELECT DISTINCT ON (account_id, origin, month) origin, income,
           balance_after_minor AS balance
    FROM sample_settled ORDER BY account_id, origin, month, seq DESC
)
SELECT origin, coalesce(income, ''),
       percentile_disc(%(percentiles)s::float[]) WITHIN GROUP (ORDER BY balance)
FROM ends GROUP BY GROUPING SETS ((origin), (origin, income))
"""


@query(staff=LEDGER, system=BATCHES)
def compared(shift_days: int) -> Compared:
    """Real and simulated entries and balances of the sample bank; inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"kinds": list(KINDS), "shift": shift_days})
    found = measured()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE sample_compared")
    return found


@query(staff=LEDGER, system=BATCHES)
def measured() -> Compared:
    """The same of the entries in the temporary table `sample_compared`."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, {"young": YOUNG_MONTHS})
        cursor.execute(_SHAPES)
        shapes = _shapes(cursor.fetchall())
        cursor.execute(_BALANCES, {"percentiles": list(PERCENTILES)})
        balances: dict[str, dict[str, tuple[int, ...]]] = {}
        for origin, income, found in cursor.fetchall():
            balances.setdefault(origin, {})[income] = tuple(map(int, found))
        cursor.execute("DROP TABLE sample_settled")
    return Compared(
        shapes.get("recorded", {}),
        shapes.get("simulated", {}),
        balances.get("recorded", {}),
        balances.get("simulated", {}),
    )


def _shapes(rows: Iterable[tuple[Any, ...]]) -> dict[str, dict[tuple[str, str], Shape]]:
    found: dict[str, dict[tuple[str, str], Shape]] = {}
    for origin, income, kind, entries, share, a_month, quartiles, *thirds in rows:
        first, second, third = (float(x) for x in thirds)
        low, middle, high = (int(x) for x in quartiles)
        found.setdefault(origin, {})[income, kind] = Shape(
            int(entries), float(share), float(a_month), (low, middle, high), (first, second, third)
        )
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure on both sides, how far it may differ (a share of the real one, or of 1 where
    it is a share itself), and how far it does."""

    income: str
    kind: str
    figure: str
    real: float
    simulated: float
    tolerance: float
    difference: float

    @property
    def holds(self) -> bool:
        return self.difference <= self.tolerance


LEVEL, RHYTHM, SHARE = 0.20, 0.10, 0.12
# kind: (entries a month, median amount, share of a third of the month, share of accounts). The
# order file is of 1998 and holds more orders than the first months show (0.80 household payments a
# month against 0.58 of accounts with a salary), and loans are repaid: what is paid so is not
# withdrawn in cash, so withdrawals are as many and smaller. Fees begin later in a few accounts.
TOLERANCES = {
    "cash_deposit": (LEVEL, LEVEL, RHYTHM, SHARE),
    "cash_withdrawal": (LEVEL, 0.40, RHYTHM, SHARE),
    "transfer_in": (LEVEL, LEVEL, RHYTHM, SHARE),
    "pension": (LEVEL, LEVEL, RHYTHM, SHARE),
    "household_payment": (0.45, 0.35, RHYTHM, 0.25),
    "statement_fee": (0.25, LEVEL, RHYTHM, SHARE),
    "interest": (LEVEL, LEVEL, RHYTHM, SHARE),
}
BALANCE = {0.1: 0.35, 0.25: 0.25, 0.5: 0.20, 0.75: 0.25, 0.9: 0.30}
ENOUGH = 1_000  # real entries of a kind: with fewer nothing is compared
THIRDS = ("days 1-10", "days 11-20", "days 21-31")


def verdicts(found: Compared) -> list[Verdict]:
    """Every figure that is held to a tolerance, by income and kind; pure."""
    done = []
    for (income, kind), real in sorted(found.real.items()):
        made = found.simulated.get((income, kind))
        if kind not in TOLERANCES or real.entries < ENOUGH or made is None:
            continue
        often, amount, rhythm, share = TOLERANCES[kind]
        about = (income, kind)
        done.append(_relative(*about, "entries a month", real.a_month, made.a_month, often))
        middles = (real.quartiles_minor[1] / 100, made.quartiles_minor[1] / 100)
        done.append(_relative(*about, "median amount", *middles, amount))
        for third, mine, theirs in zip(THIRDS, real.thirds, made.thirds, strict=True):
            done.append(_absolute(*about, third, mine, theirs, rhythm))
        both = (real.share_of_accounts, made.share_of_accounts)
        done.append(_absolute(*about, "share of accounts", *both, share))
    for income, held in sorted(found.real_balances.items()):
        made_up = found.simulated_balances.get(income, ())
        for percentile, one, other in zip(PERCENTILES, held, made_up, strict=True):
            figure = f"month's end, {percentile:.0%} hold less"
            limit = BALANCE[percentile]
            done.append(_relative(income, "balance", figure, one / 100, other / 100, limit))
    return done


def _relative(
    income: str, kind: str, figure: str, real: float, made: float, tolerance: float
) -> Verdict:
    difference = abs(made - real) / abs(real) if real else float(made != real)
    return Verdict(income, kind, figure, real, made, tolerance, difference)


def _absolute(
    income: str, kind: str, figure: str, real: float, made: float, tolerance: float
) -> Verdict:
    return Verdict(income, kind, figure, real, made, tolerance, abs(made - real))
