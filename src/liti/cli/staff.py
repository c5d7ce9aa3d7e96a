"""`liti staff`: who holds which role, since when; join, move, stand in, leave, return."""

from __future__ import annotations

from datetime import datetime

import click

from liti.cli.entering import DAY
from liti.cli.progress import console
from liti.core import joining
from liti.core import staff as people
from liti.core.doors import door


@click.group()
def staff() -> None:
    """Members of the staff and their roles by day (岗位)."""


@staff.command("list")
@click.option("--ended", is_flag=True, help="Also what is over.")
def list_(ended: bool) -> None:
    """Who holds which role."""
    for p in people.posts(ended=ended):
        note = f"{p.valid_to or ''}  {'for ' + p.stands_in_for if p.stands_in_for else ''}"
        console.print(f"{p.username:12} {p.role:22} {p.department:10} {p.valid_from} – {note}")


@staff.command()
@door("core.propose_post")
@click.argument("username")
@click.argument("role")
@click.argument("department")
@click.option("--from", "start", type=DAY, required=True, help="First day.")
@click.option("--to", "end", type=DAY, help="First day on which it does not hold any more.")
@click.option("--stands-in-for", default="", help="The colleague whose work it is.")
def propose(
    username: str,
    role: str,
    department: str,
    start: datetime,
    end: datetime | None,
    stands_in_for: str,
) -> None:
    """Propose a role for USERNAME; another person decides it in the console."""
    made = people.propose_post(
        username, role, department, start.date(), end.date() if end else None, stands_in_for
    )
    console.print(f"waiting for a second person, approval {made}")


@staff.command()
@door("core.leave")
@click.argument("username")
def leave(username: str) -> None:
    """USERNAME leaves today; the customers whom he served go to the pool."""
    people.leave(username)
    console.print(f"{username} has left")


@staff.command()
@door("core.propose_joining")
@click.argument("username")
@click.argument("full_name")
@click.argument("role")
@click.argument("department")
@click.option("--from", "start", type=DAY, required=True, help="First day.")
@click.option("--code", default="", help="Staff code, where customers are served.")
def join(
    username: str, full_name: str, role: str, department: str, start: datetime, code: str
) -> None:
    """Propose USERNAME as a new member of the staff; another person decides it."""
    made = joining.propose_joining(username, full_name, role, department, start.date(), code)
    console.print(f"waiting for a second person, approval {made}")


@staff.command("return")
@door("core.propose_return")
@click.argument("username")
@click.argument("role")
@click.argument("department")
@click.option("--from", "start", type=DAY, required=True, help="First day.")
def return_(username: str, role: str, department: str, start: datetime) -> None:
    """Propose that USERNAME, who left, is taken back; another person decides it."""
    made = joining.propose_return(username, role, department, start.date())
    console.print(f"waiting for a second person, approval {made}")


@staff.command()
@door("core.invite")
@click.argument("username")
def invite(username: str) -> None:
    """The address at which USERNAME sets his first password; shown once."""
    made = joining.invite(username)
    console.print(f"{made.path}  (good once, for {made.lasts.days} days)", soft_wrap=True)
