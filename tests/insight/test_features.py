"""Features: worked examples, and the same numbers as plain SQL over a random ledger."""

from __future__ import annotations

import operator
import random
from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest
from django.db import connection
from tests.insight.builders import ON, SmallBank

from liti.core.errors import Refused
from liti.core.ids import uuid7
from liti.insight import compiled, queries, services
from liti.insight.build import FEATURE_COLUMNS, exported_tables, features_file, the_day
from liti.insight.engine import duckdb_connection
from liti.insight.features import kept
from liti.insight.features.wide import wide
from liti.insight.models import BankMonth, FeatureRow, MonthsBasis, PartyMonth

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data_dir(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path


def days_ago(days: int) -> date:
    return ON - timedelta(days=days)


def build(bank: SmallBank):
    services.export_history(sources=bank.store())
    return services.build_features(ON)


def test_a_declared_feature_is_a_column_of_the_table_the_view_and_the_file():
    bank = SmallBank()
    names = {"party_id", "as_of", *(f.name for f in kept())}
    bank.account(uuid7())

    build(bank)

    assert {f.name for f in FeatureRow._meta.concrete_fields} == names
    with connection.cursor() as cursor:
        for relation in ("insight_features", "insight_feature_v"):
            cursor.execute(
                "SELECT column_name, is_nullable = 'YES' FROM information_schema.columns"
                " WHERE table_name = %s",
                [relation],
            )
            columns = dict(cursor.fetchall())
            assert columns.keys() == names
            if relation == "insight_features":
                unknown = {f.name for f in kept() if f.empty is None}
                assert {name for name, nullable in columns.items() if nullable} == unknown
    assert set(pq.read_schema(features_file(ON)).names) == names - {"as_of"}
    assert all(f.name_zh and f.name_en for f in queries.feature_catalogue())


def test_a_feature_that_nobody_declared_is_no_attribute():
    bank = SmallBank()
    party = uuid7()
    bank.account(party)
    build(bank)
    with pytest.raises(AttributeError):
        _ = queries.features(party).shoe_size
    assert all(f.name_zh and f.name_en for f in kept())


def test_a_worked_customer():
    bank, party = SmallBank(), uuid7()
    account = bank.account(party, opened_on=days_ago(200))
    bank.entry(account, days_ago(150), 100_000, "cash_in", "cash")
    bank.entry(account, days_ago(45), 20_000, "salary")
    bank.entry(account, days_ago(9), -60_000, "cash_out", "cash")
    bank.entry(account, days_ago(1), 77, "interest", "interest.expense")
    bank.holding(party, "wealth", 5_000)
    build(bank)

    found = queries.features(party)

    assert found.recency_days == 9, "interest is not the customer's doing"
    assert (found.frequency_90d, found.monetary_90d_minor) == (2, 80_000)
    assert (found.inflow_90d_minor, found.outflow_90d_minor) == (20_000, 60_000)
    assert found.cash_share_bp == 7_500
    assert found.balance_minor == 60_077
    # 44 days at 100,000, 36 at 120,000, 8 at 60,000, 2 at 60,077
    assert found.average_balance_90d_minor == (
        (44 * 100_000 + 36 * 120_000 + 8 * 60_000 + 2 * 60_077) // 90
    )
    assert found.peak_assets_90d_minor == 120_000
    assert found.balance_change_90d_bp == (60_077 - 100_000) * 10_000 // 100_000
    assert found.salary_in_minor == 6_666
    assert (found.products_held, found.wealth_minor, found.assets_minor) == (2, 5_000, 65_077)
    assert found.tenure_days == 200


def test_buying_into_a_fund_moves_no_money_out_of_the_bank():
    bank, party = SmallBank(), uuid7()
    account = bank.account(party)
    bank.entry(account, days_ago(300), 900_000)
    bank.entry(account, days_ago(200), -300_000, "wealth.subscribe", "wealth.mmf.pool")
    bank.entry(account, days_ago(20), -500_000, "wealth.subscribe", "wealth.mmf.pool")
    bank.entry(account, days_ago(10), 100_000, "wealth.redeem", "wealth.mmf.pool")
    build(bank)

    found = queries.features(party)

    assert (found.inflow_90d_minor, found.outflow_90d_minor) == (0, 0)
    assert found.frequency_90d == 2
    assert found.balance_minor == 200_000
    assert found.average_assets_30d_minor == found.average_assets_90d_minor == 900_000
    assert found.average_change_bp == 0
    assert found.balance_change_90d_bp == -6_666 - 1, "rounded down"
    assert queries.bank_trend(1)[0].assets_minor == 900_000


def test_a_like_transfer_every_month_counts_as_regular_income():
    bank, regular, irregular = SmallBank(), uuid7(), uuid7()
    for party, amounts in (
        (regular, (9_000, 10_000, 11_000)),
        (irregular, (9_000, 10_000, 30_000)),
    ):
        account = bank.account(party)
        for month, amount in enumerate(amounts):
            bank.entry(account, days_ago(80 - 30 * month), amount, "transfer_in")
    build(bank)

    assert queries.features(regular).salary_in_minor == 10_000
    assert queries.features(irregular).salary_in_minor is None


def test_a_pension_is_regular_and_no_salary():
    bank, pensioner, working = SmallBank(), uuid7(), uuid7()
    for party, kind in ((pensioner, "pension"), (working, "transfer_in")):
        account = bank.account(party)
        for month in range(3):
            bank.entry(account, days_ago(80 - 30 * month), 10_000, kind)
    build(bank)

    assert queries.features(pensioner).salary_in_minor is None
    assert queries.features(working).salary_in_minor == 10_000


def test_a_customer_without_entries_has_zeros_and_unknowns():
    bank, party = SmallBank(), uuid7()
    bank.account(party)
    build(bank)

    found = queries.features(party)

    assert (found.balance_minor, found.frequency_90d, found.products_held) == (0, 0, 1)
    assert found.recency_days is None
    assert found.average_change_bp is None


def test_months_are_filled_and_tie_to_the_balance():
    bank, party = SmallBank(), uuid7()
    account = bank.account(party)
    bank.entry(account, date(2024, 3, 5), 1_000)
    bank.entry(account, date(2026, 9, 5), 500)
    bank.entry(account, date(2026, 11, 5), -300)
    build(bank)

    trend = queries.trend(party, months=4)

    assert [(m.month.month, m.in_minor, m.out_minor, m.end_balance_minor) for m in trend] == [
        (8, 0, 0, 1_000),
        (9, 500, 0, 1_500),
        (10, 0, 0, 1_500),
        (11, 0, 300, 1_200),
    ]
    assert queries.bank_trend(1)[0].assets_minor == 1_200
    assert queries.assets_by_tier()[0].customers == 1


def test_an_older_day_leaves_the_newer_months():
    bank, party = SmallBank(), uuid7()
    bank.entry(bank.account(party), ON, 1_000)
    build(bank)

    services.build_features(date(2026, 9, 30))

    assert queries.latest_day() == ON
    assert queries.bank_trend(1)[0].month == date(2026, 11, 1)


def test_without_history_the_remedy_is_named():
    with pytest.raises(Refused, match="liti insight export"):
        services.build_features(ON)


_PLAIN = """
WITH owned AS (
  SELECT e.*, a.party_id FROM small_entries e JOIN small_accounts a USING (account_id)
  WHERE booked_on <= %(on)s
), days AS (
  SELECT a.party_id, a.account_id, d::date AS d,
    coalesce((SELECT balance_after_minor FROM small_entries e WHERE e.account_id = a.account_id
              AND e.booked_on <= d ORDER BY seq DESC LIMIT 1), 0) AS balance
  FROM small_accounts a, generate_series(%(on)s::date - 119, %(on)s::date, '1 day') AS d
), averages AS (
  SELECT party_id,
    floor(sum(balance) FILTER (WHERE d > %(on)s::date - 90) / 90) AS average_90,
    floor(sum(balance) FILTER (WHERE d > %(on)s::date - 30) / 30) AS average_30,
    floor(sum(balance) FILTER (WHERE d <= %(on)s::date - 30) / 90) AS average_prior,
    sum(balance) FILTER (WHERE d = %(on)s::date) AS balance
  FROM days GROUP BY 1
), flows AS (
  SELECT party_id, %(on)s::date - max(booked_on) FILTER (WHERE own) AS recency,
    count(*) FILTER (WHERE own AND recent) AS frequency,
    coalesce(sum(abs(change_minor)) FILTER (WHERE own AND recent), 0) AS monetary,
    coalesce(sum(change_minor) FILTER (WHERE own AND recent AND change_minor > 0), 0) AS inflow,
    count(DISTINCT date_trunc('month', booked_on)) FILTER (
      WHERE own AND booked_on >= date_trunc('month', %(on)s::date) - interval '11 months') AS months
  FROM (SELECT *, counter_code <> 'interest.expense' AS own, booked_on > %(on)s::date - 90 AS recent
        FROM owned) o GROUP BY 1
)
SELECT p.party_id, recency, coalesce(frequency, 0), coalesce(monetary, 0), coalesce(inflow, 0),
  coalesce(months, 0), balance, average_90, average_30, average_prior
FROM (SELECT DISTINCT party_id FROM small_accounts) p
LEFT JOIN averages USING (party_id) LEFT JOIN flows USING (party_id)
"""


def test_equals_a_plain_recomputation_in_postgresql():
    chance = random.Random(20261119)
    bank = SmallBank()
    for _ in range(40):
        party = uuid7()
        for _ in range(chance.randint(1, 2)):
            account = bank.account(party)
            dates = sorted(days_ago(chance.randint(-20, 400)) for _ in range(chance.randint(0, 40)))
            for day in dates:
                other = chance.choice(["clearing.interbank", "cash", "interest.expense"])
                kind = chance.choice(["transfer", "salary"])
                bank.entry(account, day, chance.randint(-50_000, 90_000) or 1, kind, other)
    build(bank)

    with connection.cursor() as cursor:
        cursor.execute(_PLAIN, {"on": ON})
        rows = cursor.fetchall()

    assert len(rows) == 40
    for party, *plain in rows:
        found = queries.features(party)
        assert [
            found.recency_days,
            found.frequency_90d,
            found.monetary_90d_minor,
            found.inflow_90d_minor,
            found.months_active_12,
            found.balance_minor,
            found.average_balance_90d_minor,
            found.average_assets_30d_minor,
            found.average_assets_prior_90d_minor,
        ] == plain


def test_a_later_day_of_the_month_computes_its_month_alone_and_the_same():
    bank = SmallBank()
    parties = [uuid7() for _n in range(3)]
    accounts = [bank.account(party) for party in parties]
    draw = random.Random(7)
    for account in accounts[:2]:
        for days in range(400, 3, -7):
            bank.entry(account, days_ago(days), draw.randint(-5_000, 9_000))
    build(bank)
    for account in accounts:  # the third one's first entry too
        bank.entry(account, ON + timedelta(days=1), 1_234)
    next_day = ON + timedelta(days=1)
    services.export_history(sources=bank.store())

    made = services.build_features(next_day)
    quick = (
        sorted(PartyMonth.objects.values_list()), sorted(BankMonth.objects.values_list()),
    )  # fmt: skip
    MonthsBasis.objects.all().delete()
    whole = services.build_features(next_day)

    assert (made.party_months, made.bank_months) == (3, 1)
    assert whole.party_months > 20
    assert quick == (
        sorted(PartyMonth.objects.values_list()), sorted(BankMonth.objects.values_list()),
    )  # fmt: skip


def test_a_late_booking_computes_all_months_again():
    bank, party = SmallBank(), uuid7()
    account = bank.account(party)
    bank.entry(account, days_ago(100), 1_000)
    bank.entry(account, days_ago(2), 1_000)
    build(bank)
    bank.entry(account, days_ago(70), 500)
    made = build(bank)
    assert made.party_months == 3
    assert [m.end_balance_minor for m in queries.trend(party, 2)][-1] == 2_500


def test_a_text_compiled_once_gives_each_days_own_rows():
    bank, draw = SmallBank(), random.Random(11)
    for _n in range(8):
        account = bank.account(uuid7())
        for days in range(300, 0, -9):
            bank.entry(account, days_ago(days), draw.randint(-4_000, 9_000))
    services.export_history(sources=bank.store())
    compiled._texts.clear()

    for days in (40, 1, 0):
        day = the_day(days_ago(days))
        with duckdb_connection() as engine:
            tables = exported_tables(engine)
            found = [
                row
                for batch in compiled.batches(engine, tables, wide, day, FEATURE_COLUMNS)
                for row in batch.to_pylist()
            ]
            plain = wide(tables, day).select(*FEATURE_COLUMNS).to_pyarrow().to_pylist()
        assert len(compiled._texts) == 1
        by_party = operator.itemgetter("party_id")
        assert sorted(found, key=by_party) == sorted(plain, key=by_party)
