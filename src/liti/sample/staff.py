"""Who signs in on the demonstration bank."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from liti.core.models import StaffPost, User

SINCE = date(2020, 1, 1)
PASSWORD = "liti-demo-2026"  # a demonstration's; a real bank has no such users


@dataclass(frozen=True, slots=True)
class Login:
    """A demonstration login."""

    username: str
    role: str
    kind: str = "staff"
    department: str = ""
    staff_code: str = ""
    more_roles: tuple[str, ...] = ()


STAFF = (
    Login("head", "operation_head", department="direct"),
    Login("marketer", "marketing_operator", department="direct"),
    Login("manager", "relationship_manager", department="retail", staff_code="RM001"),
    Login("desk", "service_desk", department="direct"),
    Login("product", "product_manager", department="direct"),
    Login("steward", "data_steward", department="direct"),
    Login("risk", "risk_officer", department="direct"),
    Login("finance", "finance_officer", department="direct"),
    Login("auditor", "auditor", department="direct"),
    Login("engineer", "engineer", department="direct"),
)


@transaction.atomic
def make_logins(customer_party: UUID, customer_name: str, partner_id: UUID) -> list[Login]:
    """Make the demonstration users; those there already stay. Returns them all."""
    hashed = make_password(PASSWORD)
    logins = [
        *STAFF,
        Login("customer", "customer", kind="customer"),
        Login("partner", "partner_developer", kind="partner"),
    ]
    for login in logins:
        user, _created = User.objects.get_or_create(
            username=login.username,
            defaults={
                "password": hashed,
                "email": f"{login.username}@liti.example",
                "kind": login.kind,
                "department": login.department,
                "staff_code": login.staff_code,
                "party_id": customer_party if login.kind == "customer" else None,
                "partner_id": partner_id if login.kind == "partner" else None,
                "first_name": customer_name if login.kind == "customer" else "",
            },
        )
        if login.kind == "staff":
            StaffPost.objects.get_or_create(
                user=user,
                role=login.role,
                defaults={"department": login.department, "valid_from": SINCE},
            )
    return logins


def customer_party() -> UUID | None:
    """The customer whom the demonstration login belongs to."""
    return User.objects.filter(username="customer").values_list("party_id", flat=True).first()


def write_logins(path: Path, logins: list[Login]) -> None:
    """Keep the demonstration logins in a file that only its owner can read."""
    entries: dict[str, object] = {
        "staff": [
            {"username": x.username, "password": PASSWORD, "role": x.role}
            for x in logins
            if x.kind == "staff"
        ]
    }
    for kind in ("customer", "partner"):
        entries[kind] = next(
            {"username": x.username, "password": PASSWORD} for x in logins if x.kind == kind
        )
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(entries, file, indent=2)
