"""Counterparts that are simulated: programs of their own, reached over the wire."""

from __future__ import annotations

import os
import sys

import click


@click.group()
def sim() -> None:
    """The simulated outside world."""


@sim.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def clearing(arguments: tuple[str, ...]) -> None:
    """A clearing house: --port 8071 --seed 1 --faults none|some|many --books FILE.

    Its own --help tells which card does what: liti sim clearing -- --help
    """
    # The program takes this one's place, so that what stops the command stops it too.
    os.execv(sys.executable, [sys.executable, "-m", "liti.sim.clearing", *arguments])
