"""Searching by the end of a number reads an index where there are trigrams; it works without."""

from __future__ import annotations

import importlib

import pytest
from django.db import connection
from tests.market.builders import person

from liti.parties import queries
from liti.parties.models import Party

migration = importlib.import_module("liti.parties.migrations.0007_search_by_trigrams")
pytestmark = pytest.mark.django_db


def plan_of(condition: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM parties_party WHERE " + condition)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("mobile::text LIKE '%1234'", "parties_party_mobile_trgm"),
    ],
)
def test_the_end_of_a_number_is_found_by_an_index(condition, index):
    if not migration.extended(connection):
        pytest.skip("this PostgreSQL has no pg_trgm")
    assert index in plan_of(condition)


def test_without_the_extension_the_search_gives_the_same():
    party = Party.objects.get(id=person())
    found = [p.id for p in queries.search(party.mobile[-4:])]
    assert party.id in found
    with connection.schema_editor(atomic=False) as editor:
        migration.backward(None, editor)
    assert [p.id for p in queries.search(party.mobile[-4:])] == found


def test_a_source_without_the_extension_is_left_as_it_is():
    class Without:
        """A database that lists no extension."""

        alias = "default"

        def cursor(self):
            return self

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            return None

        def execute(self, sql):
            assert sql.startswith("SELECT 1 FROM pg_available_extensions")

        def fetchone(self):
            return None

    assert migration.extended(Without()) is False
