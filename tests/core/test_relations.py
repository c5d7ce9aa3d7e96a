"""Relations between rooms: what a room declares is what the database has, column by column."""

from __future__ import annotations

import importlib
import re

import pytest
from django.conf import settings
from django.db import connection

from liti.core.relations import declared

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def relations():
    for room in settings.LITI_ROOMS:
        if importlib.util.find_spec(f"liti.{room}.relations"):
            importlib.import_module(f"liti.{room}.relations")
    return {r.name: r for r in declared()}


def test_each_view_is_declared_and_each_declared_view_is_there(relations):
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'")
        views = {name for (name,) in cursor.fetchall()}
    assert views == relations.keys()


def test_a_view_has_the_columns_that_are_documented_in_their_order(relations):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)"
            " FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"
        )
        columns = dict(cursor.fetchall())
    assert {n: columns[n] for n in relations} == {n: list(r.columns) for n, r in relations.items()}
    assert all(text for r in relations.values() for text in (r.row, *r.columns.values()))


def test_a_views_name_says_whose_it_is(relations):
    for name in relations:
        assert re.fullmatch(r"[a-z]+_[a-z_]+_v", name)
        assert name.split("_")[0] in settings.LITI_ROOMS


def test_a_view_shows_nobody_more_than_the_tables_beneath_it():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class"
            " WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
            " AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)"
        )
        assert cursor.fetchall() == []
