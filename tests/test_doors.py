"""Every command has a door where the work is, or says why it has none."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from tools import commands as matrix

from liti.core import authority, doors

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "liti"

matrix.load()
COMMANDS = {d.name: d for d in authority.declarations() if matrix.is_command(d)}


def test_every_command_has_a_door_or_a_reason():
    open_to = {d.command for d in doors.doors()}
    without = sorted(set(COMMANDS) - open_to - set(doors.reasons()))
    assert not without, (
        f"{without}: who may call these has no way to do so; declare a Command in"
        " console/catalogue, mark a view or call with @door, or say why in site/doors.py"
    )


def test_no_reason_outlives_its_cause():
    open_to = {d.command for d in doors.doors()}
    stale = sorted(set(doors.reasons()) & open_to)
    unknown = sorted(set(doors.reasons()) - set(COMMANDS))
    assert not stale, f"{stale}: there is a door now, so the reason in site/doors.py is stale"
    assert not unknown, f"{unknown}: no such command is declared"


def test_no_door_leads_nowhere():
    unknown = sorted({d.command for d in doors.doors()} - set(COMMANDS))
    assert not unknown, f"{unknown}: a door to what no face declares can be opened by nobody"


def test_a_staffs_command_has_a_door_for_the_staff():
    """What staff may do stands in the console: the command line is for engineers."""
    for_staff = {name for name, d in COMMANDS.items() if d.staff}
    in_console = {d.command for d in doors.doors() if d.edge == "console"}
    reasons = set(doors.reasons()) | set(matrix.ELSEWHERE)
    missing = sorted(for_staff - in_console - reasons)
    assert not missing, (
        f"{missing}: staff may call these and the console shows them nowhere; declare a Command"
        " or say in tools/commands.py why the command line is the place"
    )


def test_each_mark_is_in_the_function_that_opens_the_door():
    """A view marked with @door calls the command: a mark alone opens nothing."""
    for door in doors.doors():
        if door.edge == "console" and door.name not in matrix.CONSOLE_VIEWS:
            continue
        verb = door.command.partition(".")[2]
        text = "\n".join(
            file.read_text("utf-8")
            for file in (PACKAGE / door.edge).rglob("*.py")
            if f'"{door.command}"' in file.read_text("utf-8")
        )
        called = {
            node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)
        }
        assert verb in called, f"{door.edge} marks {door.command} and never calls {verb}"


def test_the_modules_of_the_edges_are_loaded():
    for edge in doors.EDGES:
        assert importlib.import_module(f"liti.{edge}")
        assert any(d.edge == edge for d in doors.doors()), edge
