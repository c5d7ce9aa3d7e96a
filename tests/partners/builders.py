"""Partners that are live, and members with valid resident IDs."""

from __future__ import annotations

from uuid import UUID

from stdnum.cn.ric import calc_check_digit

from liti.parties.services import NewPerson, register_person
from liti.partners import queries, services


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


def customer(number: int) -> UUID:
    """The person of that row as the bank's own customer."""
    given = row(number)
    return register_person(NewPerson(given["name"], given["id_number"], given["mobile"]))


def confirm(partner_id: UUID, party_id: UUID) -> None:
    """What the signed-in customer does with all that this partner asks of him."""
    for one in queries.enrolments_waiting(party_id):
        if one.partner_id == partner_id:
            services.confirm_enrolment(party_id, one.id)


def members(partner_id: UUID, *numbers: int, key: str = "batch-members") -> list[UUID]:
    """Customers whom the partner brought and who confirmed it."""
    services.onboard_members(partner_id, [row(n) for n in numbers], key=key)
    parties = [customer(n) for n in numbers]
    for party in parties:
        confirm(partner_id, party)
    return parties
