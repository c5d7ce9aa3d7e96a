"""Each declared command × each role: the form opens for those who may, for nobody else."""

from __future__ import annotations

import pytest
from tests.console.builders import as_role
from tests.market.builders import DAY

from liti.console import commands
from liti.core import authority
from liti.core.clock import set_business_date
from liti.core.ids import uuid7
from liti.core.roles import STAFF_ROLES

pytestmark = pytest.mark.django_db
# A row that is there where no builder is needed; what is missing is not found after the check.
KEYS = {"products": "LTYEB1", "sources": "retail", "managers": "RM1"}


def address(command: commands.Command) -> str:
    if command.level == commands.LIST:
        return command.href()
    return command.href(KEYS.get(command.on, str(uuid7())))


def allowed(command: commands.Command) -> frozenset[str]:
    declared = authority.declaration_of(command.function)
    assert declared is not None, command.name
    return frozenset(declared.staff)


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_form_opens_for_those_who_may_and_is_refused_to_all_others(role):
    set_business_date(DAY)
    client = as_role(role)

    answers = {c.name: client.get(address(c)).status_code for c in commands.declared()}

    wrong = {
        c.name: answers[c.name]
        for c in commands.declared()
        if (answers[c.name] not in (200, 404)) == (role in allowed(c))
    }
    assert not wrong, f"{role}: {wrong}"
    refused = {c.name: answers[c.name] for c in commands.declared() if role not in allowed(c)}
    assert set(refused.values()) <= {403}, refused
    opened = [c for c in commands.declared() if role in allowed(c) and c.level == commands.LIST]
    assert all(answers[c.name] == 200 for c in opened), (role, answers)


def test_some_roles_may_and_some_may_not_do_each():
    """The loop above would pass on declarations that are empty or open to everybody."""
    for command in commands.declared():
        assert allowed(command), f"{command.name}: a form that no member of the staff may open"
        assert allowed(command) < frozenset(STAFF_ROLES), f"{command.name} is open to all"
