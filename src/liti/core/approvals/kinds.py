"""Kinds of proposals: who may propose, who may decide, what it would change in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from liti.core.context import Actor
from liti.core.errors import NotFound
from liti.core.roles import Roles, roles

Payload = dict[str, Any]
Text = str | Promise
# Who reads every proposal beside those who may make or decide it.
READERS = roles("auditor", "risk_officer", "operation_head")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that would change, in words: what, how it is, how it would be."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Link:
    """The thing itself. `page` is a page of the console by name, `key` the thing on it."""

    label: str
    page: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal in words, in the language that is active. `reach`: whom or how many."""

    summary: str
    lines: tuple[Line, ...] = ()
    reach: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """What a room declares. `basis` gives, as JSON, what the proposal rests on: if it differs
    when the proposal is decided, it must be proposed anew. `close` hears (payload, state) when
    one is rejected, withdrawn or out of date, to let go of what waited for it; one that
    another replaces leaves it waiting."""

    name: str
    title: Text
    propose: Roles
    decide: Roles
    jobs: frozenset[str]
    describe: Callable[[Payload], Change]
    carry_out: Callable[[Payload], None]
    basis: Callable[[Payload], Any] | None
    close: Callable[[Payload, str], None] | None

    def may_propose(self, actor: Actor) -> bool:
        """A person by role, or a named job of the house."""
        if actor.kind == "system":
            first = actor.label.partition(".")[0]
            return actor.label == "system" or bool({actor.label, first} & self.jobs)
        return actor.id is not None and bool(actor.roles & self.propose)

    def may_decide(self, actor: Actor) -> bool:
        """Only a member of the staff who is known by id and holds a declared role."""
        return actor.kind == "staff" and actor.id is not None and bool(actor.roles & self.decide)

    def may_read(self, actor: Actor) -> bool:
        """Who may propose, decide or oversees; the house's own jobs."""
        return actor.kind == "system" or bool(actor.roles & (self.propose | self.decide | READERS))


_kinds: dict[str, ApprovalKind] = {}


def approval_kind(
    name: str,
    *,
    title: Text,
    propose: Roles,
    decide: Roles,
    describe: Callable[[Payload], Change],
    jobs: Collection[str] = (),
    basis: Callable[[Payload], Any] | None = None,
    close: Callable[[Payload, str], None] | None = None,
) -> Callable[[Callable[[Payload], None]], Callable[[Payload], None]]:
    """Declare a kind; the decorated function carries an approved proposal out.

    It runs as the job `approvals.<name>` on behalf of maker and checker: the commands that it
    calls declare `system=("approvals",)`. What it raises leaves the proposal pending.
    """

    def register(carry_out: Callable[[Payload], None]) -> Callable[[Payload], None]:
        _kinds[name] = ApprovalKind(
            name, title, propose, decide, frozenset(jobs), describe, carry_out, basis, close
        )
        return carry_out

    return register


def kinds() -> list[ApprovalKind]:
    """All kinds of the rooms that are loaded, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def kind_of(name: str) -> ApprovalKind:
    """The kind of that name. Raises NotFound."""
    if name not in _kinds:
        raise NotFound(
            "core.approval.unknown_kind",
            _("Nothing knows how to carry out “%(kind)s”.") % {"kind": name},
        )
    return _kinds[name]


def title_of(name: str) -> str:
    """The kind's title; the name itself where no room declares it any more."""
    return str(_kinds[name].title) if name in _kinds else name


def described(kind: ApprovalKind, payload: Payload) -> dict[str, Any]:
    """The proposal in each language of the house, as it is at this moment."""
    found = {}
    for language, _title in settings.LANGUAGES:
        with override(language):
            found[language] = plain(asdict(kind.describe(payload)))
    return found


def basis_of(kind: ApprovalKind, payload: Payload) -> Any:
    """What the proposal rests on now, as JSON; None where the kind rests on nothing."""
    return plain(kind.basis(payload)) if kind.basis else None


def plain(value: Any) -> Any:
    """The value as it comes back from a JSON column, so that two can be compared."""
    return json.loads(json.dumps(value, default=str))
