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

from liti.core.context import acting
from liti.core.models import StaffPost, User
from liti.core.staff import by_name
from liti.parties import queries as parties
from liti.parties import services as parties_services
from liti.sample.people.employees import LEFT_BEFORE, MANAGER, employees, leaving_on, names_of
from liti.sample.queries import SampleView

SINCE = date(2020, 1, 1)
HEAD = "head"
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
    names = names_of(tuple(login.username for login in STAFF))
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
                "first_name": customer_name
                if login.kind == "customer"
                else names.get(login.username, ""),
            },
        )
        if login.kind == "staff":
            StaffPost.objects.get_or_create(
                user=user,
                role=login.role,
                defaults={"department": login.department, "valid_from": SINCE},
            )
    return logins


@transaction.atomic
def make_managers(bank: SampleView) -> int:
    """The relationship managers with their posts; RM001 is the demonstration's own login.

    They have no password. Whoever leaves within the days that are closed still has his post.
    """
    for someone in employees(bank.business_date, seed=bank.seed):
        own = User.objects.filter(staff_code=someone.code).first()
        user = own or User.objects.create(
            username=someone.code.lower(),
            password=make_password(None),
            kind="staff",
            department=someone.department,
            staff_code=someone.code,
        )
        user.first_name = someone.name
        gone = someone.code in LEFT_BEFORE
        user.is_active = not gone
        user.save(update_fields=["first_name", "is_active"])
        StaffPost.objects.get_or_create(
            user=user,
            role=MANAGER,
            defaults={
                "department": someone.department,
                "valid_from": someone.joined_on,
                "valid_to": someone.left_on if gone else None,
            },
        )
    return User.objects.exclude(staff_code="").count()


def say_goodbye(bank: SampleView, on: date) -> int:
    """Whose last day was yesterday: his post ends, and his customers go to his successor or to
    the central team, by the head's own command. Returns how many leave."""
    leaving = leaving_on(on, bank.business_date, seed=bank.seed)
    for someone in leaving:
        posts = StaffPost.objects.filter(user__staff_code=someone.code, valid_to=None)
        if not posts.update(valid_to=on):
            continue  # an earlier, broken run has done it
        User.objects.filter(staff_code=someone.code).update(is_active=False)
        serves = any(s.staff_code == someone.code for s in parties.serving_staff(someone.code))
        if serves:
            with acting(by_name(HEAD)):
                parties_services.hand_over(
                    someone.code,
                    someone.successor,
                    someone.department if someone.successor else "",
                    reason="离职交接",
                )
    return len(leaving)


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
