"""Two customers become one in all rooms at once, and apart again, row by row."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.accounts.builders import account as opened
from tests.market import builders as market_builders
from tests.outreach.builders import contacted, parameter
from tests.parties.builders import id_for, known_party

from liti.accounts import queries as accounts
from liti.accounts.models import AccountHolder
from liti.accounts.services import NewElectronicAccount, open_account, open_accounts
from liti.core import vetoes
from liti.core.clock import set_business_date
from liti.core.errors import Conflict, NotFound, Refused
from liti.core.ids import uuid7
from liti.core.models import Event, User
from liti.groups.models import SegmentMember, StageSpan
from liti.insight.models import StaleParty
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.lending.models import Contract
from liti.market import queries as market
from liti.market import services as market_services
from liti.outreach.models import Contact
from liti.outreach.queries import contacts_of
from liti.outreach.services import claim_contact
from liti.parties import merging, queries, services
from liti.parties.intake import upsert
from liti.parties.mapping import Standardised
from liti.parties.models import Merge, Party, PartyAlias, Relation, ServiceAssignment
from liti.parties.services import NewConsent, NewRelation, grant_consents
from liti.wealth import queries as wealth
from liti.wealth import services as wealth_services

DAY = date(2026, 11, 23)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(db):
    set_business_date(DAY)


def merge(was: UUID, heir: UUID) -> UUID:
    with transaction.atomic():
        return merging.merge({was: heir}, origin="steward", reason="same man")[was]


def matched_twins() -> tuple[UUID, UUID]:
    """The survivor and the id that was merged: first two by the files, then one by matching."""
    number = id_for("110101", date(1985, 5, 5), 11)
    one = services.register_person(services.NewPerson("王小明", number, "13800000001"))
    values = {
        "name": "王小明", "name_simplified": "王小明", "name_pinyin": "WANG XIAOMING",
        "mobile": "13700000009", "birth_date": date(1985, 5, 5),
    }  # fmt: skip
    upsert("cards", [Standardised(source_key="C1", values=values, raw={"x": "1"})])
    services.match_all()
    other = queries.party_by_source("cards")["C1"]
    assert other != one
    market_builders.account_of(one, 300_00)
    market_builders.account_of(other, 500_00)
    later = Standardised(source_key="C1", values={**values, "id_number": number}, raw={"x": "2"})
    upsert("cards", [later])
    services.match_all()
    heir = queries.party_by_source("cards")["C1"]
    return heir, other if heir == one else one


def test_money_follows_the_customer_when_matching_makes_two_one():
    heir, merged = matched_twins()

    both = [a.balance_minor for a in accounts.accounts_of(heir)]
    assert sorted(both) == [300_00, 500_00]
    assert [a.id for a in accounts.accounts_of(merged)] == [
        a.id for a in accounts.accounts_of(heir)
    ]
    assert accounts.assets_by_party([heir]) == {heir: 800_00}
    assert queries.resolve([merged]) == {merged: heir}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT party_id) FROM (SELECT party_id FROM accounts_electronicaccount"
            " UNION SELECT id FROM parties_party WHERE status = 'active') everybody"
        )
        assert cursor.fetchone() == (1,)


def test_one_person_has_one_contact_a_day_under_whatever_id():
    heir, merged = matched_twins()
    grant_consents([NewConsent(heir, "marketing", "sms", True, "t")])

    claim_contact(heir, "LTYEB1", channel="sms", department="cards")
    with pytest.raises(Refused, match="today"):
        claim_contact(merged, "LTYEB1", channel="sms", department="retail")

    assert Contact.objects.count() == 1


def test_contacts_before_the_merge_count_together_against_the_caps():
    parameter("outreach.holdout_bp", 0)  # drawn by the id: whoever it is, he may be contacted
    one, other = known_party(), known_party()
    for party in (one, other):
        grant_consents([NewConsent(party, "marketing", "sms", True, f"t:{party}")])
    contacted(one, 1, product="CARD1")
    contacted(other, 2, product="LOAN1")
    contacted(other, 4, product="FUND1")

    merge(other, one)

    assert [c.on for c in contacts_of(one)] == [DAY - timedelta(days=n) for n in (1, 2, 4)]
    with pytest.raises(Refused) as refused:
        claim_contact(one, "LTYEB1", channel="sms", department="cards")
    assert refused.value.code in {"outreach.cap_7_days", "outreach.cap_channel"}
    assert Contact.objects.count() == 3


def test_the_number_of_accounts_cannot_be_doubled_by_being_two():
    one, other = market_builders.person(), market_builders.person()
    for party in (one, one, one, other, other):
        open_account(party, "II")
    Party.objects.filter(id=other).update(id_number="")

    merge(other, one)

    for name in (one, other):
        with pytest.raises(Refused) as refused:
            open_account(name, "II")
        assert refused.value.code == "accounts.too_many"
    assert len(accounts.accounts_of(one)) == 5


def test_the_redemption_limit_of_the_day_is_one_persons():
    one, other = known_party(), known_party()
    first, second = opened(2_000_000, party_id=one), opened(2_000_000, party_id=other)
    wealth_services.subscribe(uuid7(), first, 2_000_000, MONDAY, party_id=one)
    wealth_services.subscribe(uuid7(), second, 2_000_000, MONDAY, party_id=other)
    wealth_services.redeem(uuid7(), first, 700_000, TUESDAY, party_id=one)

    merge(other, one)

    assert wealth.values_of([other]) == {one: 3_300_000}
    with pytest.raises(Refused) as refused:
        wealth_services.redeem(uuid7(), second, 300_001, TUESDAY, party_id=other)
    assert refused.value.data["available_minor"] == 300_000


def test_the_stricter_of_two_answers_stands_until_the_questionnaire_is_answered_anew():
    one, other = market_builders.person(), market_builders.person()
    market_builders.assess(one, "c")
    market_builders.assess(other, "b")
    bold, careful = market.assessment_of(one), market.assessment_of(other)
    assert bold.level > careful.level

    merge(other, one)

    assert market.assessment_of(one).level == careful.level
    assert market.assessment_of(other).party_id == one
    with pytest.raises(Refused, match="often enough today"):
        market_builders.assess(one, "c")
    set_business_date(TUESDAY)
    market_builders.assess(one, "c")
    assert market.assessment_of(one).level == bold.level


def test_a_refusal_of_either_stands_until_a_later_word():
    one, other = known_party(), known_party()
    grant_consents([NewConsent(other, "marketing", "sms", False, "no")])
    grant_consents([NewConsent(one, "marketing", "any", True, "file")])

    merge_id = merge(other, one)

    def may(party):
        return {
            channel
            for channel in ("sms", "phone")
            if queries.consented([party], purpose="marketing", channel=channel, on=date(2100, 1, 1))
        }

    assert (may(one), may(other)) == ({"phone"}, {"phone"})
    merging.unmerge(merge_id, "two brothers")
    assert (may(one), may(other)) == ({"sms", "phone"}, set())
    merge(other, one)
    grant_consents([NewConsent(one, "marketing", "sms", True, "said so")])
    assert may(one) == {"sms", "phone"}


def lead_of(party: UUID) -> tuple[str, str]:
    return queries.service_leads([party])[party]


def test_one_managing_lead_goes_on_and_comes_back():
    one, other = known_party(), known_party()
    ServiceAssignment.objects.create(
        party_id=one, role="lead_rm", staff_code="RM1", department="retail", origin="source",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    services.assign_service(other, "lead_rm", "RM2", "cards", date(2026, 1, 1))
    services.assign_service(other, "assistant_rm", "RM3", "cards", date(2026, 1, 1))

    merge_id = merge(other, one)

    assert lead_of(one) == ("RM2", "cards")
    assert [v.staff_code for v in queries.service_team(one)] == ["RM2", "RM3"]
    merging.unmerge(merge_id, "two brothers")
    assert (lead_of(one), lead_of(other)) == (("RM1", "retail"), ("RM2", "cards"))


def test_whoever_is_parted_is_never_left_without_a_lead():
    one, other = known_party(), known_party()
    services.assign_service(one, "lead_rm", "RM1", "retail", date(2020, 1, 1))
    services.assign_service(other, "lead_rm", "RM2", "cards", date(2026, 1, 1))
    merge_id = merge(other, one)
    services.assign_service(one, "lead_rm", "RM9", "direct", DAY)

    merging.unmerge(merge_id, "two brothers")

    assert lead_of(one) == ("RM9", "direct")
    assert lead_of(other) == ("RM2", "cards")


def test_relations_of_both_are_one_set_and_none_is_to_oneself():
    one, other, wife, firm = (
        known_party(),
        known_party(),
        known_party(),
        known_party("organisation"),
    )
    services.relate_many(
        [
            NewRelation(one, wife, "household", date(2020, 1, 1)),
            NewRelation(other, wife, "household", date(2024, 1, 1)),
            NewRelation(other, firm, "employee", date(2024, 1, 1)),
            NewRelation(one, other, "household", date(2024, 1, 1)),
        ]
    )
    before = list(Relation.objects.order_by("id").values_list())

    merge_id = merge(other, one)

    open_now = Relation.objects.filter(valid_to=None)
    assert set(open_now.values_list("from_party", "to_party", "kind")) == {
        (one, wife, "household"), (one, firm, "employee"),
    }  # fmt: skip
    merging.unmerge(merge_id, "two brothers")
    assert list(Relation.objects.order_by("id").values_list()) == before


def test_nobody_stands_twice_on_an_account():
    one, other = known_party(), known_party()
    account_id = uuid7()
    joint = NewElectronicAccount(account_id, "6200000000000001", one, "II", DAY, co_holders=[other])
    open_accounts([joint])

    merge_id = merge(other, one)

    assert [(a.id, a.role) for a in accounts.accounts_of(one)] == [(account_id, "owner")]
    merging.unmerge(merge_id, "two brothers")
    assert [a.role for a in accounts.accounts_of(other)] == ["authorised_user"]
    assert AccountHolder.objects.filter(valid_to=None).count() == 2


def test_both_sign_ins_lead_to_the_one_customer(client):
    one, other = market_builders.person(), market_builders.person()
    market_builders.account_of(one, 111_00)
    market_builders.account_of(other, 222_00)
    logins = [
        User.objects.create(username=f"c{i}", kind="customer", party_id=p)
        for i, p in enumerate((one, other))
    ]

    merge(other, one)

    for login in logins:
        client.force_login(login)
        page = client.get("/m/accounts/").content.decode()
        assert "111.00" in page
        assert "222.00" in page


def test_stage_and_segments_of_the_other_end_and_both_are_stale():
    one, other = known_party(), known_party()
    begun, old = DAY, date(2026, 10, 1)
    StageSpan.objects.create(party_id=one, stage="growth", criterion="x", since=old)
    StageSpan.objects.create(party_id=other, stage="prospect", criterion="y", since=old)
    SegmentMember.objects.create(party_id=other, segment_code="s1", since=begun)
    SegmentMember.objects.create(party_id=other, segment_code="s2", since=old)
    before = list(SegmentMember.objects.order_by("segment_code").values_list())

    merge_id = merge(other, one)

    assert not SegmentMember.objects.filter(until=None).exists()
    assert list(StageSpan.objects.filter(until=None).values_list("party_id", flat=True)) == [one]
    assert set(StaleParty.objects.values_list("party_id", flat=True)) == {one, other}
    merging.unmerge(merge_id, "two brothers")
    assert list(SegmentMember.objects.order_by("segment_code").values_list()) == before
    assert StageSpan.objects.filter(until=None).count() == 2


def test_a_veto_of_any_room_stops_the_merge_with_its_reason(monkeypatch):
    one, other = known_party(), known_party()
    monkeypatch.setattr(vetoes, "_objections", {})
    reason = vetoes.Reason(other, "test.case", "A case is open.", "Close it first.")
    vetoes.veto("parties.merge")(lambda ids: [reason] if other in ids else [])

    with pytest.raises(Refused, match="A case is open"):
        merge(other, one)

    assert not Merge.objects.exists()
    assert not PartyAlias.objects.exists()
    assert set(Party.objects.values_list("status", flat=True)) == {"active"}


def test_ids_resolve_through_every_later_merge_and_unmerges_go_backwards():
    a, b, c = known_party(), known_party(), known_party()
    first = merge(a, b)
    second = merge(b, c)

    assert queries.resolve([a, b, c]) == {a: c, b: c, c: c}
    assert set(queries.ids_of(a)) == {a, b, c}
    with pytest.raises(Conflict, match="merged since"):
        merging.unmerge(first, "not so")
    merging.unmerge(second, "not so")
    assert queries.resolve([a, b, c]) == {a: b, b: b, c: c}
    merging.unmerge(first, "not so")
    assert queries.resolve([a, b, c]) == {a: a, b: b, c: c}
    with pytest.raises(Conflict, match="already"):
        merging.unmerge(first, "again")


def test_what_happened_while_they_were_one_is_listed():
    one, other = known_party(), known_party()
    mine, theirs = opened(100, party_id=one), opened(200, party_id=other)
    merge_id = merge(other, one)
    third = opened(300, party_id=other)

    parted = merging.unmerge(merge_id, "two brothers")

    assert ("accounts_electronicaccount.party_id", (str(third),)) in parted.came
    assert {key for _place, key in parted.came} & {(str(mine),), (str(theirs),)} == set()
    assert {a.id for a in accounts.accounts_of(one)} == {mine, third}
    assert [a.id for a in accounts.accounts_of(other)] == [theirs]


def test_matching_keeps_to_what_a_steward_said():
    heir, merged = matched_twins()
    [row] = Merge.objects.all()

    merging.unmerge(row.id, "father and son of one name")
    services.match_all()

    assert queries.resolve([merged]) == {merged: merged}
    assert Party.objects.filter(status="active").count() == 2
    assert queries.party_by_source("cards")["C1"] in {heir, merged}


def test_hold_answers_the_living_id_and_knows_nobody_else():
    one, other = known_party(), known_party()
    merge(other, one)

    assert queries.hold(other) == one
    assert queries.hold_many([one, other]) == {one: one, other: one}
    with pytest.raises(NotFound):
        queries.hold(uuid7())


def test_thousands_are_merged_in_as_many_statements_as_one(django_assert_max_num_queries):
    pairs = {known_party(): known_party() for _ in range(60)}
    for was in pairs:
        Contact.objects.create(
            party_id=was, on=DAY, product_code="X", channel="sms", department="cards"
        )

    def statements(some: dict[UUID, UUID]) -> int:
        with transaction.atomic(), django_assert_max_num_queries(400) as counted:
            merging.merge(some, origin="matching")
        # an event each is what the outbox asks for
        return len([q for q in counted if "core_event" not in q["sql"]])

    few, many = dict(list(pairs.items())[:2]), dict(list(pairs.items())[2:])
    assert statements(many) <= statements(few) + 2
    assert Event.objects.filter(type="parties.party.merged").count() == 60


def test_orders_and_loans_count_together():
    one, other = market_builders.buyer(), market_builders.buyer()
    for party, account_id in (one, other):
        market_services.place_order(
            party, "LTYEB1", account_id, 10_000, channel="mobile", key="same"
        )
    Contract.objects.create(
        number="L1", party_id=other[0], account_id=other[1], loan_account_id=uuid7(),
        principal_minor=1, instalment_minor=1, months=1, rate_annual=0, method="x",
        signed_on=DAY, status="active",
    )  # fmt: skip

    merge(other[0], one[0])

    assert [o.key for o in market.orders_of(one[0])] == ["same", "same"]
    assert Contract.objects.get().party_id == one[0]
    # a key is one order: used again under either id it answers the survivor's own
    again = market_services.place_order(
        other[0], "LTYEB1", one[1], 10_000, channel="mobile", key="same"
    )
    assert again.account_id == one[1]
    assert len(market.orders_of(one[0])) == 2


def test_cash_moves_with_nobody():
    """The books themselves are never touched: accounts stay, their holder changes."""
    one, other = known_party(), known_party()
    account_id = opened(500, party_id=other)
    cash = internal_account("cash")
    post_one(TransferRequest(uuid7(), cash, account_id, 1, "deposit", DAY))

    merge(other, one)

    assert accounts.account(account_id).balance_minor == 501
    assert accounts.account(account_id).party_id == one
