"""A form is one act: sent twice, by a double click or a resubmission, it is carried out once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from liti.console.models import Act
from liti.core.context import current_actor
from liti.core.errors import Conflict, InvalidInput


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act. `result` is None where an earlier sending did the work."""

    link: str
    result: Any
    repeated: bool


def new_key() -> str:
    """The key that a form is shown with."""
    return str(uuid4())


def require_key(text: str) -> str:
    """The key as it came back with the form. Raises InvalidInput for one that is no key."""
    try:
        return str(UUID(text))
    except ValueError:
        raise InvalidInput(
            "console.bad_key", _("The form is damaged."), remedy=_("Load the page again.")
        )


def content_hash(pairs: Iterable[tuple[str, str]]) -> str:
    """The same for the same answers, so that a key can't be used for others."""
    text = json.dumps(sorted(pairs), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def earlier(key: str, command: str, content: str) -> Outcome | None:
    """The outcome of an act that is done. Raises Conflict as `once` does."""
    row = Act.objects.filter(key=key).first()
    return _earlier(row, command, content) if row else None


def once(
    key: str, command: str, content: str, do: Callable[[], tuple[Any, str]], *, joined: bool
) -> Outcome:
    """Carry out `do` (which returns its result and a link) unless the key was used before.

    `joined`: the act and the work are one transaction, so a second sending waits for the
    first and takes its outcome, and a refusal leaves no act behind. Otherwise the command
    keeps its own transactions: the act is written first, and a second sending that comes
    while the first is at work is told so. Raises Conflict, and what `do` raises.
    """
    if joined:
        with transaction.atomic():
            row, created = _begin(key, command, content)
            return _finish(row, do) if created else _earlier(row, command, content)
    row, created = _begin(key, command, content)
    if not created:
        return _earlier(row, command, content)
    try:
        return _finish(row, do)
    except BaseException:
        row.delete()
        raise


def _begin(key: str, command: str, content: str) -> tuple[Act, bool]:
    return Act.objects.get_or_create(
        key=key,
        defaults={"command": command, "actor": current_actor().label, "content": content},
    )


def _finish(row: Act, do: Callable[[], tuple[Any, str]]) -> Outcome:
    result, link = do()
    row.link, row.state = link[:300], Act.State.DONE
    row.save(update_fields=["link", "state"])
    return Outcome(link, result, repeated=False)


def _earlier(row: Act, command: str, content: str) -> Outcome:
    same = (row.command, row.actor, row.content) == (command, current_actor().label, content)
    if not same:
        raise Conflict(
            "console.key_reused",
            _("This form was sent before with other content."),
            remedy=_("Load the page again and fill it in anew."),
        )
    if row.state != Act.State.DONE:
        raise Conflict(
            "console.under_way",
            _("This is being carried out already."),
            remedy=_("Wait a moment, then look whether it is done."),
        )
    return Outcome(row.link, None, repeated=True)
