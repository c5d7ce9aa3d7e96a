"""Servers that tests start: nothing of them is left, wherever the launcher put their data."""

from __future__ import annotations

import shutil
from pathlib import Path

from liti import postgres
from liti.postgres.place import locate


def take_away(var: Path) -> None:
    """Stop an installation's server and remove what it made, which may stand outside of `var`:
    as root, or where the folder's name does not suit a socket or a shell."""
    postgres.stop(var)
    server = locate(var)
    made = server.home.parent.glob(f"{server.home.name}*")  # the copy of the programs too
    for folder in (server.socket_dir, *made):
        shutil.rmtree(folder, ignore_errors=True)
