"""What goes over the wire. Amounts are minor units; ids are UUIDs; dates ISO 8601."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from liti.api.reading import Body, Day, Id

# The description says what the edge refuses anyway (core.entrance).
NO_NUL = r"^[^\x00]*$"


class Problem(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    instance: str | None = None
    data: dict[str, object] | None = None


class MemberIn(Body):
    """A member as the partner knows him."""

    member_no: str = Field(max_length=60)
    name: str = Field(max_length=80)
    id_number: str = Field(max_length=30)
    mobile: str = Field(max_length=30)
    email: str = Field("", max_length=120)


class MemberBatchIn(Body):
    """Up to 1,000 members."""

    members: list[MemberIn] = Field(max_length=1000, min_length=1)


class RowProblemOut(Schema):
    """A row that was left out, and why."""

    row: int
    member_no: str
    field: str
    message: str


class MemberBatchOut(Schema):
    """What became of a batch."""

    id: UUID
    rows: int
    accepted: int
    replayed: bool
    problems: list[RowProblemOut]


class MemberRequestOut(Schema):
    """A request. `status`: waiting, confirmed, left (he is no member any more) or expired."""

    member_no: str
    status: str
    requested_at: datetime
    expires_at: datetime


class MembersSummaryOut(Schema):
    """Figures about the members as of a closed day; null where too few people stand behind one,
    or none was told yet. People are rounded to 5 and amounts to 10,000.00 by default."""

    members: int
    minimum: int
    with_account: int | None
    with_product: int | None
    assets_minor: int | None
    as_of: date | None


class ProductOut(Schema):
    """A product on the shelf."""

    code: str
    name_zh: str
    name_en: str
    supplier: str
    risk_level: int


class OrderIn(Body):
    """An order for a member who agreed to it."""

    member_no: str = Field(max_length=60, pattern=NO_NUL)
    product_code: str = Field(max_length=40, pattern=NO_NUL)
    amount_minor: int = Field(gt=0, le=2**53)


class OrderOut(Schema):
    """An order. `status` is where it stands now: funded, sent, in_part, confirmed, settled,
    in_position, refused or cancelled; `filled_minor` what its supplier has delivered."""

    id: UUID
    status: str
    product_code: str
    amount_minor: int
    filled_minor: int


class TransferIn(Body):
    """A transfer; `id` is a UUIDv7 of the caller and the idempotency key."""

    id: Id
    debit_account_id: Id
    credit_account_id: Id
    amount_minor: int = Field(ge=-(2**63), lt=2**63)
    currency: str = Field("CNY", min_length=3, max_length=3)
    kind: str = Field(max_length=40)
    narrative: str = Field("", max_length=200)
    booked_on: Day | None = None


class TransferBatchIn(Body):
    """Up to 10,000 transfers, posted in the order given."""

    transfers: list[TransferIn] = Field(min_length=1, max_length=10_000)
    all_or_none: bool = False


class TransferResultOut(Schema):
    """Posted, replayed or refused with a code."""

    id: UUID
    status: str
    code: str | None
    account_id: UUID | None


class TransferBatchOut(Schema):
    """One result per transfer, in the order given."""

    posted: int
    replayed: int
    refused: int
    results: list[TransferResultOut]


class LedgerAccountOut(Schema):
    """A ledger account with its balance."""

    id: UUID
    code: str | None
    gl_code: str
    currency: str
    normal_side: str
    status: str
    balance_minor: int
    entry_count: int


class EntryOut(Schema):
    """One entry of an account."""

    seq: int
    transfer_id: UUID
    side: str
    amount_minor: int
    balance_after_minor: int
    booked_on: date
    kind: str
    narrative: str
    origin: str
    counter_account_id: UUID


class EntriesOut(Schema):
    """A page of entries, newest first; pass `next_before_seq` for the next page."""

    entries: list[EntryOut]
    next_before_seq: int | None
