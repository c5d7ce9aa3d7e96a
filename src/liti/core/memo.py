"""What is read once per request or job: dated parameters of a day, the business date.

A memo begins with `context.acting` and ends with it, so that nothing outlives one request or
job. Who changes what a memo keeps calls `changed(topic)`: it is forgotten in this memo and in
those around it, and nothing of the topic is kept until the change is committed (for a rollback
would leave a value that never was).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction


@dataclass(slots=True)
class _Memo:
    around: _Memo | None
    kept: dict[tuple[str, Hashable], Any] = field(default_factory=dict)
    unsettled: dict[str, int] = field(default_factory=dict)


_memo: ContextVar[_Memo | None] = ContextVar("liti_memo", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """A fresh memo for what is inside."""
    token = _memo.set(_Memo(_memo.get()))
    try:
        yield
    finally:
        _memo.reset(token)


def kept[T](topic: str, key: Hashable, read: Callable[[], T]) -> T:
    """What `read` gives, read once; outside a memo it is read each time."""
    memo = _memo.get()
    if memo is None or memo.unsettled.get(topic):
        return read()
    if (topic, key) not in memo.kept:
        memo.kept[topic, key] = read()
    value: T = memo.kept[topic, key]
    return value


def is_on(topic: str) -> bool:
    """Whether what is read of a topic now is kept: worth reading more of it at once."""
    memo = _memo.get()
    return memo is not None and not memo.unsettled.get(topic)


def changed(topic: str) -> None:
    """Forget a topic; inside a transaction, keep nothing of it before the commit."""
    memo, waits = _memo.get(), connection.in_atomic_block
    memos = []
    while memo is not None:
        memo.kept = {k: v for k, v in memo.kept.items() if k[0] != topic}
        if waits:
            memo.unsettled[topic] = memo.unsettled.get(topic, 0) + 1
        memos.append(memo)
        memo = memo.around
    if not waits or not memos:
        return

    def settle() -> None:
        for one in memos:
            one.unsettled[topic] -= 1
            one.kept = {k: v for k, v in one.kept.items() if k[0] != topic}

    transaction.on_commit(settle)
