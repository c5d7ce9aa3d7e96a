"""`liti serve`: web server, worker and simulated clearing house, kept running together."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
from django.conf import settings

from liti import postgres
from liti.cli.entering import PORT
from liti.cli.programs import Keeper, Program, Watched
from liti.cli.progress import console
from liti.core import keys
from liti.core.handshake import who_is_at
from liti.postgres.pidfile import living

THREADS = "4"  # two cores: more only wait for each other
LOOPBACK = {"127.0.0.1", "localhost"}

clearing_port_option = click.option(
    "--clearing-port",
    type=PORT,
    help="Port of the simulated clearing house; default: that of LITI_CLEARING_URL, or 8071.",
)


@click.command()
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@clearing_port_option
def serve(port: int, host: str, clearing_port: int | None) -> None:
    """Serve console, mobile pages, portal and API; with worker and simulated clearing house.

    What ends is started again, the embedded database too; what keeps ending ends all with
    exit code 1. Nothing is left running, even after kill -9 of this command; only the
    database goes on, for the next command.
    """
    serve_house(port, host, clearing_port)


def serve_house(port: int, host: str = "127.0.0.1", clearing_port: int | None = None) -> None:
    """Run until stopped. Raises ClickException when a port is somebody else's; exits with 1
    when a program keeps failing."""
    var_dir = Path(settings.VAR_DIR)
    require_free("--port", port, host)
    url = _clearing_url(clearing_port)
    house = _simulated_port(url)
    programs = [_web(port, host), Program("worker", _liti("manage", "procrastinate", "worker"))]
    if house:
        programs.append(_clearing_house(house, port, var_dir))
        console.print(f"simulated clearing house: {url}", highlight=False)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "LITI_CLEARING_URL": url}
    for program in programs:
        program.environment = environment
    address = var_dir / keys.CLEARING_URL_FILE  # other commands ask the same house
    address.write_text(url, encoding="ascii")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    console.print(f"Liti is open: [bold]http://{host}:{port}/[/] (stop with Ctrl-C)")
    try:
        code = Keeper(programs, _say, watched=_database(var_dir)).run()
    finally:
        address.unlink(missing_ok=True)
    if code:
        raise SystemExit(code)


def require_free(option: str, port: int, host: str) -> None:
    """Refuse a port that somebody has, or that can't be had. Raises ClickException."""
    try:
        _bind(host, port)
    except OSError as error:
        what = "is in use" if error.errno == errno.EADDRINUSE else f"can't be had: {error.strerror}"
        raise click.ClickException(
            f"Port {port} of {host} {what}. Stop what runs there, or choose another with {option}."
        ) from error


def _bind(host: str, port: int) -> None:
    """Take the port for a moment, alone: two web servers that share one would part requests
    between two banks. Raises OSError."""
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen(1)


def _web(port: int, host: str) -> Program:
    def needed() -> bool:
        _bind(host, port)
        return True

    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port",
        str(port), "--workers", "1", "--blocking-threads", THREADS, "--no-ws", "--log-level",
        "warning", "liti.site.wsgi:application",
    ]  # fmt: skip
    return Program("web server", command, needed=needed)


def _clearing_url(port: int | None) -> str:
    if port is not None:
        return f"http://127.0.0.1:{port}"
    return os.environ.get("LITI_CLEARING_URL") or keys.CLEARING_URL


def _simulated_port(url: str) -> int | None:
    """The port of a clearing house that we run ourselves; a real one is elsewhere."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        return None
    return parts.port or 80


def _clearing_house(port: int, web_port: int, var_dir: Path) -> Program:
    """Ours, or one of this bank that runs already; never somebody else's."""
    token = keys.secret(var_dir, keys.CLEARING_TOKEN)
    taken = (
        f"Port {port} of the clearing house is in use by another program, to which this bank says"
        " nothing. Stop what runs there, or choose another with --clearing-port."
    )
    found = who_is_at(port, token)
    if found == "other" or port == web_port:
        raise click.ClickException(taken)
    if found == "ours":
        _say(f"clearing house: this bank's own runs on port {port} already and is used.")
    else:
        require_free("--clearing-port", port, "127.0.0.1")

    def needed() -> bool:
        found = who_is_at(port, token)
        if found == "other":
            raise OSError(taken)
        return not found

    books, token_file = var_dir / "clearing-house.sqlite", var_dir / keys.CLEARING_TOKEN
    command = [
        sys.executable, "-m", "liti.sim.clearing", "--port", str(port), "--books", str(books),
        "--token-file", str(token_file),
    ]  # fmt: skip
    return Program("clearing house", command, needed=needed)


def _database(var_dir: Path) -> list[Watched]:
    """The embedded server is brought back; one of DATABASE_URL is not ours to start."""
    if os.environ.get("DATABASE_URL"):
        return []
    data = postgres.ensure_running(var_dir).data

    def mend() -> None:
        postgres.ensure_running(var_dir)

    return [Watched("database", lambda: living(data) is not None, mend)]


def _liti(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "liti", *arguments]


def _say(line: str) -> None:
    console.print(line, soft_wrap=True, markup=False, highlight=False)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
