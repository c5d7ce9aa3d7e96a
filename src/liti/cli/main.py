"""The `liti` command: one group a room; Django is set up before a room's commands load."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import django
from django.core.management import execute_from_command_line
from django.db import OperationalError
from django.utils import translation

import liti
from liti import cli
from liti.cli.entering import check_words
from liti.core.context import acting
from liti.core.entrance import is_text
from liti.core.errors import LitiError
from liti.postgres import PostgresError

_NOT_GROUPS = {"days", "entering", "guardian", "main", "programs", "progress"}
_WITHOUT_DJANGO = {"db", "sim"}


class Rooms(click.Group):
    """Finds each room's commands in liti/cli/<room>.py when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = {m.name for m in pkgutil.iter_modules(cli.__path__)} - _NOT_GROUPS
        return sorted(found | set(super().list_commands(ctx)))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if command := super().get_command(ctx, cmd_name):
            return command
        if cmd_name not in self.list_commands(ctx):
            return None
        if cmd_name not in _WITHOUT_DJANGO:
            set_up()
        module = importlib.import_module(f"liti.cli.{cmd_name}")
        found: click.Command = getattr(module, cmd_name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            if not all(map(is_text, sys.argv[1:])):
                set_up()  # the refusal is said in the reader's language
                check_words(sys.argv[1:])
            return super().invoke(ctx)
        except LitiError as error:
            click.secho(f"{error.code}: {error.message}", fg="red", err=True)
            if error.remedy:
                click.echo(error.remedy, err=True)
            sys.exit(1)
        except PostgresError as error:  # before there is Django, and so a language
            click.secho(f"database: {error}", fg="red", err=True)
            sys.exit(1)
        except OperationalError as error:
            click.secho(f"database: {str(error).strip()}", fg="red", err=True)
            click.echo("Look at it with `liti db status`, then try again.", err=True)
            sys.exit(1)


def set_up() -> None:
    """Configure Django once; the language of the terminal decides that of the messages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liti.site.settings")
    django.setup()
    language = os.environ.get("LITI_LANGUAGE") or os.environ.get("LANG", "")
    translation.activate("zh-hans" if language.lower().startswith("zh") else "en")


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(liti.__version__, prog_name="liti")
@click.option(
    "--as",
    "username",
    envvar="LITI_AS",
    metavar="USERNAME",
    help="The member of the staff who acts, with his roles of today (or LITI_AS).",
)
@click.pass_context
def root(ctx: click.Context, username: str | None) -> None:
    """Liti (立体): an open direct bank.

    One group of commands for each room of the house, from `parties` (who is who) to
    `ledger` (every fen, both sides). Begin with `liti demo`: it installs the sample bank,
    takes it through the whole walk and serves the console.

    What reads customers or moves money wants to know who acts: `liti --as steward parties
    match`. Only db, demo, day and check run as jobs of the house.
    """
    if username:
        set_up()
        ctx.with_resource(acting_as(username))


@contextmanager
def acting_as(username: str) -> Iterator[None]:
    """What follows is done by a member of the staff."""
    staff = importlib.import_module("liti.core.staff")  # its tables need Django
    with acting(staff.by_name(username)):
        yield


@root.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's own management commands, for engineers: `liti manage migrate`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liti.site.settings")
    execute_from_command_line(["liti manage", *arguments])


def main() -> None:
    """Entry point."""
    root()
