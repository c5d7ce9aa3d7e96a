"""Counterparts that are simulated: programs of their own, reached over the wire."""

from __future__ import annotations

import os
import sys

import click

from liti import postgres
from liti.core import keys


@click.group()
def sim() -> None:
    """The simulated outside world."""


@sim.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def clearing(arguments: tuple[str, ...]) -> None:
    """A clearing house: --port 8071 --seed 1 --faults none|some|many --books FILE.

    Its own --help tells which card does what: liti sim clearing -- --help
    """
    var_dir = postgres.var_dir()
    keys.secret(var_dir, keys.CLEARING_TOKEN)
    token_file = str(var_dir / keys.CLEARING_TOKEN)
    # The program takes this one's place, so that what stops the command stops it too.
    program = [sys.executable, "-m", "liti.sim.clearing", "--token-file", token_file]
    os.execv(sys.executable, [*program, *arguments])
