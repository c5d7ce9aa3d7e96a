"""What came while two were one is given to the other, by a steward, once, and on record."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from tests.accounts.builders import account
from tests.console.builders import as_role, go
from tests.market import builders as market_builders
from tests.parties.builders import known_party
from tests.parties.test_merging_by_people import DAY, merge, steward

from liti.accounts import queries as accounts
from liti.cli import parties as command_line
from liti.core.clock import set_business_date
from liti.core.context import acting
from liti.core.errors import Forbidden, InvalidInput, NotFound
from liti.parties import merging, queries, services
from liti.parties.models import Move

pytestmark = pytest.mark.django_db
PLACE = "accounts_electronicaccount.party_id"


@pytest.fixture
def parted():
    """Two customers, an account opened while they were one, and the merge taken back."""
    set_business_date(DAY)
    one, other = known_party(), market_builders.person()
    made = merge(other, one)
    opened = account(party_id=one)
    merging.unmerge(made, "father and son")
    return made, one, other, opened


def listed(made, place=PLACE):
    return [row for row in queries.unassigned(made) if row.place == place]


def test_a_listed_row_goes_to_the_other_customer_and_the_log_says_who_gave_it(parted):
    made, _one, other, opened = parted
    [row] = listed(made)
    assert row.key == str(opened)

    with acting(steward("maker")):
        services.assign_row(made, row.id, "his own signature")

    assert accounts.account(opened).party_id == other
    assert listed(made) == []
    log = Move.objects.get(merge_id=made, field=">")
    assert (log.by, log.reason, log.row) == ("maker", "his own signature", [str(opened)])
    with acting(steward("maker")), pytest.raises(NotFound):
        services.assign_row(made, row.id, "again")


def test_only_a_steward_only_with_a_reason_and_only_rows_of_that_merge(parted):
    made, one, _other, opened = parted
    [row] = listed(made)
    moved = Move.objects.filter(merge_id=made, field="").first()
    elsewhere = merge(market_builders.person(), known_party())
    with acting(steward("desk", "service_desk")), pytest.raises(Forbidden):
        services.assign_row(made, row.id, "x")
    with acting(steward("maker")):
        with pytest.raises(InvalidInput):
            services.assign_row(made, row.id, " ")
        with pytest.raises(NotFound):
            services.assign_row(made, moved.id if moved else 0, "x")
        with pytest.raises(NotFound):
            services.assign_row(elsewhere, row.id, "x")
    assert accounts.account(opened).party_id == one


def test_the_page_of_the_merge_has_the_door(parted):
    made, _one, other, opened = parted
    [row] = listed(made)
    client = as_role("data_steward")
    assert "assign-row" in client.get(f"/list/merges/{made}/").content.decode()

    go(client, f"/do/assign-row/on/{made}/", move_id=str(row.id), reason="his own signature")

    assert accounts.account(opened).party_id == other


def test_the_command_line_lists_and_gives(parted):
    made, _one, other, opened = parted
    [row] = listed(made)
    shown = CliRunner().invoke(command_line.parties, ["unassigned", str(made)]).output
    assert f"{row.id}  {PLACE}  {opened}" in shown
    with acting(steward("maker")):
        given = ["assign", str(made), str(row.id), "his own signature"]
        assert CliRunner().invoke(command_line.parties, given).exit_code == 0
    assert accounts.account(opened).party_id == other
