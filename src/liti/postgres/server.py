"""Our own small launcher around the programs of a PostgreSQL wheel.

As root it drops to an unprivileged user by itself and changes no mode of any folder above
its own: where that user can't enter the data's place, another place is chosen.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg import sql

from liti.postgres import binaries, tuning

USER = DATABASE = "liti"
START_TIMEOUT_SECONDS = 60
START_ATTEMPTS_MAX = 8
SOCKET_PATH_BYTES_MAX = 90  # a unix socket's whole path may have 107 bytes
# pg_ctl starts the server through a shell, which would read these in the folder's name.
_NOT_FOR_A_SHELL = re.compile(r'["$`\\\x00-\x1f]')


class PostgresError(RuntimeError):
    """The server can't be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where one embedded server lives. `uid` is None when it runs as ourselves."""

    home: Path
    programs: Path
    uid: int | None
    gid: int | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket_dir(self) -> Path:
        # The client library reads a comma as the end of one host and the begin of the next.
        if len(os.fsencode(self.home)) <= SOCKET_PATH_BYTES_MAX and "," not in str(self.home):
            return self.home / "run"
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"liti-{digest}"

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


def django_database(var_dir: Path) -> dict[str, Any]:
    """Django's DATABASES entry: DATABASE_URL where it is set, else the embedded server.

    With LITI_NO_DATABASE=1 nothing is started (tools that only read the code).
    """
    common: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
    if url := os.environ.get("DATABASE_URL"):
        return {**common, **parse_url(url)}
    if os.environ.get("LITI_NO_DATABASE") == "1":
        return {**common, "NAME": DATABASE}
    server = ensure_running(var_dir)
    return {**common, "NAME": DATABASE, "USER": USER, "HOST": str(server.socket_dir)}


