"""`make docs`: redraw what the docs take from the code, so that a picture can't go stale.

Between `<!-- draw: KIND NAME -->` and `<!-- drawn -->` a page holds what this program writes:
`states ROOM.MACHINE` a state diagram, `imports` which room calls which, `events` who says
what to whom, `relations` the views that rooms give to each other, `authority` who may call
which face, `commands` every command with its doors, `seams` what rooms register with whom.
`--check` changes nothing and fails when a page is out of date.
"""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps

from liti.core.authority import Declaration, declarations, opened
from liti.core.roles import STAFF_ROLES
from tools import commands

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "liti"
MARKED = re.compile(r"(<!-- draw: (\w+) ?([\w.]*) -->\n)(.*?)(<!-- drawn -->)", re.DOTALL)


def order_of_rooms() -> tuple[str, ...]:
    """From the edges down to the ground, as pyproject.toml has it for the import linter."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["type"] == "layers")
    return tuple(
        room.strip().removeprefix("liti.") for layer in layers for room in layer.split("|")
    )


ROOMS = order_of_rooms()
# Everybody stands on these, so a table that listed them would say nothing.
GROUND = {"core", "ui", "postgres"}


def main(arguments: list[str]) -> int:
    """Redraw all pages; with --check only say which are out of date."""
    os.environ.setdefault("LITI_NO_DATABASE", "1")  # here: who imports us keeps his own
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liti.site.settings")
    check = "--check" in arguments
    stale = [(page, text) for page, text in drawn_pages() if text != page.read_text("utf-8")]
    for page, text in stale:
        print(("out of date: " if check else "redrawn: ") + str(page.relative_to(ROOT)))
        if not check:
            page.write_text(text, encoding="utf-8")
    if not stale:
        print("the docs show what the code says")
    return int(check and bool(stale))


def drawn_pages() -> Iterator[tuple[Path, str]]:
    """Every page of the docs with the text it should have."""
    for page in sorted((ROOT / "docs").rglob("*.md")):
        yield page, MARKED.sub(_redraw, page.read_text("utf-8"))


def _redraw(found: re.Match[str]) -> str:
    begin, kind, name, _old, end = found.groups()
    drawings = {
        "states": lambda: states(name),
        "imports": imports,
        "events": events,
        "relations": relations,
        "authority": authority_matrix,
        "commands": commands.drawn,
        "seams": seams,
    }
    return f"{begin}{drawings[kind]()}\n{end}"


def states(name: str) -> str:
    """The diagram of the machine `room.MACHINE` that the room's rules declare."""
    room, machine = name.split(".")
    declared = getattr(importlib.import_module(f"liti.{room}.rules"), machine)
    return f"```mermaid\n{declared.mermaid()}\n```"


def declared_faces() -> list[Declaration]:
    """What the faces of all rooms declare, by name."""
    _set_up()
    for room in ROOMS:
        for face in ("services", "queries"):
            if (PACKAGE / room / f"{face}.py").is_file():
                importlib.import_module(f"liti.{room}.{face}")
    return [d for d in declarations() if d.function.__module__.startswith("liti.")]


def authority_matrix() -> str:
    """Commands and readings with those who may call them; then what is open to all."""
    every = frozenset(STAFF_ROLES)
    lines = [
        "| face | kind | staff | customer | client | jobs |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for d in declared_faces():
        staff = "all" if d.staff == every else ", ".join(r for r in STAFF_ROLES if r in d.staff)
        client = "–"
        if d.client is not None:
            client = f"`{d.client.scope}`" if d.client.scope else "any of its own"
            client += " with the customer's mandate" if d.client.mandate else ""
        kind, own = "reads" if d.reads else "command", "his own" if d.customer else "–"
        jobs = ", ".join(sorted(d.system)) or "–"
        lines.append(f"| `{d.name}` | {kind} | {staff or '–'} | {own} | {client} | {jobs} |")
    lines += ["", "Open to all, with the reason:", ""]
    lines += [f"- `{name}`: {why}" for name, why in opened().items()]
    return "\n".join(lines)


def _set_up() -> None:
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liti.site.settings")
        os.environ.setdefault("LITI_NO_DATABASE", "1")
        django.setup()


def seams() -> str:
    """Who registers what with whom; from a process of its own, as tests register things too."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.seams"],
        cwd=ROOT,
        env=os.environ | {"LITI_NO_DATABASE": "1", "DJANGO_SETTINGS_MODULE": "liti.site.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rstrip("\n")


def imports() -> str:
    """Which room calls which, by the doors that it uses."""
    rows = ["| room | calls |", "| --- | --- |"]
    for room in ROOMS:
        used: dict[str, set[str]] = {}
        for _file, module in imported(room):
            parts = module.split(".")
            if parts[1] not in GROUND | {room} and parts[1] in ROOMS:
                used.setdefault(parts[1], set()).update(parts[2:3])
        if room not in GROUND:
            calls = ", ".join(
                f"{other} ({', '.join(sorted(used[other]))})" for other in ROOMS if other in used
            )
            rows.append(f"| {room} | {calls or '–'} |")
    return "\n".join(rows)


def events() -> str:
    """Every event with the room that says it and those that hear it."""
    said = {f"{room}.{name}": value for room in ROOMS for name, value in _constants(room).items()}
    heard: dict[str, list[str]] = {}
    for room in ROOMS:
        for constant in _subscribed(room):
            for full, value in said.items():
                if full.endswith(f".{constant}"):
                    heard.setdefault(value, []).append(room)
    rows = ["| event | said by | heard by |", "| --- | --- | --- |"]
    for full, value in said.items():
        listeners = ", ".join(heard.get(value, [])) or "–"
        rows.append(f"| `{value}` | {full.split('.')[0]} | {listeners} |")
    return "\n".join(rows)


def relations() -> str:
    """Every view that a room gives to others, with what its columns mean."""
    lines = []
    for room in ROOMS:
        if not (PACKAGE / room / "relations.py").is_file():
            continue
        for found in vars(importlib.import_module(f"liti.{room}.relations")).values():
            if type(found).__name__ == "Relation":
                lines += [f"### `{found.name}`", f"A row: {found.row}.", ""]
                lines += ["| column | meaning |", "| --- | --- |"]
                lines += [f"| `{name}` | {about} |" for name, about in found.columns.items()]
                lines.append("")
    return "\n".join(lines)


def imported(room: str) -> Iterator[tuple[Path, str]]:
    """Every module of Liti that a room's files import, as `liti.room.module`."""
    for file in sorted((PACKAGE / room).rglob("*.py")):
        if "migrations" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                deep = node.module.count(".") >= 2
                found = [node.module if deep else f"{node.module}.{a.name}" for a in node.names]
            else:
                continue
            yield from ((file, name) for name in found if name.startswith("liti."))


def _constants(room: str) -> dict[str, str]:
    file = PACKAGE / room / "events.py"
    if not file.is_file():
        return {}
    return {
        node.targets[0].id: node.value.value
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and str(node.value.value).startswith(f"{room}.")
    }


def _subscribed(room: str) -> Iterator[str]:
    file = PACKAGE / room / "events.py"
    if not file.is_file():
        return
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "subscribe":
                    yield from (getattr(a, "id", getattr(a, "attr", "")) for a in call.args)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
