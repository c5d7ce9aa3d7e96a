"""How the benefit of a sale is shared: pure; shares always sum to the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from liti.core.money import allocate

OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Claim:
    """Someone who contributed: a role, and a department or partner (and person) behind it."""

    role: str
    department: str
    staff_code: str = ""
    partner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A claim's part of the benefit, in minor units, and its weight in the policy."""

    claim: Claim
    weight: int
    amount_minor: int


def benefit_minor(amount_minor: int, fee_bp: Decimal) -> int:
    """What a sale brings: distribution fee in basis points of the amount, half up to cents."""
    exact = Decimal(amount_minor) * fee_bp / 10_000
    return int(exact.to_integral_value(rounding=ROUND_HALF_UP))


def split(
    total_minor: int, claims: Sequence[Claim], weights: Mapping[str, int], house: Claim
) -> list[Share]:
    """Divide by the policy's weight of each role; the parts sum to the total exactly.

    Several claims of one role share that role's weight. Roles that nobody filled, or that
    the policy does not know, leave their weight to the others; with no claim that counts,
    all goes to `house` (who answers for the product). What rounding leaves goes to the
    managing owner where there is one, else by largest remainder (DOMAIN §8.3).
    """
    counted = [c for c in dict.fromkeys(claims) if weights.get(c.role, 0) > 0]
    if not counted:
        return [Share(house, 1, total_minor)]
    heads = {role: sum(c.role == role for c in counted) for role in {c.role for c in counted}}
    exact = [Decimal(weights[c.role]) / heads[c.role] for c in counted]
    owners = [i for i, c in enumerate(counted) if c.role == OWNER]
    if owners:
        whole = sum(exact)
        parts = [int(total_minor * weight / whole) for weight in exact]
        parts[owners[0]] += total_minor - sum(parts)
    else:
        parts = allocate(total_minor, exact)
    return [
        Share(claim, weights[claim.role], part) for claim, part in zip(counted, parts, strict=True)
    ]


def shadow(total_minor: int, claims: Sequence[Claim]) -> list[Share]:
    """The management view (双算): each department or partner that helped counts the whole once.

    Never a bank's total: a report over departments takes `elimination` off again.
    """
    seen: dict[tuple[str, UUID | None], Claim] = {}
    for claim in claims:
        seen.setdefault((claim.department, claim.partner_id), claim)
    return [Share(claim, 100, total_minor) for claim in seen.values()]
