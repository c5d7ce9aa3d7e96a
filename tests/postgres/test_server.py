"""The launcher, on real servers in folders of their own."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from tests.servers import take_away

import liti
from liti import postgres
from liti.postgres import binaries, ownership, pidfile, tuning
from liti.postgres import place as place_of
from liti.postgres import server as launcher

AS_ROOT = os.geteuid() == 0
PACKAGE_ROOT = Path(liti.__file__).resolve().parent.parent
START = """
import sys, pathlib
from liti import postgres
print(postgres.ensure_running(pathlib.Path(sys.argv[1])).socket_dir)
"""


@pytest.fixture
def place():
    """A short folder (socket paths are short), its server taken away at the end."""
    with tempfile.TemporaryDirectory(prefix="liti-t-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
        for var in list(path.rglob("postgres.lock")):
            take_away(var.parent)


@pytest.fixture(autouse=True, scope="module")
def _as_a_shell_makes_folders():
    """The launcher runs before Django's settings, whose umask would shut the tests' folders."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="module")
def lasting():
    """One folder with data that several tests start and stop a server on."""
    with tempfile.TemporaryDirectory(prefix="liti-t-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
        take_away(path / "var")


def ask(server: launcher.Server, sql: str) -> object:
    with psycopg.connect(
        host=str(server.socket_dir), user="liti", dbname="liti", autocommit=True
    ) as connection:
        row = connection.execute(sql)
        return row.fetchone()[0] if row.description else None


def test_it_starts_once_with_checksums_and_durable_commits(place):
    server = postgres.ensure_running(place / "var")
    assert ask(server, "SHOW data_checksums") == "on"
    assert ask(server, "SHOW fsync") == "on"
    assert ask(server, "SHOW synchronous_commit") == "on"
    assert ask(server, "SHOW listen_addresses") == ""
    for name in ("pg_trgm", "btree_gist", "citext"):
        ask(server, f"CREATE EXTENSION {name}")
    pid = ask(server, "SELECT pg_postmaster_start_time()")
    assert ask(postgres.ensure_running(place / "var"), "SELECT pg_postmaster_start_time()") == pid
    assert postgres.stop(place / "var") is True
    assert postgres.stop(place / "var") is False
    assert postgres.status(place / "var")["running"] == "no"


def test_four_processes_start_one_server(place):
    def start(_n: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", START, str(place / "var")],
            env={**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(start, range(4)))) == 1


def test_it_comes_back_after_kill_9_with_what_was_committed(place, monkeypatch):
    server = postgres.ensure_running(place / "var")
    ask(server, "CREATE TABLE kept (n int)")
    ask(server, "INSERT INTO kept VALUES (7)")
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    # A child that does not notice keeps the next server out, whatever the pid file says.
    child = next(p for p in pidfile.left_behind(server.data) if p != pid)
    os.kill(child, signal.SIGSTOP)
    os.kill(pid, signal.SIGKILL)
    monkeypatch.setattr(launcher, "START_TIMEOUT_SECONDS", 1)
    with pytest.raises(postgres.PostgresError, match=rf"processes {child} still work on"):
        postgres.ensure_running(place / "var")
    assert (server.data / "postmaster.pid").exists()
    os.kill(child, signal.SIGCONT)

    monkeypatch.undo()
    again = postgres.ensure_running(place / "var")

    assert ask(again, "SELECT n FROM kept") == 7


@pytest.mark.skipif(not AS_ROOT, reason="only root has to drop to another user")
def test_as_root_a_private_home_stays_private(place):
    home = place / "home"
    home.mkdir(mode=0o700)
    checkout = home / "bank"
    checkout.mkdir(mode=0o755)
    before = {p: stat.S_IMODE(p.stat().st_mode) for p in (place, home, checkout)}

    server = postgres.ensure_running(checkout / "var")

    assert ask(server, "SELECT 1") == 1
    assert home not in server.home.parents
    assert {p: stat.S_IMODE(p.stat().st_mode) for p in before} == before
    assert str(server.home) in (checkout / "var" / "postgres.place").read_text()
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="needs root to become an ordinary user")
def test_an_ordinary_user_runs_it_as_himself(place):
    nobody = pwd.getpwnam("nobody")
    own = place / "own"
    own.mkdir(mode=0o700)
    os.chown(own, nobody.pw_uid, nobody.pw_gid)
    if not place_of.may_enter(Path(sys.executable).resolve(), nobody) or not place_of.may_enter(
        PACKAGE_ROOT / "liti", nobody
    ):
        pytest.skip("another user can't enter this checkout")
    script = f"""
import os, pathlib
from liti import postgres
var = pathlib.Path({str(own / "var")!r})
server = postgres.ensure_running(var)
assert server.uid is None
assert server.data.stat().st_uid == os.geteuid() == {nobody.pw_uid}
print(postgres.status(var)["running"], postgres.stop(var))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(PACKAGE_ROOT), "HOME": str(own)},
        cwd="/",
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.split() == ["yes", "True"], done.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://bank:s%40fe@db.example:5433/liti?sslmode=require",
            {
                "NAME": "liti",
                "USER": "bank",
                "PASSWORD": "s@fe",
                "HOST": "db.example",
                "PORT": "5433",
                "OPTIONS": {"sslmode": "require"},
            },
        ),
        (
            "postgres:///liti?host=/run/postgresql&user=me",
            {
                "NAME": "liti",
                "USER": "me",
                "PASSWORD": "",
                "HOST": "/run/postgresql",
                "PORT": "",
                "OPTIONS": {},
            },
        ),
    ],
)
def test_a_database_url_is_read(url, expected):
    assert launcher.parse_url(url) == expected


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://x/y", "PostgreSQL only"),
        ("postgresql://host", "names no database"),
        ("postgresql://u:secret@host:54x2/liti", "the port “54x2”"),
        ("postgresql://u:secret@host:70000/liti", "from 1 to 65535"),
        ("postgresql://u:secret@host:-1/liti", "the port “-1”"),
        ("postgresql://u:secret@host:٥٤٣٢/liti", "no number"),
        ("postgresql://u:se/cret@host:5432/liti", "no number"),
        ("postgresql:///liti?host=/run&port=x", "the port “x”"),
        ("postgresql://u:secret@[::1/liti", "can't be read"),
    ],
)
def test_a_wrong_database_url_is_explained(url, says):
    with pytest.raises(postgres.PostgresError, match=says) as refused:
        launcher.parse_url(url)
    assert "secret" not in str(refused.value)  # it may end up in a log


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("postgresql://[::1]:5433/liti", "5433"),
        ("postgresql://host/liti?port=6000", "6000"),
        ("postgresql://u:a%3Ab@host/liti", ""),
        ("postgresql://host:/liti", ""),
    ],
)
def test_a_port_is_read_wherever_it_stands(url, port):
    assert launcher.parse_url(url)["PORT"] == port


@pytest.mark.parametrize("memory_mib", [512, 4096, 24_000, 262_144])
def test_settings_fit_the_memory(memory_mib):
    values = tuning.settings(memory_mib)
    assert 64 <= int(values["shared_buffers"].removesuffix("MB")) <= 2048
    assert values["fsync"] == values["synchronous_commit"] == "on"


ODD_NAMES = [
    "我的 银行",
    "立体开放直销银行的示范数据放在这个名字很长的中文文件夹里面看看能不能起来",
    "o'hara",
    "a,b",
    'he said "hi"',
    "cost $HOME `x`",
    "back\\slash",
    "é" * 60,
    "100% sure",
    "a&b;c|d>e*?[x]",
    "-D",
    "#~ {brackets}",
    " leading and trailing ",
    "\udcff not UTF-8",
]


@pytest.mark.parametrize("length", [88, 89, 90])
def test_a_socket_moves_out_of_a_folder_that_is_a_byte_too_long(length):
    home = Path("/" + "x" * (length - 1))
    inside = launcher.Server(home, home, None, None, home).socket_dir == home / "run"
    assert inside is (length + len("/run/.s.PGSQL.5432") <= 107)


def starts_in(var: Path) -> None:
    server = postgres.ensure_running(var)
    assert ask(server, "SELECT 1") == 1
    assert postgres.stop(var) is True


@pytest.mark.parametrize("name", ["我的 o'hara, 银行", 'he said "hi" $HOME'])
def test_a_folder_may_have_any_name(place, name):
    starts_in(place / name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD_NAMES)
def test_each_odd_name_by_itself(place, name):
    starts_in(place / name)


def test_a_pid_file_that_is_nobodys_keeps_nobody_out(lasting):
    server = postgres.ensure_running(lasting / "var")
    postgres.stop(lasting / "var")
    file = server.data / "postmaster.pid"
    # empty after a full disk; garbage; numbers that are no process; the first process; this one
    for content in ("", "garbage", "-1", "0", "9" * 30, "１２", f"{os.getpid()}\n{server.data}\n"):
        file.write_text(content)
        pidfile.forget_dead(server.data)
        assert not file.exists()
    file.write_text("1\n/elsewhere\n")
    assert ask(postgres.ensure_running(lasting / "var"), "SELECT 1") == 1


def test_a_spoilt_pid_file_never_lets_a_second_server_on_the_data(lasting):
    server = postgres.ensure_running(lasting / "var")
    pid = pidfile.living(server.data)
    for content in ("", "garbage", f"{os.getpid()}\n"):
        (server.data / "postmaster.pid").write_text(content)
        assert pidfile.living(server.data) == pid
        pidfile.forget_dead(server.data)
        assert (server.data / "postmaster.pid").read_text() == content  # not ours to take away
    assert postgres.stop(lasting / "var") is True
    assert pidfile.living(server.data) is None


def test_data_that_do_not_fit_are_refused_with_what_to_do(lasting):
    server = postgres.ensure_running(lasting / "var")
    postgres.stop(lasting / "var")
    version = server.data / "PG_VERSION"
    right = version.read_text()
    version.write_text("9\n")
    with pytest.raises(postgres.PostgresError, match=r"data of PostgreSQL 9, .* install programs"):
        postgres.ensure_running(lasting / "var")
    version.unlink()
    with pytest.raises(postgres.PostgresError, match=r"PG_VERSION is\s+missing.* from a backup"):
        postgres.ensure_running(lasting / "var")
    assert (server.data / "base").is_dir()  # nothing was made anew over them
    version.write_text(right)
    if AS_ROOT:
        os.chown(server.data, 12345, 12345)
        with pytest.raises(postgres.PostgresError, match=r"belongs to the user 12345.*chown"):
            postgres.ensure_running(lasting / "var")
        os.chown(server.data, server.uid, server.gid)


def test_a_making_that_was_killed_is_begun_anew(place):
    left = place / "var" / "postgres" / "data.new"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")
    starts_in(place / "var")
    assert not left.exists()


def test_a_server_of_other_data_is_not_talked_to(lasting, monkeypatch):
    server = postgres.ensure_running(lasting / "var")
    other = launcher.Server(
        lasting / "other", server.programs, server.uid, server.gid, server.original
    )
    monkeypatch.setattr(launcher.Server, "socket_dir", server.socket_dir)
    with pytest.raises(postgres.PostgresError, match="Another PostgreSQL than that of"):
        launcher._answers(other)


@pytest.mark.parametrize("kind", ["file", "no room"])
def test_a_place_that_can_not_be_is_refused_by_name(place, kind):
    var = place / "var"
    var.write_text("a file")
    with pytest.raises(postgres.PostgresError, match=r"can't be made or written.*LITI_VAR"):
        postgres.ensure_running(var if kind == "file" else var / "deeper")


def test_a_folder_that_somebody_else_made_is_not_used(place):
    me = os.geteuid()
    mine, link, open_to_all = place / "mine", place / "link", place / "open"
    mine.mkdir(mode=0o700)
    link.symlink_to(mine)
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    ownership.trust(mine, me)
    ownership.trust(place / "none yet", me)
    for folder, says in ((link, "is no folder"), (open_to_all, "may be written by others")):
        with pytest.raises(postgres.PostgresError, match=says):
            ownership.trust(folder, me)
        with pytest.raises(postgres.PostgresError, match=says):
            ownership.own(folder, 0o700, None, None)
    with pytest.raises(postgres.PostgresError, match=r"belongs to the user .*find out who"):
        ownership.trust(mine, me + 1)


@pytest.mark.skipif(not AS_ROOT, reason="only root has to drop to another user")
def test_as_root_a_foreign_folder_at_a_known_place_is_refused(place, monkeypatch):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(place_of, "_common", lambda: place)
    monkeypatch.setattr(place_of, "may_enter", lambda path, account: "closed" not in str(path)
                        and "/var/lib" not in str(path))  # fmt: skip
    planted = place / f"liti-{place_of._digest((closed / 'var').resolve())}"
    planted.mkdir()
    os.chown(planted, 12345, 12345)
    with pytest.raises(postgres.PostgresError, match=r"liti-\w+ belongs to the user 12345"):
        postgres.ensure_running(closed / "var")
    assert list(planted.iterdir()) == []


def programs_in(folder: Path, version: str) -> Path:
    """A small package with something like the programs in it."""
    programs = folder / "embedded" / "pginstall" / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    for name in ("postgres", "initdb"):
        (programs / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (programs / name).chmod(0o700)
    return programs


def test_programs_are_copied_whole_and_anew_for_a_new_version(place):
    home = place / "home"
    first = programs_in(place / "site", "18.1")
    copy = binaries.copy_of(first, home)
    half = place / "home-programs-0.new"  # of a process that was killed
    half.mkdir()
    binaries.make_copy(first, copy)
    assert binaries.major(copy) == 18
    assert stat.S_IMODE((copy / "postgres").stat().st_mode) == 0o755
    assert not half.exists()
    assert binaries.copy_of(first, home) == copy

    newer = binaries.copy_of(programs_in(place / "site", "19.10"), home)
    assert newer != copy
    binaries.make_copy(first, newer)
    assert binaries.major(newer) == 19
    assert not copy.exists()


def test_programs_that_somebody_planted_are_not_run(place):
    first = programs_in(place / "site", "18.1")
    copy = binaries.copy_of(first, place / "home")
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    copy.parents[2].symlink_to(elsewhere)
    with pytest.raises(postgres.PostgresError, match="is no folder, so Liti does not use it"):
        binaries.make_copy(first, copy)
