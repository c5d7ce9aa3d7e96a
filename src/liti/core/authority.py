"""Authority below the door: each command and each reading of personal data or money declares
who may call it, and the check runs at the face, whatever edge called.

    @command(staff=roles("service_desk"), customer=own("party_id"), system=("demo",))
    @transaction.atomic
    def place_order(party_id: UUID, ...) -> OrderView: ...

The declaration is checked at the outermost face only: what a permitted command calls in turn
is part of it. The kind of actor and roles, scope or job name come first, the arguments after,
so that a refusal for one's kind needs no data. What is not declared for a kind is refused to
it; nobody is refused everything.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from liti.core.context import Actor, current_actor, inside, is_inside
from liti.core.errors import Forbidden

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])
# Jobs that read throughout the house: batches, and what an approval sets in motion.
BATCHES = ("approvals", "check", "day", "demo")
Arguments = Mapping[str, Any]
# From the call's arguments (by name, defaults filled in) to the parties that it is about.
Parties = Callable[[Arguments], Collection[UUID]]
# (partner, parties, scope) → those of the parties who gave the partner no mandate for it.
MandateCheck = Callable[[UUID, Collection[UUID], str], Collection[UUID]]


@dataclass(frozen=True, slots=True)
class ClientRule:
    """What a client needs: the scope (empty: any), that `partner` (an argument) is its own,
    and for each party that `mandate` names a recorded mandate of that customer."""

    scope: str
    partner: str | None = None
    mandate: Parties | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """Who may call a function of a room's face."""

    name: str
    reads: bool
    staff: frozenset[str]
    customer: Parties | None
    client: ClientRule | None
    system: frozenset[str]
    function: Callable[..., Any]

    def kinds(self) -> frozenset[str]:
        """The kinds of actors that it is open to."""
        given = {
            "staff": self.staff,
            "customer": self.customer,
            "client": self.client,
            "system": self.system,
        }
        return frozenset(kind for kind, rule in given.items() if rule)


_declared: dict[str, Declaration] = {}
_open: dict[str, str] = {}
_mandate_checks: list[MandateCheck] = []


def own(argument: str) -> Parties:
    """The customer is the party (or all of the parties) that an argument names."""

    def parties(arguments: Arguments) -> Collection[UUID]:
        value = arguments[argument]
        return set(value) if isinstance(value, Iterable) else {value}

    return parties


def own_if_given(argument: str) -> Parties:
    """Like `own`, where None asks for nobody's and not for everybody's."""

    def parties(arguments: Arguments) -> Collection[UUID]:
        return () if arguments[argument] is None else {arguments[argument]}

    return parties


def one_of(holders: Parties) -> Parties:
    """The customer is one of those whom the thing belongs to (an account's holders)."""

    def parties(arguments: Arguments) -> Collection[UUID]:
        found, me = holders(arguments), current_actor().party_id
        return () if me in found else found

    return parties


def any_customer(_arguments: Arguments) -> Collection[UUID]:
    """Open to every customer: nothing in it is anybody's."""
    return ()


def scope(name: str, *, partner: str | None = None, mandate: Parties | None = None) -> ClientRule:
    """The rule for a client (see ClientRule)."""
    return ClientRule(name, partner, mandate)


def own_partner(argument: str) -> ClientRule:
    """Open to a partner's clients and developers about their own enterprise."""
    return ClientRule("", argument)


