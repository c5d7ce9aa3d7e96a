"""The same declarations on Spark: equal rows. Left out where pyspark or Java is not installed."""

from __future__ import annotations

import random
import shutil
from datetime import timedelta

import ibis
import pytest
from tests.insight.builders import ON, SmallBank

from liti.core.ids import uuid7
from liti.insight import build, services
from liti.insight.engine import duckdb_connection
from liti.insight.features.wide import wide

pyspark_sql = pytest.importorskip("pyspark.sql", reason="pyspark is an optional extra")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java"),
]


@pytest.fixture
def spark(tmp_path):
    session = (
        pyspark_sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.warehouse.dir", str(tmp_path / "warehouse"))
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(session)
    session.stop()


def test_spark_gives_the_same_rows(spark, settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path / "data"
    chance = random.Random(7)
    bank = SmallBank()
    for _ in range(60):
        party = uuid7()
        account = bank.account(party)
        for day in sorted(chance.randint(0, 400) for _ in range(chance.randint(0, 30))):
            other = chance.choice(["clearing.interbank", "interest.expense", "wealth.mmf.pool"])
            kind = chance.choice(["transfer", "salary"])
            booked_on = ON - timedelta(days=400 - day)
            bank.entry(account, booked_on, chance.randint(-900, 1900), kind, other)
        if chance.random() < 0.5:
            bank.holding(party, chance.choice(["card", "loan", "wealth"]), chance.randint(0, 99))
    services.export_history(sources=bank.store())
    day = build.the_day(ON)

    with duckdb_connection() as duckdb:
        expected = wide(build.exported_tables(duckdb), day).to_pyarrow().to_pylist()
    found = wide(build.exported_tables(spark), day).to_pyarrow().to_pylist()

    assert sorted(found, key=lambda r: r["party_id"]) == sorted(
        expected, key=lambda r: r["party_id"]
    )
