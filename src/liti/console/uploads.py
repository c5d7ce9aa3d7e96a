"""Files that came with a form, kept between its steps for the person who sent them."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from liti.core.context import current_actor
from liti.core.errors import InvalidInput

BYTES_MAX = 50_000_000
KEPT_SECONDS = 24 * 3600
_TOKEN = re.compile(r"[0-9a-f]{32}/[\w.\-]{1,100}")


def _folder() -> Path:
    actor = current_actor()
    return Path(settings.LITI_DATA_DIR) / "uploads" / str(actor.id or actor.label)


def keep(upload: Any) -> Path:
    """Write an upload; raises InvalidInput for one that is empty or too large."""
    if not upload.size:
        raise InvalidInput("console.empty_file", _("The file is empty."))
    if upload.size > BYTES_MAX:
        raise InvalidInput(
            "console.file_too_large",
            _("The file is larger than %(count)d MB.") % {"count": BYTES_MAX // 1_000_000},
            remedy=_("Split it, or have an engineer import it by `liti parties import`."),
        )
    _remove_old()
    name = re.sub(r"[^\w.\-]", "_", Path(upload.name).name)[-100:] or "file"
    path = _folder() / uuid4().hex / name
    path.parent.mkdir(parents=True, mode=0o700)
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return path


def token_of(path: Path) -> str:
    """What a form carries to find its file again."""
    return f"{path.parent.name}/{path.name}"


def find(token: str) -> Path | None:
    """The actor's own file of that token, while it is kept."""
    if not _TOKEN.fullmatch(token):
        return None
    path = _folder() / token
    return path if path.is_file() and path.resolve().is_relative_to(_folder().resolve()) else None


def shown_name(token: str) -> str:
    """The file's name as its sender knows it."""
    return token.partition("/")[2]


def _remove_old() -> None:
    """Personal data does not lie about: what no form finished goes after a day."""
    root = Path(settings.LITI_DATA_DIR) / "uploads"
    for folder in root.glob("*/*"):
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def drop(path: Path) -> None:
    """Remove a file whose form is done."""
    if path.is_relative_to(Path(settings.LITI_DATA_DIR) / "uploads"):
        shutil.rmtree(path.parent, ignore_errors=True)