def command(
    *,
    staff: Collection[str] = (),
    customer: Parties | None = None,
    client: ClientRule | None = None,
    system: Collection[str] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare who may call a command. Stands outermost, above `transaction.atomic`."""
    return _declare(False, staff, customer, client, system)


def query(
    *,
    staff: Collection[str] = (),
    customer: Parties | None = None,
    client: ClientRule | None = None,
    system: Collection[str] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare who may read: for queries that return personal data or money."""
    return _declare(True, staff, customer, client, system)


def open_to_all(why: str) -> Callable[[F], F]:
    """Declare that a function of a face gives nothing of anybody's: definitions, rules,
    arithmetic, the text of a query. `why` stands in the matrix."""

    def wrap(function: F) -> F:
        _open[_name(function)] = why
        return function

    return wrap


def _name(function: Callable[..., Any]) -> str:
    """`liti.market.services` gives `market.place_order`: the room and the verb."""
    room = function.__module__.removeprefix("liti.").partition(".")[0]
    return f"{room}.{function.__name__}"


def _declare(
    reads: bool,
    staff: Collection[str],
    customer: Parties | None,
    client: ClientRule | None,
    system: Collection[str],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        declaration = Declaration(
            name=_name(function),
            reads=reads,
            staff=frozenset(staff),
            customer=customer,
            client=client,
            system=frozenset(system),
            function=function,
        )
        signature = inspect.signature(function)

        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if is_inside():
                return function(*args, **kwargs)
            _require(declaration, signature, args, kwargs)
            with inside():
                return function(*args, **kwargs)

        _declared[declaration.name] = declaration
        guarded.__liti_declaration__ = declaration  # type: ignore[attr-defined]  # our own mark
        return guarded

    return wrap


def declaration_of(function: Callable[..., Any]) -> Declaration | None:
    """What a function of a face declares; None where it declares nothing."""
    return getattr(function, "__liti_declaration__", None)


def declarations() -> list[Declaration]:
    """All declarations of the rooms that are loaded, by name."""
    return [_declared[name] for name in sorted(_declared)]


def opened() -> dict[str, str]:
    """What is open to all, by name, with the reason."""
    return dict(sorted(_open.items()))


def register_mandates(check: MandateCheck) -> None:
    """The room that keeps customers' mandates says how they are looked up."""
    if check not in _mandate_checks:
        _mandate_checks.append(check)


def mandate_checks() -> list[MandateCheck]:
    """Who is asked for mandates, for the drawing of the seams."""
    return list(_mandate_checks)


def may(function: Callable[..., Any], actor: Actor | None = None) -> bool:
    """Whether the actor's kind, roles, scopes or job allow the call, before any argument:
    what a screen asks before it shows a button."""
    declaration = declaration_of(function)
    assert declaration is not None, f"{function} declares nothing"
    return _by_kind(declaration, actor or current_actor())


def _by_kind(declaration: Declaration, actor: Actor) -> bool:
    if actor.kind == "staff":
        return bool(actor.roles & declaration.staff)
    if actor.kind == "customer":
        return declaration.customer is not None
    if actor.kind == "client":
        rule = declaration.client
        return rule is not None and (not rule.scope or rule.scope in actor.scopes)
    if actor.kind == "system":
        first = actor.label.partition(".")[0]
        return bool({actor.label, first} & declaration.system)
    return False


def _require(
    declaration: Declaration, signature: inspect.Signature, args: Any, kwargs: Any
) -> None:
    actor = current_actor()
    if not _by_kind(declaration, actor):
        raise _forbidden(declaration, actor)
    if actor.kind not in ("customer", "client"):
        return
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    with inside():  # whose a thing is may be looked up through other faces
        _require_own(declaration, actor, bound)


def _require_own(declaration: Declaration, actor: Actor, bound: inspect.BoundArguments) -> None:
    if actor.kind == "customer":
        assert declaration.customer is not None
        if set(declaration.customer(bound.arguments)) - {actor.party_id}:
            raise _not_yours(declaration)
        return
    rule = declaration.client
    assert rule is not None
    if rule.partner is not None and bound.arguments[rule.partner] != actor.partner_id:
        raise _not_yours(declaration)
    if rule.mandate is not None:
        _require_mandates(rule, actor, rule.mandate(bound.arguments), declaration)


def _require_mandates(
    rule: ClientRule, actor: Actor, parties: Collection[UUID], declaration: Declaration
) -> None:
    if not parties:
        return
    if actor.partner_id is None or not _mandate_checks:
        raise _not_yours(declaration)
    lacking: set[UUID] = set()
    for check in _mandate_checks:
        lacking |= set(check(actor.partner_id, parties, rule.scope))
    if lacking:
        raise Forbidden(
            "core.no_mandate",
            _("The customer has given no mandate for this."),
            remedy=_("Ask the customer to give it in the bank's app."),
            command=declaration.name,
        )


def _forbidden(declaration: Declaration, actor: Actor) -> Forbidden:
    if actor.kind == "nobody":
        return Forbidden(
            "core.no_actor",
            _("Nobody is signed in."),
            remedy=_("Sign in first."),
            command=declaration.name,
        )
    return Forbidden(
        "core.not_permitted",
        _("%(who)s may not do this.") % {"who": actor.label},
        remedy=_("Ask somebody whose work it is."),
        command=declaration.name,
        kind=actor.kind,
    )


def _not_yours(declaration: Declaration) -> Forbidden:
    return Forbidden(
        "core.not_yours",
        _("This belongs to somebody else."),
        command=declaration.name,
    )
