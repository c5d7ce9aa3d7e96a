"""Why two customers are not made one: every reason of every room at once, with its remedy."""

from __future__ import annotations

import pytest
from tests.accounts.builders import account
from tests.market import builders as market_builders
from tests.parties.builders import known_party
from tests.parties.test_merging_by_people import steward
from tests.partners.builders import live_partner, members

from liti.accounts import services as accounts
from liti.core import approvals
from liti.core.context import acting, inside
from liti.core.errors import Refused
from liti.core.models import Approval
from liti.parties import merging, services
from liti.parties.models import Merge, Party
from liti.partners import services as partner_services

pytestmark = pytest.mark.django_db


def codes(refused) -> list[str]:
    assert refused.value.code == "parties.merge.vetoed"
    reasons = refused.value.data["reasons"]
    assert all(r["message"] and r["remedy"] for r in reasons)
    return [r["code"] for r in reasons]


def frozen(party_id):
    held = account(party_id=party_id)
    with acting(steward("risk", "risk_officer")):
        accounts.move_account(held, "frozen", "mule account")
    return held


def test_all_reasons_are_named_at_once_and_nothing_is_asked():
    one, other = market_builders.person(), market_builders.person()
    Party.objects.filter(id=other).update(kind="organisation")
    frozen(other)
    with acting(steward("maker")), pytest.raises(Refused) as refused:
        services.merge_parties(one, other, "looks alike")
    assert codes(refused) == [
        "parties.merge.two_kinds", "parties.merge.two_identities", "accounts.risk_freeze",
    ]  # fmt: skip
    assert not Approval.objects.exists()


def test_what_risk_stopped_meanwhile_keeps_the_proposal_waiting_until_it_is_lifted():
    one, other = known_party(), known_party()
    with acting(steward("maker")):
        proposal = services.merge_parties(one, other, "the same papers")
    held = frozen(other)
    with acting(steward("checker")), pytest.raises(Refused):
        approvals.decide(proposal, True)
    assert not Merge.objects.exists()
    assert Party.objects.filter(id__in=[one, other], status="active").count() == 2
    with acting(steward("risk", "risk_officer")):
        accounts.move_account(held, "active", "cleared")
    with acting(steward("checker")):
        approvals.decide(proposal, True)
    assert Merge.objects.filter(was=other, heir=one).count() == 1


def test_a_partner_whom_one_refused_does_not_get_the_accounts_of_both():
    partner = live_partner()
    one, other = members(partner, 1, 2)
    Party.objects.filter(id=other).update(id_number="")
    with inside():
        for party_id in (one, other):
            partner_services.grant_mandate(party_id, partner, evidence="mobile")
        partner_services.withdraw_mandate(other, partner)
    with acting(steward("maker")), pytest.raises(Refused) as refused:
        services.merge_parties(one, other, "the same man")
    assert codes(refused) == ["partners.mandate_withdrawn"]
    assert merging.objected({other: one}) == {other}
    with inside():
        partner_services.withdraw_mandate(one, partner)
    with acting(steward("maker")):
        services.merge_parties(one, other, "the same man")
    assert merging.objected({other: one}) == set()
