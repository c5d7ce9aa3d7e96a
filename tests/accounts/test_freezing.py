"""Who froze an account stays on record, and what risk froze the desk can't lift."""

from __future__ import annotations

import pytest
from tests.accounts.builders import account
from tests.console.builders import as_role, go

from liti.accounts import queries, services
from liti.accounts.models import Freeze
from liti.core.context import Actor, acting
from liti.core.errors import Conflict, InvalidInput, Refused
from liti.core.ids import uuid7

pytestmark = pytest.mark.django_db


def staff(role: str, on_behalf_of: str = "") -> Actor:
    return Actor("staff", role, uuid7(), roles=frozenset({role}), on_behalf_of=on_behalf_of)


DESK, RISK, HEAD = staff("service_desk"), staff("risk_officer"), staff("operation_head")


def test_the_desk_does_not_lift_what_risk_froze(db):
    held = account()
    with acting(staff("risk_officer", "boss")):
        services.move_account(held, "frozen", "suspicious transfers")
    [stands] = queries.freezes_of(held)
    assert (stands.kind, stands.by, stands.role, stands.reason) == (
        "risk", "risk_officer for boss", "risk_officer", "suspicious transfers",
    )  # fmt: skip
    with acting(DESK), pytest.raises(Refused) as refused:
        services.move_account(held, "active", "the customer called")
    assert refused.value.code == "accounts.risk_freeze"
    assert queries.account(held).status == "frozen"
    assert len(queries.freezes_of(held)) == 1

    with acting(HEAD):
        services.move_account(held, "active", "cleared")
    assert queries.account(held).status == "active"
    row = Freeze.objects.get(account_id=held)
    assert (row.lifted_by, row.lifted_reason) == ("operation_head", "cleared")


def test_a_customers_stop_is_lifted_by_the_desk_unless_risk_froze_it_too(db):
    held, other = account(), account()
    with acting(DESK):
        for one in (held, other):
            services.move_account(one, "frozen", "phone lost")
        services.move_account(held, "active", "phone found, he came in person")
        with pytest.raises(Conflict):
            services.move_account(other, "frozen", "once more")
    assert queries.account(held).status == "active"
    with acting(RISK):
        services.move_account(other, "frozen", "mule account")
        with pytest.raises(Conflict):
            services.move_account(other, "frozen", "once more")
    assert [f.kind for f in queries.freezes_of(other)] == ["customer", "risk"]
    with acting(DESK), pytest.raises(Refused):
        services.move_account(other, "active", "phone found")
    assert queries.account(other).status == "frozen"


def test_no_reason_no_freeze_and_an_unknown_freeze_is_risks(db):
    held = account()
    with acting(RISK), pytest.raises(InvalidInput):
        services.move_account(held, "frozen")
    assert queries.account(held).status == "active"
    with acting(RISK):
        services.move_account(held, "frozen", "x")
    Freeze.objects.all().delete()
    with acting(DESK), pytest.raises(Refused):
        services.move_account(held, "active", "y")


def test_the_console_asks_why(db):
    held = account()
    go(as_role("service_desk"), f"/do/freeze-account/on/{held}/", reason="phone lost")
    assert queries.account(held).status == "frozen"
    assert [f.reason for f in queries.freezes_of(held)] == ["phone lost"]
