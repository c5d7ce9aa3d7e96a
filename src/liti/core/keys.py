"""Secrets of one installation, made once and kept in files that nobody else may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from liti.postgres.ownership import closed

CLEARING_TOKEN = "clearing-token"
CLEARING_URL_FILE = "clearing-url"
CLEARING_URL = "http://127.0.0.1:8071"
URL_BYTES_MAX = 200


def secret(var_dir: Path, name: str) -> str:
    """The secret in a file of the installation; made by whoever asks first, whole at once.

    Raises PostgresError where the folder can't be written.
    """
    file = var_dir / name
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            new = var_dir / f"{name}.{os.getpid()}.new"
            with open(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(50))
            try:
                os.link(new, file)  # the first one counts
            except FileExistsError:
                pass
            finally:
                new.unlink()
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise closed(file, error) from error


def clearing_url(var_dir: Path) -> str:
    """Where the clearing house is: the environment's word, else of the house that is served."""
    if given := os.environ.get("LITI_CLEARING_URL"):
        return given
    try:
        with open(var_dir / CLEARING_URL_FILE, encoding="ascii") as file:
            return file.read(URL_BYTES_MAX).strip() or CLEARING_URL
    except (OSError, UnicodeDecodeError):
        return CLEARING_URL
