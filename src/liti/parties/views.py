"""What the reads of parties return: frozen values, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from liti.parties.rules.consents import ANY, UNDATED


@dataclass(frozen=True, slots=True)
class PartyView:
    """One party. The unmasked fields are empty unless it was read with `reveal`."""

    id: UUID
    kind: str
    name: str
    name_masked: str
    id_number_masked: str
    mobile_masked: str
    email_masked: str
    address_masked: str
    birth_date: date | None
    sex: str
    uscc: str
    region_code: str
    created_on: date
    provenance: dict[str, dict[str, Any]]
    revealed: bool = False
    id_number: str = ""
    mobile: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source and what it has delivered."""

    code: str
    name_zh: str
    name_en: str
    department: str
    kind: str
    trust: int
    records: int


@dataclass(frozen=True, slots=True)
class SourceRecordView:
    """What one department has on file of a party, masked."""

    id: UUID
    source: str
    department: str
    name_zh: str
    name_en: str
    source_key: str
    fields_held: tuple[str, ...]
    name_masked: str
    mobile_masked: str
    email_masked: str
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What holds for one purpose, channel, recipient and product, and the word that decides it.

    `evidence` tells the source by its first part; see `source`.
    """

    purpose: str
    channel: str
    recipient: str
    granted: bool
    evidence: str
    text_version: str
    at: datetime
    product: str = ANY

    @property
    def source(self) -> str:
        """mobile, paper, withdrawn, merge, unmerge, or the code of the source of a file."""
        return self.evidence.split(":", 1)[0]

    @property
    def since(self) -> datetime | None:
        """Since when; None where a file named no day."""
        return None if self.at == UNDATED else self.at


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One who serves, in a role, for a term."""

    id: UUID
    role: str
    label: str
    staff_code: str
    department: str
    valid_from: date
    valid_to: date | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class StaffView:
    """One who serves customers: how many he leads, and all his tasks."""

    staff_code: str
    department: str
    led: int
    tasks: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class MatchView:
    """Why two records were held for one party, or not."""

    left: str
    right: str
    decision: str
    rule: str
    probability: float
    explanation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ImportRunView:
    """A file taken in."""

    id: UUID
    source: str
    file_name: str
    at: datetime
    rows_read: int
    accepted: int
    unchanged: int
    rejected: int
    warned: int
    rejects_name: str
    findings: dict[str, int]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeView:
    """A merge: who was merged into whom, why, and whether it was taken back.

    `moved` rows by place (table.column); `came`: (place, key) of what came meanwhile.
    """

    id: UUID
    was: UUID
    heir: UUID
    was_masked: str
    heir_masked: str
    origin: str
    label: str
    reason: str
    actor: str
    at: datetime
    undone_at: datetime | None
    undone_by: str
    undone_reason: str
    moved: dict[str, int]
    came: tuple[tuple[str, str], ...]

    @property
    def state(self) -> str:
        return "undone" if self.undone_at else "merged"
