"""Counterparts that are simulated: programs of their own, reached over the wire."""

from __future__ import annotations

import subprocess
import sys

import click


@click.group()
def sim() -> None:
    """The simulated outside world."""


@sim.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def clearing(arguments: tuple[str, ...]) -> None:
    """A clearing house: --port 8071 --seed 1 --faults none|some|many --books FILE."""
    program = [sys.executable, "-m", "liti.sim.clearing", *arguments]
    raise SystemExit(subprocess.run(program, check=False).returncode)
