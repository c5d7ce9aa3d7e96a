"""Folders that we use only when they are ours: anybody may have been first at a known place."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

from liti.postgres.errors import PostgresError


def trust(folder: Path, *owners: int) -> None:
    """Refuse a folder that is a link, of another user, or open for others to write.

    One that does not exist yet is no danger: it is made with `own`. Raises PostgresError.
    """
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise PostgresError(
            f"{folder} can't be looked at ({error.strerror}): ask who runs this machine, or"
            " choose another place with LITI_VAR_DIR."
        ) from error
    if not stat.S_ISDIR(found.st_mode):
        wrong = "is no folder"
    elif found.st_uid not in owners:
        wrong = f"belongs to {user(found.st_uid)}"
    elif stat.S_IMODE(found.st_mode) & 0o022:
        wrong = "may be written by others"
    else:
        return
    raise PostgresError(
        f"{folder} {wrong}, so Liti does not use it: find out who made it and remove it, or choose"
        " another place with LITI_VAR_DIR."
    )


def own(folder: Path, mode: int, uid: int | None, gid: int | None) -> None:
    """Make the folder if need be, and make it the server's. Raises PostgresError."""
    me = os.geteuid()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            trust(folder, me, me if uid is None else uid)
        if uid is not None and gid is not None:
            os.chown(folder, uid, gid, follow_symlinks=False)
        folder.chmod(mode)
    except OSError as error:
        raise closed(folder, error) from error


def closed(folder: Path, error: OSError) -> PostgresError:
    """What to say of a folder that can't be made or written."""
    return PostgresError(
        f"{folder} can't be made or written by {user(os.geteuid())} ({error.strerror}): give it"
        " to that user, or choose another place with LITI_VAR_DIR."
    )


def user(uid: int) -> str:
    """A user's name, for people."""
    try:
        return f"the user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"the user {uid}"
