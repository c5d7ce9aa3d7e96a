"""A database of the benchmarks' own, made before and dropped after; never the bank's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from liti.core import params
from liti.core.context import acting, job
from liti.core.reference import load_all
from liti.ledger import reference

NAME = "liti_bench"


@contextmanager
def own_database(*, whole: bool = False) -> Iterator[dict[str, str]]:
    """Point Django at a fresh database with the ledger's tables (`whole`: with every room's and
    its reference data); yields libpq's environment."""
    settings = connection.settings_dict
    before = settings["NAME"]
    _recreate(settings)
    connection.close()
    settings["NAME"] = NAME
    try:
        if whole:
            call_command("migrate", verbosity=0)
        else:
            for app in ("ledger", "core", "procrastinate"):
                call_command("migrate", app, verbosity=0)
        with acting(job("database")):
            if whole:
                load_all()
            else:
                params.load("liti.ledger")
                reference.load()
        yield _environment(settings)
    finally:
        connection.close()
        settings["NAME"] = before
        _drop(settings)


def server_facts() -> dict[str, str]:
    """Version and durability of the server measured."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('server_version', 'fsync',"
            " 'synchronous_commit', 'full_page_writes', 'shared_buffers')"
        )
        return dict(cursor.fetchall())


def _environment(settings: dict[str, Any]) -> dict[str, str]:
    named = {
        "PGHOST": settings.get("HOST"),
        "PGPORT": settings.get("PORT"),
        "PGUSER": settings.get("USER"),
        "PGPASSWORD": settings.get("PASSWORD"),
        "PGDATABASE": NAME,
    }
    return {**os.environ, **{key: str(value) for key, value in named.items() if value}}


def _maintenance(settings: dict[str, Any]) -> psycopg.Connection[Any]:
    return psycopg.connect(
        dbname="postgres",
        host=settings.get("HOST") or None,
        port=settings.get("PORT") or None,
        user=settings.get("USER") or None,
        password=settings.get("PASSWORD") or None,
        autocommit=True,
        **settings.get("OPTIONS", {}),
    )


def _drop(settings: dict[str, Any]) -> None:
    with _maintenance(settings) as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))
        )


def _recreate(settings: dict[str, Any]) -> None:
    _drop(settings)
    with _maintenance(settings) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(NAME))
        )
