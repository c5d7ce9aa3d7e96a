"""The habits of the house that no linter knows, each with its reason in the message."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from tools import docs

from liti.core import authority

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "liti"
SOURCES = [p for p in sorted(PACKAGE.rglob("*.py")) if "migrations" not in p.parts]
FOLDERS = sorted(p.parent for p in PACKAGE.glob("*/__init__.py"))
# What only shows and calls, or stands beneath every room.
EDGES = {"cli", "site", "sample", "console", "mobile", "portal", "api", "sim"}
DOORS = {"services", "queries", "events", "relations"}
# Shared ground: the kernel, the design system and the launcher have no doors, only faces.
FREE = {"core", "ui", "postgres"}
# The exceptions of today: (importing file, module) → why.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("sample/demo.py", "liti.ledger.verify"): "recomputing the books is a door of its own",
    ("cli/demo.py", "liti.sample.demo"): "the demo's steps are what the command shows",
    ("cli/demo.py", "liti.sample.staff"): "the demonstration logins are printed",
}
FILE_LINES_MAX = 400
README_LINES_MAX = 14
TEXTS = {".py", ".md", ".toml", ".yaml", ".yml", ".html", ".css", ".js", ".sh", ".txt", ".po"}
NOT_OURS = {".git", ".venv", ".uv", "var", "build", "dist", "__pycache__", ".hypothesis"}


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def texts() -> list[Path]:
    """All files of the project that people read, and those that programs run."""
    found = []
    for folder, folders, files in ROOT.walk():
        folders[:] = [f for f in folders if f not in NOT_OURS and not f.endswith("_cache")]
        found += [folder / f for f in files if Path(f).suffix in TEXTS or f in {"Makefile", "run"}]
    return found


def test_rooms_meet_at_their_doors_only():
    inner = [
        (name(file), module)
        for room in docs.ROOMS
        for file, module in docs.imported(room)
        if (parts := module.split("."))[1] not in FREE | {room}
        and (len(parts) < 3 or parts[2] not in DOORS)
        and parts[1] in docs.ROOMS
        and room != "site"  # settings and urls name every room
        and parts[1] != "cli"  # the program's entry
    ]
    surprise = sorted(set(inner) - set(EXCEPTIONS))
    assert not surprise, (
        f"{surprise}: a room is entered through services, queries or events; who reaches for its"
        " models or rules ties both to one shape, and neither can be moved or changed alone"
    )


def test_no_exception_outlives_its_cause():
    used = {(name(file), module) for room in docs.ROOMS for file, module in docs.imported(room)}
    assert set(EXCEPTIONS) <= used, "an exception that nobody needs any more invites a new one"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_a_room_says_in_ten_lines_what_it_is(folder):
    readme = folder / "README.md"
    assert readme.is_file(), (
        f"{folder.name} has no README.md: what it owns, its rules and its doors are what a"
        " newcomer looks for first"
    )
    lines = len(readme.read_text("utf-8").splitlines())
    assert lines <= README_LINES_MAX, (
        f"{folder.name}/README.md has {lines} lines: what is longer belongs into docs/rooms"
    )


def test_files_stay_small_enough_to_read_at_one_sitting():
    long = {
        name(p): n
        for p in SOURCES
        if (n := len(p.read_text("utf-8").splitlines())) > FILE_LINES_MAX
    }
    assert not long, f"{long}: split by groups of verbs, so that each file has one subject"


def test_rooms_import_at_the_top():
    late = [
        f"{name(file)}:{inner.lineno}"
        for file in SOURCES
        if file.relative_to(PACKAGE).parts[0] not in EDGES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not late, f"{late}: an import inside a function hides a circle between rooms"


def test_no_drawer_for_everything():
    drawers = [name(p) for p in SOURCES if p.stem in {"utils", "util", "helpers", "common", "misc"}]
    assert not drawers, f"{drawers}: a file is named after its subject, or nobody finds it again"


def test_every_face_says_who_may_call_it():
    silent = [
        f"{module.__name__}.{name}"
        for room in docs.ROOMS
        for face in ("services", "queries")
        if importlib.util.find_spec(f"liti.{room}")
        and importlib.util.find_spec(f"liti.{room}.{face}")
        and (module := importlib.import_module(f"liti.{room}.{face}"))
        for name, function in public_functions(module)
        if authority.declaration_of(function) is None
        and f"{room}.{function.__name__}" not in authority.opened()
    ]
    assert not silent, (
        f"{silent}: who may call is declared at the face (core.authority: command, query, or"
        " open_to_all with the reason), or each edge decides it for itself"
    )


def public_functions(module: ModuleType) -> list[tuple[str, Any]]:
    """What other rooms and the edges call: `__all__`, or the functions that stand there."""
    names = getattr(module, "__all__", None) or [n for n in vars(module) if n[0] != "_"]
    found = [(name, getattr(module, name)) for name in names]
    return [
        (name, f)
        for name, f in found
        if callable(f)
        and not isinstance(f, type)
        and not f.__module__.endswith(".rules")  # pure: they read nothing
        and (hasattr(module, "__all__") or f.__module__.startswith(module.__name__))
    ]


def test_a_refusal_is_an_error_of_the_domain():
    bare = [
        f"{name(file)}:{node.lineno}"
        for file in SOURCES
        if file.stem in {"services", "queries"}
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and getattr(node.exc.func, "id", "") in {"ValueError", "Exception", "RuntimeError"}
    ]
    assert not bare, f"{bare}: people need a code, the thing and the remedy (liti.core.errors)"


def test_nothing_names_this_machine():
    # Written so that the pattern does not find itself.
    path = re.compile(r"""(?<![\w.<~-])/(?:root|work|tmp|Users|home/[a-z]+)/[\w.]""")
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in texts()
        if (match := path.search(file.read_text("utf-8")))
    ]
    assert not found, f"{found}: the path of one machine is wrong on every other"


def test_nothing_names_a_package_registry():
    host = re.compile(
        r"https?://[\w.-]*(?:pypi\.|pythonhosted\.|npmjs\.|unpkg\.|jsdelivr\.|debian\.org|mirrors?\.)"
    )
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in texts()
        if (match := host.search(file.read_text("utf-8")))
    ]
    assert not found, f"{found}: where packages come from is the machine's own setting (ADR 3)"


def test_the_docs_show_what_the_code_says():
    stale = [
        str(page.relative_to(ROOT))
        for page, text in docs.drawn_pages()
        if text != page.read_text("utf-8")
    ]
    assert not stale, f"{stale}: run `make docs`; a drawing that lies is worse than none"


def test_every_decision_fits_a_page_and_names_its_check():
    for page in sorted((ROOT / "docs" / "adr").glob("*.md")):
        text = page.read_text("utf-8")
        assert len(text.split()) <= 300, f"{page.name} is longer than 300 words: decide, then cut"
        assert "**Checked by**" in text, f"{page.name}: a decision that nothing checks is a wish"


def test_decisions_are_numbered_once_and_listed_in_order():
    """A number is how people speak of a decision: two with one number are spoken of as one."""
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(p.name[:4]) for p in pages] == list(range(1, len(pages) + 1)), (
        f"{[p.name for p in pages]}: the next free number, once each, without a gap"
    )
    for number, page in enumerate(pages, 1):
        first = page.read_text("utf-8").partition("\n")[0]
        assert first.startswith(f"# {number}. "), f"{page.name}: its title is {first!r}"
    listed = re.findall(
        r"^(\d+)\. \[[^]]+\]\(adr/([^)]+)\)$", (ROOT / "docs/README.md").read_text("utf-8"), re.M
    )
    assert listed == [(str(n), p.name) for n, p in enumerate(pages, 1)], (
        "docs/README.md lists each decision under its number"
    )


def test_the_house_is_synchronous():
    waiting = [
        f"{name(file)}:{node.lineno}"
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.AsyncFunctionDef)
    ]
    assert not waiting, f"{waiting}: Django's asynchronous views are the slower ones (ADR 4)"


def test_links_between_pages_lead_somewhere():
    link = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
    pages = [p for p in texts() if p.suffix == ".md"]
    dead = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in pages
        for target in link.findall(page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not dead, f"{dead}: a reader who follows a dead link stops reading"


# SQL written where a statement is begun or continued; words of prose are lower-case.
SQL = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE \w+|DELETE FROM|TRUNCATE|COPY|CREATE \w+|DROP \w+|ALTER \w+"
    r"|FROM \w+|WHERE|JOIN|ORDER BY|GROUP BY|LIMIT|SET \w+ =)\b"
)


def _constant(node: ast.expr) -> bool:
    """A text, or a constant by its name (upper-case), or several of them joined."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _constant(node.left) and _constant(node.right)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    called = getattr(node, "id", getattr(node, "attr", ""))
    return called == "noop" or called.lstrip("_").isupper()


