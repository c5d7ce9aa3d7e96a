"""Partners that are live, and members with valid resident IDs."""

from __future__ import annotations

from uuid import UUID

from stdnum.cn.ric import calc_check_digit

from liti.partners import services


def live_partner(code: str = "cloud") -> UUID:
    partner_id = services.register_partner(
        services.NewPartner(code, f"{code}优选", f"{code} select", "retail")
    )
    services.go_live(partner_id)
    return partner_id


def row(number: int, **other: str) -> dict[str, str]:
    """A member as a partner sends him; each number is another person."""
    stem = f"{110101 + number // 1000}19850505{number % 1000:03d}"
    return {
        "member_no": f"A-{number}",
        "name": "李娜",
        "id_number": stem + calc_check_digit(stem + "0"),
        "mobile": f"139{number:08d}",
        "email": "",
    } | other
