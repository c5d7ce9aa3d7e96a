"""What carries an order out: the port between the marketplace and whoever makes a product.

`market` lies above the clouds and knows none of them. A cloud registers an engine for its
kinds of products in its `ports.py`; a product names its engine, and its version carries the
terms that the engine asks for (`{"fund": "LTYEB1"}`): a second fund is a row, not code.

    register(SweepEngine())          # by the room that owns it
    engine_of("wealth.sweep").place(order)   # by the marketplace

Two kinds of engines stand behind the same port. One with books here (`over_the_wire` False)
works inside the order's transaction and moves money between the clearing account and its own
accounts itself, saying so in `moved_minor`. One over the wire is spoken to outside of any
transaction, after what is asked was committed; no answer is an unknown outcome, never a
failure, and the marketplace asks again. All calls are idempotent by the order's id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from liti.core.errors import NotFound

Terms = Mapping[str, Any]
# An engine with books here says in the outbox, keyed by the order, that it expects to confirm
# an order on another day: {"order_id", "confirms_on"}.
ORDER_REDATED = "core.engines.order_redated"


class Outcome(StrEnum):
    """What an engine knows of an order."""

    NO_ANSWER = "no_answer"  # nobody knows; it is asked again
    NEVER_SEEN = "never_seen"  # not there (yet): the same order may be sent again
    ACCEPTED = "accepted"  # taken, to be decided later
    IN_PART = "in_part"  # filled in part; `final` says that the rest is over
    CONFIRMED = "confirmed"  # filled whole
    REFUSED = "refused"  # not filled, and never will be
    SETTLED = "settled"  # money and product have changed hands
    IN_POSITION = "in_position"  # and stand in the customer's position
    CANCELLED = "cancelled"  # taken back before it was filled


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as its engine sees it. Amounts in minor units of `currency`.

    `side`: buy or sell. `terms`: of the product's version that the order was placed on.
    `clearing_account_id`: where the money of a purchase waits and that of a sale comes in.
    `reference`: what the engine called the order, empty until it said so. `filled_minor`:
    what it has filled so far.
    """

    id: UUID
    side: str
    party_id: UUID
    account_id: UUID
    amount_minor: int
    currency: str
    booked_on: date
    terms: Terms
    clearing_account_id: UUID
    reference: str = ""
    filled_minor: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """What an engine would do: fees in minor units, the days on which it is expected."""

    amount_minor: int
    fee_minor: int = 0
    confirms_on: date | None = None
    settles_on: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine said of one order.

    `filled_minor` is the sum so far, never less than before. `moved_minor` (engines with
    books here): what this very call moved into the clearing account, negative for out of it.
    """

    outcome: Outcome
    filled_minor: int = 0
    final: bool = False
    reference: str = ""
    reason_code: str = ""
    reason: str = ""
    confirms_on: date | None = None
    settles_on: date | None = None
    moved_minor: int = 0


NO_ANSWER = Answer(Outcome.NO_ANSWER)


class Engine(Protocol):
    """What the marketplace needs of whoever carries orders out.

    `code` is what products name. `asks_at_once` bounds the orders of one call of `status`
    and `settle`. An engine with books here refuses by raising the errors of `core.errors`;
    one over the wire answers, and answers NO_ANSWER for whatever went wrong on the way.
    """

    code: str
    over_the_wire: bool
    asks_at_once: int

    def check_terms(self, terms: Terms) -> None:
        """Raise InvalidInput unless these are terms that a product can be sold by."""

    def quote(self, order: Ordered) -> Quote:
        """What would be done. Raises Refused when the order would not go through."""

    def place(self, order: Ordered) -> Answer:
        """Carry the order out, or take it: ACCEPTED is decided later."""

    def cancel(self, order: Ordered) -> Answer:
        """Take it back as far as it is not filled: CANCELLED, IN_PART and final, or what
        it has become where it is too late."""

    def status(self, orders: Sequence[Ordered], on: date) -> Sequence[Answer]:
        """What became of each, by the business date."""

    def settle(self, orders: Sequence[Ordered], on: date) -> Sequence[Answer]:
        """Their day has come, and what they cost was paid: SETTLED or IN_POSITION."""

    def settlement_account(self, terms: Terms) -> UUID | None:
        """The ledger account through which the marketplace pays the engine and is paid by
        it; None for an engine that moves its money itself."""

    def held(self, terms: Terms) -> int:
        """How many customers hold the product now."""


_engines: dict[str, Engine] = {}


def register(engine: Engine) -> Engine:
    """A cloud offers an engine; a code belongs to one."""
    known = _engines.get(engine.code)
    assert known is None or type(known) is type(engine), f"engine {engine.code} exists twice"
    _engines[engine.code] = engine
    return engine


def registered() -> dict[str, Engine]:
    """All engines by code."""
    return dict(sorted(_engines.items()))


def withdraw(code: str) -> None:
    """Take an engine away again: of a supplier that is left, of a test's own."""
    _engines.pop(code, None)


def engine_of(code: str) -> Engine:
    """The engine by its code. Raises NotFound."""
    engine = _engines.get(code)
    if engine is None:
        raise NotFound(
            "core.unknown_engine",
            _("Nothing here carries out orders of kind %(code)s.") % {"code": code or "–"},
            remedy=_("Ask the service team; it takes the request."),
        )
    return engine


def check_terms(code: str, terms: Terms) -> None:
    """What a version of a product must satisfy before it is sold. Raises NotFound for an
    engine that nobody registered, InvalidInput for terms that it can't be sold by."""
    engine_of(code).check_terms(terms)