def _sql_in(node: ast.expr) -> bool:
    texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
    return any(isinstance(t, str) and SQL.search(t) for t in texts)


def _pasted(tree: ast.AST) -> list[int]:
    """Lines where SQL text is made of anything but constants."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [v for v in node.values if isinstance(v, ast.FormattedValue)]
            wrong = not all(_constant(v.value) for v in parts)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            texts = (isinstance(n, ast.Constant | ast.JoinedStr) for n in (node.left, node.right))
            wrong = any(texts) and not _constant(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_text = isinstance(node.func.value, ast.Constant | ast.JoinedStr)
            wrong = of_text and node.func.attr in {"format", "join", "replace"}
            takes_sql = node.func.attr in {"SQL", "RunSQL", "RawSQL"} and node.args
            if takes_sql and not all(map(_constant, node.args)):
                lines.append(node.lineno)
        else:
            continue
        if wrong and _sql_in(node):
            lines.append(node.lineno)
    return lines


def test_nothing_is_pasted_into_sql():
    pasted = [
        f"{name(file)}:{line}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for line in _pasted(ast.parse(file.read_text("utf-8")))
    ]
    assert not pasted, (
        f"{pasted}: a value goes to the database as an argument, a name by psycopg.sql"
        " (liti.core.sql); what is pasted into a statement is read as SQL (docs/relations.md)"
    )


@pytest.mark.parametrize(
    "code",
    [
        """f"SELECT 1 FROM t WHERE code = '{code}'\"""",
        """"SELECT 1 FROM t WHERE code = '%s'" % code""",
        """"SELECT 1 FROM t WHERE code = " + code""",
        """"SELECT 1 FROM {}".format(table)""",
        """" UNION ".join(f"SELECT '{c}' FROM t" for c in codes)""",
        """sql.SQL(f"LIMIT {count}")""",
        """sql.SQL(given)""",
    ],
)
def test_pasted_sql_is_seen(code):
    assert _pasted(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        """cursor.execute("SELECT 1 FROM t WHERE code = %s", [code])""",
        """sql.SQL("SELECT {} FROM t").format(names(columns))""",
        """_ALL = "SELECT 1 FROM t" + _WHERE""",
        """f"SELECT 1 FROM ({_STANDING}) s\"""",
        """_("The limit is %(limit)s.") % {"limit": limit}""",
    ],
)
def test_composed_sql_is_let_pass(code):
    assert not _pasted(ast.parse(code))


