"""Our own small launcher around the programs of a PostgreSQL wheel: make, start, stop, look."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from liti.postgres import binaries, tuning
from liti.postgres.address import parse_url
from liti.postgres.errors import PostgresError
from liti.postgres.ownership import closed, own, trust, user
from liti.postgres.pidfile import forget_dead, left_behind, living
from liti.postgres.place import PORT, START_TIMEOUT_SECONDS, Server, locate

USER = DATABASE = "liti"
START_ATTEMPTS_MAX = 8
LOCK_SECONDS_MAX = 180
STOP_SECONDS_MAX = 60


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
    socket = str(server.socket_dir)
    return {**common, "NAME": DATABASE, "USER": USER, "HOST": socket, "PORT": PORT}


def ensure_running(var_dir: Path) -> Server:
    """Start the embedded server if it does not run; make it first where there is none.

    One that runs already is taken over as it is. Safe to call from several processes at once.
    Raises PostgresError.
    """
    server = locate(var_dir)
    if _answers(server):
        return server
    with _lock(var_dir):
        if not _answers(server):
            if server.programs != server.original:
                binaries.make_copy(server.original, server.programs)
            if _is_made(server):
                _require_fit(server)
            else:
                _create(server)
            _start(server)
            _create_database(server)
    return server


def stop(var_dir: Path) -> bool:
    """Stop the server; False when it did not run. Raises PostgresError when it does not end."""
    server = locate(var_dir)
    with _lock(var_dir):
        pid = living(server.data)
        if pid is None:
            return False
        os.kill(pid, signal.SIGINT)  # “fast”: sessions are ended, nothing is lost
        end = time.monotonic() + STOP_SECONDS_MAX
        while living(server.data):
            if time.monotonic() > end:
                raise PostgresError(
                    f"PostgreSQL ({pid}) does not end within {STOP_SECONDS_MAX} s: see {server.log}"
                )
            time.sleep(0.05)
        return True


def runs(var_dir: Path) -> bool:
    """Whether the embedded server answers; starts nothing. Raises PostgresError."""
    return _answers(locate(var_dir))


def server_pid(var_dir: Path) -> int | None:
    """The process of the embedded server, or None where none runs or another is named."""
    if os.environ.get("DATABASE_URL") or os.environ.get("LITI_NO_DATABASE") == "1":
        return None
    return living(locate(var_dir).data)


def status(var_dir: Path) -> dict[str, str]:
    """What is known of the server, for people."""
    server = locate(var_dir)
    return {
        "running": "yes" if _answers(server) else "no",
        "data": str(server.data),
        "socket": str(server.socket_dir),
        "programs": str(server.programs),
        "log": str(server.log),
    }


@contextmanager
def _lock(var_dir: Path) -> Iterator[None]:
    """One process at a time starts or stops; who waits longer than any start takes is told so."""
    place = var_dir / "postgres.lock"
    end = time.monotonic() + LOCK_SECONDS_MAX
    try:
        file = open(place, "a+", encoding="ascii", errors="replace")  # noqa: SIM115  with, below
    except OSError as error:
        raise closed(place, error) from error
    with file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    file.seek(0)
                    raise PostgresError(
                        f"Process {file.read(20).strip() or 'unknown'} has been starting or"
                        f" stopping the database for {LOCK_SECONDS_MAX} s: end it, then try again."
                    ) from None
                time.sleep(0.05)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _is_made(server: Server) -> bool:
    """Whether there are data. Raises PostgresError for what is in their place, or not whole."""
    try:
        content = {p.name for p in server.data.iterdir()}
    except FileNotFoundError:
        return False
    except PermissionError:
        return True  # of another user: who it is, is said by what fits
    except OSError as error:
        raise closed(server.data, error) from error
    lacking = {"PG_VERSION", "global", "base"} - content
    if not content or not lacking:
        return bool(content)
    raise PostgresError(
        f"{server.data} is not empty, but these are no whole PostgreSQL data ({min(lacking)} is"
        " missing): bring them back from a backup, or move the folder away to begin anew."
    )


def _require_fit(server: Server) -> None:
    """Refuse data of another user or of another major version. Raises PostgresError."""
    owner = server.data.stat().st_uid
    runs_as = os.geteuid() if server.uid is None else server.uid
    if owner != runs_as:
        raise PostgresError(
            f"{server.data} belongs to {user(owner)}, but the server would run as {user(runs_as)}:"
            " run the command as who made the bank, give the folder to the other with chown -R,"
            " or name another one with LITI_VAR_DIR."
        )
    has = (server.data / "PG_VERSION").read_bytes()[:20].strip().decode("ascii", "replace")
    wants = str(binaries.major(server.programs))
    if has != wants:
        raise PostgresError(
            f"{server.data} holds data of PostgreSQL {has or '(unknown)'}, and the programs in"
            f" {server.programs} are of version {wants}: install programs of version"
            f" {has or 'the data'}, or dump and restore as docs/postgresql.md says, or name another"
            " folder with LITI_VAR_DIR."
        )


def _create(server: Server) -> None:
    """Make the data beside their place and move them there whole: a killed making leaves none."""
    own(server.home, 0o711 if server.uid is not None else 0o700, server.uid, server.gid)
    new = server.home / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    own(new, 0o700, server.uid, server.gid)
    locale = ["--locale=C.UTF-8"]
    if binaries.major(server.programs) >= 17:  # independent of what locales the machine has
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    server.run(
        "initdb",
        "-D",
        new,
        "-U",
        USER,
        "--encoding=UTF8",
        "--data-checksums",
        "--auth=trust",
        *locale,
    )
    if server.data.is_dir():
        server.data.rmdir()  # empty, or we were not here
    new.rename(server.data)


def _start(server: Server) -> None:
    # Only root and the server's user may pass the folder of the socket: that is the only door.
    own(server.socket_dir, 0o700, server.uid, server.gid)
    if living(server.data):
        return _await(server)
    _await_the_dead(server.data)
    # Its socket's lock names a process that may still be a zombie, which looks alive.
    forget_dead(server.data, server.socket_dir / f".s.PGSQL.{PORT}.lock")
    _configure(server)
    wait: list[str | Path] = ["-l", server.log, "-t", str(START_TIMEOUT_SECONDS), "-w"]
    for attempt in range(START_ATTEMPTS_MAX):
        done = server.run("pg_ctl", "-D", server.data, *wait, "start", check=False)
        if done.returncode == 0:
            return None
        time.sleep(0.3 * (attempt + 1))
    raise PostgresError(f"PostgreSQL does not start; its log ends with:\n{_last_words(server)}")


def _await(server: Server) -> None:
    """It lives but does not answer: it is still recovering, or was started by somebody else."""
    end = time.monotonic() + START_TIMEOUT_SECONDS
    while not _answers(server):
        if time.monotonic() > end:
            raise PostgresError(
                f"PostgreSQL ({living(server.data) or 'gone by now'}) does not answer in"
                f" {server.socket_dir}: stop it with `liti db stop`. Its log ends with:\n"
                f"{_last_words(server)}"
            )
        time.sleep(0.2)


def _await_the_dead(data: Path) -> None:
    """After kill -9 of a server its children need a moment to notice and to leave."""
    end = time.monotonic() + START_TIMEOUT_SECONDS
    while left := left_behind(data):
        if time.monotonic() > end:
            raise PostgresError(
                f"Of a server that was killed, the processes {', '.join(map(str, left))} still work"
                f" on {data}: end them, then try again."
            )
        time.sleep(0.1)


def _last_words(server: Server) -> str:
    try:
        return server.log.read_text("utf-8", errors="replace")[-1500:]
    except OSError as error:
        return f"({server.log}: {error.strerror})"


def _configure(server: Server) -> None:
    values = {
        **tuning.settings(tuning.machine_memory_mib()),
        "port": PORT,
        "unix_socket_directories": _quoted(f'"{server.socket_dir}"'),
    }
    if any(server.programs.parent.rglob("pg_stat_statements.so")):
        values["shared_preload_libraries"] = "'pg_stat_statements'"
    text = "".join(f"{name} = {value}\n" for name, value in values.items())
    conf = server.data / "postgresql.auto.conf.d"
    own(conf, 0o700, server.uid, server.gid)
    file = conf / "liti.conf"
    file.write_text("# Written at every start from liti/postgres/tuning.py\n" + text, "utf-8")
    if server.uid is not None and server.gid is not None:
        os.chown(file, server.uid, server.gid)
    main = server.data / "postgresql.conf"
    line = "include_dir = 'postgresql.auto.conf.d'\n"
    if line not in main.read_text("utf-8"):
        with open(main, "a", encoding="utf-8") as out:
            out.write(line)


def _quoted(value: str) -> str:
    """A value of the configuration file. Folders stand in double quotes within it, as a
    comma would part two of them."""
    return "'" + value.replace("'", "''") + "'"


def _create_database(server: Server) -> None:
    with _connect(server, "postgres") as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not found.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _connect(server: Server, database: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(
        host=str(server.socket_dir),
        port=PORT,
        user=USER,
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def _answers(server: Server) -> bool:
    """Whether the server of these data answers. Raises PostgresError when it is another one."""
    folder = server.socket_dir
    try:
        if not (folder / f".s.PGSQL.{PORT}").exists():
            return False
    except OSError as error:  # the folder is closed to us
        raise closed(folder, error) from error
    trust(folder, os.geteuid(), os.geteuid() if server.uid is None else server.uid)
    for _attempt in range(3):
        try:
            with _connect(server, DATABASE) as connection:
                _require_same(server, connection)
                return True
        except psycopg.OperationalError as error:
            if "starting up" not in str(error):
                return False
            time.sleep(0.2)
    return False


def _require_same(server: Server, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Who answers has our data: each cluster has a number of its own, from when it was made."""
    row = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    try:
        number = (server.data / "global" / "pg_control").read_bytes()[:8]
    except OSError:
        number = b""
    if row is None or int.from_bytes(number, sys.byteorder, signed=True) != row[0]:
        raise PostgresError(
            f"Another PostgreSQL than that of {server.data} answers in {server.socket_dir}: stop"
            " it, or name another folder with LITI_VAR_DIR."
        )
