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

import liti
from liti import postgres
from liti.postgres import server as launcher
from liti.postgres import tuning

AS_ROOT = os.geteuid() == 0
PACKAGE_ROOT = Path(liti.__file__).resolve().parent.parent
START = """
import sys, pathlib
from liti import postgres
print(postgres.ensure_running(pathlib.Path(sys.argv[1])).socket_dir)
"""


@pytest.fixture
def place():
    """A short folder (socket paths are short), its server stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="liti-t-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
        for var in path.rglob("postgres.lock"):
            postgres.stop(var.parent)


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


def test_it_comes_back_after_kill_9_with_what_was_committed(place):
    server = postgres.ensure_running(place / "var")
    ask(server, "CREATE TABLE kept (n int)")
    ask(server, "INSERT INTO kept VALUES (7)")
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)

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
    postgres.stop(checkout / "var")
    subprocess.run(["rm", "-rf", str(server.home)], check=True)


@pytest.mark.skipif(not AS_ROOT, reason="needs root to become an ordinary user")
def test_an_ordinary_user_runs_it_as_himself(place):
    nobody = pwd.getpwnam("nobody")
    own = place / "own"
    own.mkdir(mode=0o700)
    os.chown(own, nobody.pw_uid, nobody.pw_gid)
    if not launcher._may_enter(Path(sys.executable).resolve(), nobody) or not launcher._may_enter(
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
    [("mysql://x/y", "PostgreSQL only"), ("postgresql://host", "names no database")],
)
def test_a_wrong_database_url_is_explained(url, says):
    with pytest.raises(postgres.PostgresError, match=says):
        launcher.parse_url(url)


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
]


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


def test_a_pid_file_that_is_nobodys_keeps_nobody_out(place):
    server = postgres.ensure_running(place / "var")
    for content in ("", "garbage", "1\n/elsewhere\n"):
        postgres.stop(place / "var")
        (server.data / "postmaster.pid").write_text(content)
        assert ask(postgres.ensure_running(place / "var"), "SELECT 1") == 1
