"""The embedded database: start, stop, look at it. Works before Django is set up."""

from __future__ import annotations

import os
import subprocess
from importlib import import_module
from urllib.parse import quote

import click
from django.core.management import call_command

from liti import postgres
from liti.cli.main import set_up
from liti.postgres import binaries


@click.group()
def db() -> None:
    """The database server: the embedded one under var/, or that of DATABASE_URL."""


@db.command()
def status() -> None:
    """Where the server is and whether it runs."""
    if url := os.environ.get("DATABASE_URL"):
        click.echo(f"DATABASE_URL is set: {url.rsplit('@', 1)[-1]}")
        return
    for name, value in postgres.status(postgres.var_dir()).items():
        click.echo(f"{name:10} {value}")


@db.command()
def start() -> None:
    """Start the embedded server (other commands do so by themselves)."""
    server = postgres.ensure_running(postgres.var_dir())
    click.echo(f"running, socket {server.socket_dir}")


@db.command()
def stop() -> None:
    """Stop the embedded server."""
    click.echo("stopped" if postgres.stop(postgres.var_dir()) else "it was not running")


@db.command()
def url() -> None:
    """The connection URL, for psql and other programs."""
    server = postgres.ensure_running(postgres.var_dir())
    click.echo(f"postgresql://liti@/liti?host={quote(str(server.socket_dir), safe='/')}&port=5432")


@db.command()
def shell() -> None:
    """psql on the bank's database."""
    server = postgres.ensure_running(postgres.var_dir())
    folder = binaries.find()
    subprocess.run(
        [folder / "psql", "-h", server.socket_dir, "-p", "5432", "-U", "liti", "liti"], check=False
    )


@db.command()
def migrate() -> None:
    """Bring the tables up to date and load reference data (idempotent)."""
    set_up()
    click.echo(f"tables up to date, reference data of {bring_up_to_date()} rooms loaded")


def bring_up_to_date() -> int:
    """Migrate and load reference data; Django is set up. Returns rooms with something to load."""
    call_command("migrate", verbosity=0)
    context = import_module("liti.core.context")
    with context.acting(context.job("database")):
        return int(import_module("liti.core.reference").load_all())
