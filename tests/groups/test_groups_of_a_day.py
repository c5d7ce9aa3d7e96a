"""Refresh: who joins, who leaves, one stage a day, reasons for the three groups."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.insight.builders import SmallBank

from liti.core.clock import set_business_date
from liti.core.errors import InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.groups import queries, services
from liti.groups.models import Segment, SegmentMember, StageSpan
from liti.insight import services as insight

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 19)
NEXT = ON + timedelta(days=1)


@pytest.fixture(autouse=True)
def _data_dir(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path
    set_business_date(ON + timedelta(days=90))


def refresh(bank: SmallBank, on: date = ON):
    insight.export_history(sources=bank.store())
    insight.build_features(on)
    return services.refresh(on)


def saver(bank: SmallBank, balance_minor: int = 6_000_000, tenure: int = 800) -> tuple[UUID, UUID]:
    """A customer with a steady balance who moves a little every month."""
    party = uuid7()
    account = bank.account(party, opened_on=ON - timedelta(days=tenure))
    bank.entry(account, ON - timedelta(days=min(tenure, 300)), balance_minor)
    for days in (75, 45, 15):
        if days < tenure:
            bank.entry(account, ON - timedelta(days=days), -100)
    return party, account


def codes(party_id: UUID) -> set[str]:
    return {m.segment_code for m in queries.segments_of(party_id)}


def test_a_saver_is_found_by_the_rules():
    bank = SmallBank()
    party, _account = saver(bank)
    counts = refresh(bank)

    assert {"high_balance", "idle_balance", "single_product"} <= codes(party)
    assert queries.stage_of(party).stage == "retained"
    assert [d.criterion for d in queries.diagnoses_of(party)] == ["badly_single_product"]
    assert counts.customers == 1
    assert next(s for s in queries.segments() if s.code == "idle_balance").members == 1
    assert [m.party_id for m in queries.members("idle_balance")] == [party]


def test_buying_leaves_the_idle_segment_with_its_history():
    bank = SmallBank()
    party, _account = saver(bank)
    refresh(bank)

    bank.holding(party, "wealth", 5_000_000)
    counts = refresh(bank, NEXT)

    assert "idle_balance" not in codes(party)
    left = SegmentMember.objects.get(party_id=party, segment_code="idle_balance")
    assert (left.since, left.until) == (ON, NEXT)
    assert counts.left == 2, "idle and single product"


def test_repeating_a_day_changes_nothing():
    bank = SmallBank()
    for _ in range(3):
        saver(bank)
    refresh(bank)
    before = sorted(SegmentMember.objects.values_list("party_id", "segment_code", "since"))

    counts = services.refresh(ON)

    assert (counts.joined, counts.left, counts.stage_changes) == (0, 0, 0)
    assert before == sorted(SegmentMember.objects.values_list("party_id", "segment_code", "since"))


def test_stages_follow_each_other_without_gap():
    bank = SmallBank()
    party, account = saver(bank)
    empty, empty_account = uuid7(), None
    empty_account = bank.account(empty, opened_on=ON - timedelta(days=500))
    refresh(bank)
    assert queries.stage_of(empty).stage == "lost"

    later = ON + timedelta(days=40)
    bank.entry(account, ON + timedelta(days=2), -5_900_000)
    bank.entry(empty_account, later, 50_000)
    set_business_date(later)
    refresh(bank, later)

    assert [(s.stage, s.since, s.until) for s in queries.stage_of(party).history] == [
        ("decline", later, None),
        ("retained", ON, later),
    ]
    assert queries.stage_of(empty).stage == "win_back"
    assert StageSpan.objects.filter(until=None).count() == 2
    assert sum(c.customers for c in queries.stage_counts()) == 2


def test_new_customers_are_acquired_then_active():
    bank = SmallBank()
    unfunded = uuid7()
    bank.account(unfunded, opened_on=ON - timedelta(days=5))
    funded, _account = saver(bank, tenure=20)
    refresh(bank)

    assert queries.stage_of(unfunded).stage == "acquired"
    assert queries.stage_of(funded).stage == "active"


def test_the_three_groups_are_computed_with_reasons():
    bank = SmallBank()
    saver(bank, balance_minor=1_000_000)
    card_only = uuid7()
    bank.holding(card_only, "card")
    member = uuid7()
    bank.parties.append(member)
    refresh(bank)

    groups = {g.group: g for g in queries.three_groups()}

    assert list(groups) == ["served_badly", "cannot_be_served", "not_reached"]
    assert groups["cannot_be_served"].customers == 1
    assert groups["not_reached"].customers == 2
    assert queries.stage_of(member).stage == "prospect"
    assert [d.criterion for d in queries.diagnoses_of(card_only)] == ["not_reached_no_account"]


def test_an_authorised_user_is_neither_a_prospect_nor_a_holder():
    bank = SmallBank()
    _owner, account = saver(bank)
    authorised, known = uuid7(), uuid7()
    bank.parties += [authorised, known]
    bank.role(authorised, account)
    refresh(bank)

    assert queries.stage_of(authorised).stage == "authorised_user"
    assert queries.stage_of(known).stage == "prospect"
    assert queries.diagnoses_of(authorised) == []
    counted = {s.stage: s.customers for s in queries.stage_counts()}
    assert counted["authorised_user"] == counted["prospect"] == 1


def test_an_authorised_user_with_an_account_of_his_own_is_judged_by_that():
    bank = SmallBank()
    _owner, account = saver(bank)
    party, _own = saver(bank)
    bank.role(party, account)
    refresh(bank)

    assert queries.stage_of(party).stage == "retained"


def test_a_day_without_features_is_refused_with_the_remedy():
    with pytest.raises(Refused, match="liti insight features"):
        services.refresh(ON)


def test_a_refresh_does_not_go_back():
    bank = SmallBank()
    saver(bank)
    refresh(bank, NEXT)

    with pytest.raises(Refused) as refusal:
        refresh(bank, ON)

    assert refusal.value.code == "groups.refresh_goes_back"


def test_a_changed_segment_is_a_new_version():
    bank = SmallBank()
    party, _account = saver(bank)
    refresh(bank)
    definition = {
        "name_zh": "存款客户",
        "name_en": "Savers",
        "owner_department": "retail",
        "rule": {"feature": "balance_minor", "op": ">", "value": 0},
    }

    assert services.define_segment("savers", **definition, valid_from=ON) == 1
    assert services.define_segment("savers", **definition, valid_from=NEXT) == 1
    services.refresh(ON)
    assert "savers" in codes(party)
    definition["rule"] = {"feature": "balance_minor", "op": "<", "value": 0}
    assert services.define_segment("savers", **definition, valid_from=NEXT) == 2

    refresh(bank, NEXT)
    assert "savers" not in codes(party)
    assert queries.segment("savers", on=ON).version == 1
    assert queries.segment("savers", on=NEXT).version == 2


def test_preview_keeps_nothing_and_names_what_it_does_not_understand():
    bank = SmallBank()
    party, _account = saver(bank)
    refresh(bank)
    rows = SegmentMember.objects.count()

    found = services.preview({"feature": "balance_minor", "op": ">", "value": 0}, on=ON)

    assert (found.count, found.sample) == (1, (party,))
    assert SegmentMember.objects.count() == rows
    with pytest.raises(InvalidInput):
        services.preview({"feature": "shoe_size", "op": ">", "value": 0})


def test_an_unknown_segment_is_named():
    with pytest.raises(NotFound, match="no_such"):
        queries.segment("no_such")


@pytest.mark.parametrize("code", ["x' OR '1'='1", "", "9lives", "Idle", "a" * 41, "客群"])
def test_a_segments_code_is_a_word_of_letters_and_digits(code):
    before = list(Segment.objects.order_by("id").values())
    with pytest.raises(InvalidInput) as refused:
        services.define_segment(
            code, name_zh="x", name_en="x", rule={"all": []}, owner_department="direct"
        )
    assert refused.value.code == "groups.invalid_code"
    assert list(Segment.objects.order_by("id").values()) == before
