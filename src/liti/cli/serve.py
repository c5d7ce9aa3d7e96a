"""`liti serve`: web server, worker and simulated clearing house, together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import click
from django.conf import settings

from liti.cli.entering import PORT
from liti.cli.progress import console

STOP_SECONDS = 10
THREADS = "4"  # two cores: more only wait for each other


@click.command()
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def serve(port: int, host: str) -> None:
    """Serve console, mobile pages, portal and API; with worker and simulated clearing house."""
    serve_house(port, host)


def serve_house(port: int, host: str = "127.0.0.1") -> None:
    """Run until stopped; when one of the programs ends, all end."""
    if _taken(host, port):
        raise click.ClickException(
            f"Port {port} is in use: stop what runs there, or choose another with --port."
        )
    programs = [
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port",
         str(port), "--workers", "1", "--blocking-threads", THREADS, "--no-ws", "--log-level",
         "warning", "liti.site.wsgi:application"],
        [sys.executable, "-m", "liti", "manage", "procrastinate", "worker"],
    ]  # fmt: skip
    clearing = urlsplit(settings.LITI_CLEARING_URL)
    if clearing.hostname == "127.0.0.1" and not _taken("127.0.0.1", clearing.port or 80):
        books = Path(settings.VAR_DIR) / "clearing-house.sqlite"
        programs.append(
            [sys.executable, "-m", "liti.sim.clearing", "--port", str(clearing.port),
             "--books", str(books)]
        )  # fmt: skip
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    running = [subprocess.Popen(p, env=environment, start_new_session=True) for p in programs]
    console.print(f"Liti is open: [bold]http://{host}:{port}/[/] (stop with Ctrl-C)")
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        while all(p.poll() is None for p in running):
            time.sleep(0.5)
    except KeyboardInterrupt:
        console.print("closing …")
    finally:
        _stop(running)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    for program in running:
        if program.poll() is None:
            program.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for program in running:
        try:
            program.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            program.kill()


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0