def test_sql_names_no_other_rooms_table():
    owners = set(docs.ROOMS) - FREE
    rooms = [room for room in owners if (PACKAGE / room / "models.py").is_file()]
    table = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+(({'|'.join(rooms)})_\w+)")
    reached = [
        f"{name(file)}: {found}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for found, room in table.findall(node.value)
        if room != file.relative_to(PACKAGE).parts[0] and not found.endswith("_v")
    ]
    assert not reached, (
        f"{reached}: another room's table may change, its views stay (docs/relations.md)"
    )


def test_the_settings_have_the_rooms_from_the_ground_up():
    ground_up = [room for room in reversed(docs.ROOMS) if room in settings.LITI_ROOMS]
    assert ground_up == settings.LITI_ROOMS, (
        "the rooms' order is that of the layers in pyproject.toml; the settings load them from"
        " the ground up, so that each finds what it stands on"
    )
    apps = {p.parent.name for p in PACKAGE.glob("*/apps.py")}
    installed = {app.removeprefix("liti.") for app in settings.INSTALLED_APPS}
    assert apps <= installed, f"{apps - installed}: a room that is not installed has no tables"


def test_every_room_has_its_place_in_the_order():
    folders = {folder.name for folder in FOLDERS} - {"sim"}
    assert folders == set(docs.ROOMS), "a room without a place may import whatever it likes"


def test_only_the_day_and_a_new_bank_move_the_business_date():
    assert _naming({"set_business_date", "BusinessDay"}) == {
        "core/clock.py", "day/closing.py", "sample/services.py",
    }  # fmt: skip


def test_only_the_sample_bank_lives_past_moments():
    assert _naming({"living_at"}) == {"core/clock.py", "sample/acts.py"}


def _naming(movers: set[str]) -> set[str]:
    """The files that import or use one of the names."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = {
                *([a.name for a in node.names] if isinstance(node, ast.ImportFrom) else ()),
                *([node.attr] if isinstance(node, ast.Attribute) else ()),
                *([node.id] if isinstance(node, ast.Name) else ()),
            }
            if isinstance(node, ast.FunctionDef):
                named.add(node.name)
            if named & movers:
                found.add(path.relative_to(PACKAGE).as_posix())
    return found