def parse_url(url: str) -> dict[str, Any]:
    """A postgresql:// URL as Django wants it; a socket folder may stand as host=…"""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise PostgresError(
            f"DATABASE_URL begins with “{parts.scheme}://”; Liti runs on PostgreSQL only:"
            " use postgresql://user:password@host:port/database."
        )
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise PostgresError("DATABASE_URL names no database: end it with /name.")
    return {
        "NAME": name,
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def ensure_running(var_dir: Path) -> Server:
    """Start the embedded server if it does not run; make it first where there is none.

    Safe to call from several processes at once. Raises PostgresError.
    """
    server = _locate(var_dir)
    if _answers(server):
        return server
    with _lock(var_dir):
        if not _answers(server):
            if not (server.data / "PG_VERSION").is_file():
                _create(server)
            _start(server)
            _create_database(server)
    return server


def stop(var_dir: Path) -> bool:
    """Stop the server; False when it did not run."""
    server = _locate(var_dir)
    with _lock(var_dir):
        if not (server.data / "postmaster.pid").is_file():
            return False
        done = server.run("pg_ctl", "-D", server.data, "-m", "fast", "-w", "stop", check=False)
        return done.returncode == 0


def status(var_dir: Path) -> dict[str, str]:
    """What is known of the server, for people."""
    server = _locate(var_dir)
    return {
        "running": "yes" if _answers(server) else "no",
        "data": str(server.data),
        "socket": str(server.socket_dir),
        "programs": str(server.programs),
        "log": str(server.log),
    }


def _locate(var_dir: Path) -> Server:
    var_dir.mkdir(parents=True, exist_ok=True)
    programs = binaries.find()
    account = _unprivileged() if os.geteuid() == 0 else None
    home = var_dir / "postgres"
    if _NOT_FOR_A_SHELL.search(str(home)) or (account and not _may_enter(home, account)):
        digest = hashlib.sha256(os.fsencode(var_dir.resolve())).hexdigest()[:12]
        home = Path("/var/lib") / f"liti-{digest}"
        if account is None or not _may_enter(home, account):
            home = Path(tempfile.gettempdir()) / f"liti-{digest}"
        (var_dir / "postgres.place").write_text(f"{home}\n", encoding="utf-8")
    if account is None:
        return Server(home, programs, None, None)
    if not _may_enter(programs / "postgres", account):
        programs = _copied(programs, home)
    return Server(home, programs, account.pw_uid, account.pw_gid)


def _unprivileged() -> pwd.struct_passwd:
    """Who the server runs as when we are root: a user that owns nothing else."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("There is neither a user postgres nor nobody to run the server as.")


def _may_enter(path: Path, account: pwd.struct_passwd) -> bool:
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


def _copied(programs: Path, home: Path) -> Path:
    """A copy of the programs where the unprivileged user can reach them (41 MB, once)."""
    package = programs.parent.parent
    target = home.parent / f"{home.name}-programs"
    done = target / ".complete"
    if not done.is_file():
        for source in binaries.payload_root(programs):
            shutil.copytree(source, target / source.name, symlinks=True, dirs_exist_ok=True)
        for folder, _names, files in os.walk(target):
            os.chmod(folder, 0o755)
            for file in files:
                path = Path(folder) / file
                path.chmod(path.stat().st_mode | 0o444 | (path.stat().st_mode & 0o100 and 0o111))
        done.touch()
    return target / package.name / programs.relative_to(package)


@contextmanager
def _lock(var_dir: Path) -> Iterator[None]:
    with open(var_dir / "postgres.lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _create(server: Server) -> None:
    _own(server, server.home, 0o711 if server.uid is not None else 0o700)
    _own(server, server.data, 0o700)
    major = int(server.run("postgres", "--version").stdout.split()[-1].split(".")[0])
    locale = ["--locale=C.UTF-8"]
    if major >= 17:  # independent of what locales the machine has
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    server.run(
        "initdb",
        "-D",
        server.data,
        "-U",
        USER,
        "--encoding=UTF8",
        "--data-checksums",
        "--auth=trust",
        *locale,
    )


def _own(server: Server, folder: Path, mode: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if server.uid is not None and server.gid is not None:
        os.chown(folder, server.uid, server.gid)
    folder.chmod(mode)


def _start(server: Server) -> None:
    # Only root and the server's user may pass the folder of the socket: that is the only door.
    _own(server, server.socket_dir, 0o700)
    _forget_dead(server)
    values = {
        **tuning.settings(tuning.machine_memory_mib()),
        "unix_socket_directories": _quoted(f'"{server.socket_dir}"'),
    }
    if any(server.programs.parent.rglob("pg_stat_statements.so")):
        values["shared_preload_libraries"] = "'pg_stat_statements'"
    text = "".join(f"{name} = {value}\n" for name, value in values.items())
    conf = server.data / "postgresql.auto.conf.d"
    _own(server, conf, 0o700)
    file = conf / "liti.conf"
    file.write_text("# Written at every start from liti/postgres/tuning.py\n" + text, "utf-8")
    if server.uid is not None and server.gid is not None:
        os.chown(file, server.uid, server.gid)
    main = server.data / "postgresql.conf"
    line = "include_dir = 'postgresql.auto.conf.d'\n"
    if line not in main.read_text("utf-8"):
        with open(main, "a", encoding="utf-8") as out:
            out.write(line)
    start: list[str | Path] = [
        "-D",
        server.data,
        "-l",
        server.log,
        "-t",
        str(START_TIMEOUT_SECONDS),
        "-w",
        "start",
    ]
    for attempt in range(START_ATTEMPTS_MAX):
        done = server.run("pg_ctl", *start, check=False)
        if done.returncode == 0:
            return
        # After kill -9 of the postmaster its children need a moment to notice and to leave.
        time.sleep(0.3 * (attempt + 1))
    said = server.log.read_text("utf-8", errors="replace")[-1500:]
    raise PostgresError(f"PostgreSQL does not start; its log ends with:\n{said}")


def _quoted(value: str) -> str:
    """A value of the configuration file. Folders stand in double quotes within it, as a
    comma would part two of them."""
    return "'" + value.replace("'", "''") + "'"


def _forget_dead(server: Server) -> None:
    """After kill -9 the pid file stays, of a full disk an empty one; remove it when no such
    server lives any more."""
    file = server.data / "postmaster.pid"
    try:
        pid = int(file.read_bytes().split(b"\n", 1)[0])
    except FileNotFoundError:
        return
    except ValueError:
        file.unlink(missing_ok=True)
        return
    if not _is_postgres_of(pid, server.data):
        file.unlink(missing_ok=True)


def _is_postgres_of(pid: int, data: Path) -> bool:
    try:
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except ProcessLookupError:
        return False
    except (PermissionError, FileNotFoundError):
        return True
    return os.fsencode(data) in command


def _create_database(server: Server) -> None:
    with _connect(server, "postgres") as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not found.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _connect(server: Server, database: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(
        host=str(server.socket_dir),
        user=USER,
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def _answers(server: Server) -> bool:
    if not server.socket_dir.is_dir() or not any(server.socket_dir.glob(".s.PGSQL.*")):
        return False
    for _attempt in range(3):
        try:
            with _connect(server, DATABASE):
                return True
        except psycopg.OperationalError as error:
            if "starting up" not in str(error):
                return False
            time.sleep(0.2)
    return False
