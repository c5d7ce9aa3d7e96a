"""`liti serve`: ports that are somebody else's are refused, and nothing is said to a stranger."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from click import ClickException
from click.testing import CliRunner
from tests.payments.test_payments import instruction

from liti.cli import serve as command
from liti.core import keys
from liti.core.alone import alone
from liti.core.errors import Conflict
from liti.core.handshake import who_is_at
from liti.payments.clearing import NO_ANSWER, HttpClearingHouse


@contextmanager
def stranger(answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"):
    """A server that answers the same to everything and keeps what it heard."""
    heard: list[bytes] = []
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(5)

        def work():
            while True:
                try:
                    connection, _address = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(2)
                    heard.append(connection.recv(65_536))
                    connection.sendall(answer)

        threading.Thread(target=work, daemon=True).start()
        yield listening.getsockname()[1], heard
        listening.shutdown(socket.SHUT_RDWR)


@contextmanager
def clearing_house(token_file):
    program = subprocess.Popen(
        [sys.executable, "-m", "liti.sim.clearing", "--port", "0", "--token-file", token_file],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield int(program.stdout.readline().rpartition(":")[2])
    finally:
        program.terminate()
        program.wait(10)
        program.stdout.close()


def test_a_port_that_somebody_has_is_refused_with_what_to_do():
    with stranger() as (port, heard):
        done = CliRunner().invoke(command.serve, ["--port", str(port)])
        assert done.exit_code == 1
        assert done.output == (
            f"Error: Port {port} of 127.0.0.1 is in use. Stop what runs there, or choose another"
            " with --port.\n"
        )
        assert heard == []


def test_a_port_that_is_only_bound_or_shared_is_refused_too():
    with socket.socket() as shared:
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        shared.bind(("127.0.0.1", 0))
        shared.listen()
        with pytest.raises(ClickException, match="is in use"):
            command.require_free("--port", shared.getsockname()[1], "127.0.0.1")
    with pytest.raises(ClickException, match="can't be had"):
        command.require_free("--port", 8000, "203.0.113.1")
    assert CliRunner().invoke(command.serve, ["--port", "70000"]).exit_code == 2


def test_a_stranger_at_the_clearing_house_s_port_is_refused(tmp_path):
    refused = pytest.raises(ClickException, match=r"in use by another program.*--clearing-port")
    with stranger() as (port, heard), refused:
        command._clearing_house(port, 1, tmp_path)
    assert len(heard) == 1
    assert heard[0].startswith(b"GET /identity HTTP/1.1\r\n")


def test_the_bank_s_own_clearing_house_is_used_and_another_bank_s_is_not(tmp_path):
    mine, other = tmp_path / "mine", tmp_path / "other"
    token = keys.secret(mine, keys.CLEARING_TOKEN)
    keys.secret(other, keys.CLEARING_TOKEN)
    with clearing_house(str(mine / keys.CLEARING_TOKEN)) as port:
        assert who_is_at(port, token) == "ours"
        program = command._clearing_house(port, 1, mine)
        assert program.needed() is False
        with pytest.raises(ClickException, match="in use by another program"):
            command._clearing_house(port, 1, other)
    assert who_is_at(port, token) == ""
    assert program.needed() is True


def test_nothing_is_said_to_who_took_the_port_meanwhile(settings):
    settings.LITI_CLEARING_TOKEN = "known to two"
    for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"", b"SSH-2.0-OpenSSH\r\n"):
        with stranger(answer) as (port, heard):
            settings.LITI_CLEARING_URL = f"http://127.0.0.1:{port}"
            assert HttpClearingHouse(timeout_seconds=0.5).submit(instruction()) == NO_ANSWER
        assert [h.split(b" HTTP")[0] for h in heard] == [b"GET /identity"]


def test_the_bank_s_own_clearing_house_takes_what_is_sent(settings, tmp_path):
    settings.LITI_CLEARING_TOKEN = keys.secret(tmp_path, keys.CLEARING_TOKEN)
    with clearing_house(str(tmp_path / keys.CLEARING_TOKEN)) as port:
        settings.LITI_CLEARING_URL = f"http://127.0.0.1:{port}"
        house = HttpClearingHouse(timeout_seconds=5)
        assert house.submit(instruction()).status == "ACSC"
        assert house.submit(instruction()).status == "ACSC"


def test_a_secret_is_made_once_whole_and_for_nobody_else(tmp_path):
    first = keys.secret(tmp_path, "some")
    assert keys.secret(tmp_path, "some") == first
    assert len(first) > 60
    assert [p.name for p in tmp_path.iterdir()] == ["some"]
    assert os.stat(tmp_path / "some").st_mode & 0o777 == 0o600


def test_other_commands_ask_the_clearing_house_that_is_served(tmp_path, monkeypatch):
    monkeypatch.delenv("LITI_CLEARING_URL", raising=False)
    assert keys.clearing_url(tmp_path) == "http://127.0.0.1:8071"
    (tmp_path / "clearing-url").write_text("http://127.0.0.1:9000")
    assert keys.clearing_url(tmp_path) == "http://127.0.0.1:9000"
    monkeypatch.setenv("LITI_CLEARING_URL", "https://clearing.example")
    assert keys.clearing_url(tmp_path) == "https://clearing.example"


def test_the_second_of_a_kind_says_who_works_since_when_and_waits(tmp_path):
    said: list[str] = []
    with alone("demo", tmp_path, said.append):
        refused = pytest.raises(Conflict, match=rf"process {os.getpid()} since 20\d\d-")
        with refused as error, alone("demo", tmp_path, said.append, wait_seconds=0.3):
            raise AssertionError("two at once")
        assert error.value.code == "site.busy"
        assert len(said) == 1
        assert said[0].endswith("; waiting for its end …")
    with alone("demo", tmp_path, said.append, wait_seconds=0):
        assert len(said) == 1


def test_a_lock_ends_with_its_holder_however_that_ends(tmp_path):
    code = (
        "import os, sys, signal, pathlib\nfrom liti.core.alone import alone\n"
        "with alone('demo', pathlib.Path(sys.argv[1]), print):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], timeout=60, env={**os.environ}, check=False
    )
    assert done.returncode == -9
    with alone("demo", tmp_path, print, wait_seconds=0):
        assert f"process {os.getpid()}" in (tmp_path / "demo.lock").read_text()
