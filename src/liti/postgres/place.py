"""Where one embedded server lives, and as whom it runs.

As root it drops to an unprivileged user by itself and changes no mode of any folder above
its own: where that user can't enter the data's place, another place is chosen.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liti.postgres import binaries
from liti.postgres.errors import PostgresError
from liti.postgres.ownership import closed, trust

PORT = "5432"  # only a part of the socket's name; PGPORT of somebody's shell must not change it
START_TIMEOUT_SECONDS = 60
SOCKET_PATH_BYTES_MAX = 107
# pg_ctl starts the server through a shell, which would read these in the folder's name; what is
# no UTF-8 can't be written into its configuration.
_NOT_FOR_A_SHELL = re.compile(r'["$`\\\x00-\x1f\x7f\ud800-\udfff]')


@dataclass(frozen=True, slots=True)
class Server:
    """Where one embedded server lives. `uid` is None when it runs as ourselves.

    `original` is where its programs come from; `programs` is a copy of them where the server's
    user can't reach those.
    """

    home: Path
    programs: Path
    uid: int | None
    gid: int | None
    original: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket_dir(self) -> Path:
        inside = self.home / "run"
        # The client library reads a comma as the end of one host and the begin of the next.
        length = len(os.fsencode(inside / f".s.PGSQL.{PORT}"))
        if length <= SOCKET_PATH_BYTES_MAX and "," not in str(self.home):
            return inside
        return _common() / f"liti-{_digest(self.home)}"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    def run(self, *command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of the programs as the server's user."""
        done = subprocess.run(
            [str(self.programs / command[0]), *map(str, command[1:])],
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT_SECONDS * 2,
            **self.drop(),
        )
        if check and done.returncode:
            said = (done.stderr or done.stdout).strip()[-1500:]
            raise PostgresError(f"{command[0]} failed: {said}")
        return done

    def drop(self) -> dict[str, Any]:
        """Arguments of subprocess that make the child the server's user."""
        plain: dict[str, Any] = {"cwd": "/", "stdin": subprocess.DEVNULL}
        if self.uid is None:
            return plain
        return {**plain, "user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}


def var_dir() -> Path:
    """Where an installation keeps what it makes: LITI_VAR_DIR, or var/ of the checkout."""
    if given := os.environ.get("LITI_VAR_DIR"):
        return Path(given).resolve()
    checkout = Path(__file__).resolve().parents[3]
    base = checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()
    return base / "var"


def locate(var_dir: Path) -> Server:
    """Where the server of an installation is. Raises PostgresError."""
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise closed(var_dir, error) from error
    try:
        programs = binaries.find()
    except FileNotFoundError as error:
        raise PostgresError(str(error)) from error
    home = var_dir / "postgres"
    account = _unprivileged() if os.geteuid() == 0 else None
    if _NOT_FOR_A_SHELL.search(str(home)) or (account and not may_enter(home, account)):
        name = f"liti-{_digest(var_dir.resolve())}"
        home = Path("/var/lib") / name
        if account is None or not may_enter(home, account):
            home = _common() / name
        trust(home, os.geteuid(), account.pw_uid if account else os.geteuid())
        _say_place(var_dir, home)
    if account is None:
        return Server(home, programs, None, None, programs)
    used = programs
    if not may_enter(programs / "postgres", account):
        used = binaries.copy_of(programs, home)
    return Server(home, used, account.pw_uid, account.pw_gid, programs)


def _say_place(var_dir: Path, home: Path) -> None:
    text, place = f"{home}\n", var_dir / "postgres.place"
    try:
        if not place.is_file() or place.read_text("utf-8", errors="replace") != text:
            place.write_text(text, encoding="utf-8")
    except OSError as error:
        raise closed(place, error) from error


def _common() -> Path:
    """A folder that everybody finds; not TMPDIR, which differs from shell to shell."""
    common = Path("/tmp")
    return common if common.is_dir() else Path(tempfile.gettempdir())


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _unprivileged() -> pwd.struct_passwd:
    """Who the server runs as when we are root: a user that owns nothing else."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("There is neither a user postgres nor nobody to run the server as.")


def may_enter(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether the user can pass every existing folder above the path."""
    for folder in path.absolute().parents:
        try:
            mode = folder.stat()
        except FileNotFoundError:
            continue
        bit = stat.S_IXOTH
        if mode.st_uid == account.pw_uid:
            bit = stat.S_IXUSR
        elif mode.st_gid == account.pw_gid:
            bit = stat.S_IXGRP
        if not mode.st_mode & bit:
            return False
    return True
