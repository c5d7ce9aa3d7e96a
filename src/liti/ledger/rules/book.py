"""What a batch is decided on, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from liti.ledger.rules.accounts import Position
from liti.ledger.rules.holds import HoldState
from liti.ledger.rules.limits import Uses
from liti.ledger.rules.requests import Content, TransferResult
from liti.ledger.rules.windows import Window


@dataclass(frozen=True, slots=True)
class Known:
    """A request that was answered before: its content and what was granted, or the refusal."""

    content: Content
    amount_minor: int | None = None
    refused: str = ""
    account_id: UUID | None = None


@dataclass(slots=True)
class Original:
    """A transfer that is taken back: its sides, its amount and how much went back already."""

    id: UUID
    debit_account_id: UUID
    credit_account_id: UUID
    amount_minor: int
    kind: str
    booked_on: date
    counterparty: str = ""
    reversed_minor: int = 0


@dataclass(slots=True)
class Book:
    """What a batch is decided on. Positions, holds, originals and uses change in place."""

    positions: Mapping[UUID, Position]
    known: Mapping[UUID, Known] = field(default_factory=dict)
    holds: dict[UUID, HoldState] = field(default_factory=dict)
    originals: dict[UUID, Original] = field(default_factory=dict)
    uses: Uses = field(default_factory=Uses)
    window: Window | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Money that goes from the credited to the debited side: request `index`, what it moves."""

    index: int
    amount_minor: int
    debit: Position
    credit: Position


@dataclass(frozen=True, slots=True)
class HoldMove:
    """What happens to a hold: `index` settles or lets go an amount of it."""

    index: int
    hold_id: UUID
    amount_minor: int
    action: str


@dataclass(slots=True)
class Decided:
    """One result per request, and what is to be written."""

    results: list[TransferResult] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    reserved: list[int] = field(default_factory=list)
    held: list[HoldMove] = field(default_factory=list)
