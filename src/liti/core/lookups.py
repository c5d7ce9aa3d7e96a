"""Searches by what identifies a person: each leaves a trace, and one person has so many.

A search that narrows letter by letter reads a number or name out of the mask. So rooms look for
whole values only (`parties/rules/lookups.py`) and ask here first. What is kept is who asked, for
what kind of value, and a keyed fingerprint: two searches for the same value can be told to be
the same, the value itself can't be read (PIPL Art. 51; GB/T 35273-2020, 7.1 and 7.2).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.core import params
from liti.core.clock import now
from liti.core.context import Actor, current_actor
from liti.core.errors import TooMany
from liti.core.models import AccessLog

SEARCH, REFUSED, ALSO = "search", "search_refused", "search_also"
NOBODY_YET = UUID(int=0)
FINGERPRINT = 12
_counted: ContextVar[list[str] | None] = ContextVar("counted", default=None)


@contextmanager
def one_search(*, free: bool = False) -> Iterator[None]:
    """What several rooms are asked for one text counts as one search; each is still logged.

    `free`: it counts as none, because the text is a word of the bank's own, such as a page's
    title: what can be asked so is a short list that nobody's data is on.
    """
    token = _counted.set(["title"] if free else [])
    try:
        yield
    finally:
        _counted.reset(token)


def fingerprint(kind: str, value: str) -> str:
    """The same for the same value, and only this installation can compute it."""
    message = f"{kind}\0{value}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256)
    return digest.hexdigest()[:FINGERPRINT]


def searched(kind: str, value: str) -> None:
    """Log that the current actor looks for somebody by a value of a kind, before he does.

    Raises TooMany beyond `core.search.per_hour` or `per_day` searches of his; the refusal is
    logged too. Jobs of the house are neither logged nor limited: no person reads what they find.
    """
    actor = current_actor()
    if actor.kind == "system":
        return
    together = _counted.get()
    if together:
        together.append(kind)
        _log(actor, ALSO, kind, fingerprint(kind, value))
        return
    with transaction.atomic():
        with connection.cursor() as cursor:  # one search of a person at a time is counted
            key = f"search:{actor.id or actor.label}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 3))", [key])
        refusal = _over(actor, now())
        _log(actor, REFUSED if refusal else SEARCH, kind, fingerprint(kind, value))
    if refusal:
        raise refusal
    if together is not None:
        together.append(kind)


def _over(actor: Actor, at: datetime) -> TooMany | None:
    spans = (
        (timedelta(hours=1), "core.search.per_hour", _("an hour")),
        (timedelta(days=1), "core.search.per_day", _("a day")),
    )
    mine = AccessLog.objects.filter(subject_type=SEARCH, actor_id=actor.id, actor=_name(actor))
    for span, code, words in spans:
        allowed = int(params.get(code))
        if mine.filter(at__gt=at - span).count() >= allowed:
            return TooMany(
                "core.search.too_many",
                _("You have searched for %(count)d people in %(span)s, the most there is.")
                % {"count": allowed, "span": words},
                remedy=_("Wait, or open the customer from a list or a task."),
                retry_after=int(span.total_seconds()),
            )
    return None


def _log(actor: Actor, subject_type: str, kind: str, mark: str) -> None:
    AccessLog.objects.create(
        subject_type=subject_type,
        subject_id=NOBODY_YET,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor=_name(actor),
        purpose=f"search:{kind}",
        fields=[kind, mark],
    )


def _name(actor: Actor) -> str:
    return actor.doer if actor.kind == "staff" else actor.label
