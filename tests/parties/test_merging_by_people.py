"""Stewards merge and part customers by proposal; late rows and features follow."""

from __future__ import annotations

import random
import threading
from datetime import date
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.core.builders import give
from tests.market import builders as market_builders
from tests.parties.builders import known_party

from liti.accounts import queries as accounts
from liti.accounts.models import AccountHolder, ElectronicAccount
from liti.accounts.services import open_account
from liti.core import approvals
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting, job
from liti.core.errors import Forbidden, Refused
from liti.core.ids import uuid7
from liti.core.models import User
from liti.groups import services as groups
from liti.groups.models import SegmentMember, StageSpan
from liti.insight import queries as insight
from liti.insight import services as insight_services
from liti.insight.models import StaleParty
from liti.outreach.models import Contact
from liti.parties import merging, queries, services
from liti.parties.models import Consent, Merge, Party, Relation, ServiceAssignment
from liti.wealth.models import Fund, Holding

DAY = date(2026, 11, 23)


def steward(name: str, *roles: str) -> Actor:
    return Actor("staff", name, uuid7(), roles=frozenset(roles or {"data_steward"}))


def merge(was: UUID, heir: UUID) -> UUID:
    with transaction.atomic():
        return merging.merge({was: heir}, origin="steward", reason="same man")[was]


@pytest.mark.django_db
def test_one_steward_proposes_and_another_decides_both_ways(client):
    set_business_date(DAY)
    one, other = known_party(), market_builders.person()
    held = market_builders.account_of(other, 500)
    maker, checker = steward("maker"), steward("checker")

    with acting(maker):
        proposal = services.merge_parties(one, other, "the same papers")
        with pytest.raises((Refused, Forbidden)):
            approvals.decide(proposal, True)
    assert accounts.accounts_of(one) == []
    with acting(checker):
        approvals.decide(proposal, True)

    [made] = queries.merges()
    assert [a.id for a in accounts.accounts_of(one)] == [held]
    with acting(maker):
        back = services.unmerge(made.id, "father and son")
    with acting(checker):
        approvals.decide(back, True)
    assert [a.id for a in accounts.accounts_of(other)] == [held]
    assert queries.merge(made.id).state == "undone"
    assert queries.merge(made.id).moved["accounts_electronicaccount.party_id"] == 1


@pytest.mark.django_db
def test_two_valid_identities_are_never_merged_and_nobody_else_may_ask():
    one, other = market_builders.person(), market_builders.person()
    with acting(steward("maker")), pytest.raises(Refused, match="identity numbers"):
        services.merge_parties(one, other, "looks alike")
    with acting(steward("seller", "relationship_manager")), pytest.raises(Forbidden):
        services.merge_parties(one, other, "looks alike")
    assert not Merge.objects.exists()


@pytest.mark.django_db
def test_merges_have_a_page(client):
    one, other = known_party(), known_party()
    merge_id = merge(other, one)
    user = User.objects.create(username="steward", kind="staff")
    give(user, "data_steward")
    client.force_login(user)
    listed = client.get(reverse("console:list", args=["merges"]))
    shown = client.get(reverse("console:detail", args=["merges", merge_id]))

    assert str(merge_id) in listed.content.decode()
    assert "same man" in shown.content.decode()


@pytest.mark.django_db
def test_features_and_groups_of_both_are_computed_again(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path
    set_business_date(DAY)
    one, other = known_party(), known_party()
    market_builders.account_of(one, 300_00)
    market_builders.account_of(other, 500_00)
    insight_services.export_history()
    insight_services.build_features(DAY)
    groups.refresh(DAY)
    assert insight.features(one).values["balance_minor"] == 300_00

    merge_id = merge(other, one)
    assert StaleParty.objects.count() == 2
    assert groups.refresh_stale() == 2

    assert insight.features(other).party_id == one
    assert insight.features(one).values["balance_minor"] == 800_00
    assert not StaleParty.objects.exists()
    assert not StageSpan.objects.filter(party_id=other, until=None).exists()
    merging.unmerge(merge_id, "two brothers")
    assert groups.refresh_stale() == 2
    assert insight.features(one).values["balance_minor"] == 300_00
    assert insight.features(other).values["balance_minor"] == 500_00
    assert StageSpan.objects.filter(party_id=other, until=None).count() == 1


def test_a_late_row_never_lands_on_the_dead_id(committed):
    set_business_date(DAY)
    one, other = known_party(), known_party()
    begun, go_on = threading.Event(), threading.Event()
    opened: list[UUID] = []

    def merging_slowly() -> None:
        try:
            with acting(job("demo")), transaction.atomic():
                merging.merge({other: one}, origin="steward")
                begun.set()
                assert go_on.wait(20)
        finally:
            connections.close_all()

    def opening() -> None:
        try:
            assert begun.wait(20)
            with acting(job("demo")):
                opened.append(open_account(other, "II"))  # asks for the id that is just dying
        finally:
            connections.close_all()

    threads = [threading.Thread(target=merging_slowly), threading.Thread(target=opening)]
    for thread in threads:
        thread.start()
    assert begun.wait(20)
    _until_somebody_waits()
    go_on.set()
    for thread in threads:
        thread.join(30)

    assert ElectronicAccount.objects.get(id=opened[0]).party_id == one
    assert not ElectronicAccount.objects.filter(party_id=other).exists()


def test_a_merge_waits_for_a_command_that_holds_the_party(committed):
    set_business_date(DAY)
    one, other = known_party(), known_party()
    holding, go_on = threading.Event(), threading.Event()

    def opening() -> None:
        try:
            with acting(job("demo")), transaction.atomic():
                open_account(other, "II")
                holding.set()
                assert go_on.wait(20)
        finally:
            connections.close_all()

    def merging_now() -> None:
        try:
            assert holding.wait(20)
            with acting(job("demo")), transaction.atomic():
                merging.merge({other: one}, origin="steward")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=opening), threading.Thread(target=merging_now)]
    for thread in threads:
        thread.start()
    assert holding.wait(20)
    _until_somebody_waits()
    go_on.set()
    for thread in threads:
        thread.join(30)

    assert [a.party_id for a in accounts.accounts_of(one)] == [one]


def _until_somebody_waits() -> None:
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("nobody waits for a lock")


TABLES = (
    ElectronicAccount, AccountHolder, Holding, Relation, ServiceAssignment, Contact, SegmentMember,
    StageSpan, User, Consent,
)  # fmt: skip


class AnyTwo(TestCase):
    """Merge, act, unmerge: what was there before is as if they had never been one."""

    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, 2**32))
    def test_what_was_there_before_goes_back_row_by_row(self, seed):
        set_business_date(DAY)
        dice = random.Random(seed)
        one, other, third = known_party(), known_party(), known_party()
        for party in (one, other):
            _life(dice, party, third)
        before = {m: {r["pk"]: r for r in _rows(m)} for m in TABLES}

        merge_id = merge(other, one)
        _life(dice, dice.choice((one, other)), third, suffix="later")
        parted = merging.unmerge(merge_id, "two brothers")

        for model, rows in before.items():
            now = {r["pk"]: r for r in _rows(model)}
            assert {pk: now[pk] for pk in rows} == rows, model
        assert not Party.objects.exclude(status="active").exists()
        came = {key for _place, key in parted.came}
        mine = {a.id for a in accounts.accounts_of(one)}
        old = {r["pk"] for r in before[ElectronicAccount].values()}
        for account_id in mine - old:
            assert (str(account_id),) in came


def _rows(model):
    fields = [f.attname for f in model._meta.concrete_fields]
    for row in model.objects.values_list(*fields):
        found = dict(zip(fields, row, strict=True))
        key = tuple(found[f.attname] for f in model._meta.pk_fields)
        yield {**found, "pk": key if len(key) > 1 else key[0]}


def _life(dice: random.Random, party: UUID, third: UUID, suffix: str = "") -> None:
    for number in range(dice.randrange(3)):
        held = market_builders.account_of(queries.resolve([party])[party], 100)
        if dice.random() < 0.5:
            Holding.objects.create(
                account_id=held, party_id=queries.resolve([party])[party],
                fund=Fund.objects.first(), shares_minor=number + 1,
            )  # fmt: skip
    if suffix:
        return
    if dice.random() < 0.5:
        services.relate(party, third, "household", date(2026, 1, 1))
    if dice.random() < 0.7:
        services.assign_service(
            party, "lead_rm", f"RM{dice.randrange(3)}", "retail", date(2026, 1, 1)
        )
    if dice.random() < 0.5:
        services.grant_consents(
            [services.NewConsent(party, "marketing", "sms", dice.random() < 0.5, f"e:{party}")]
        )
    if dice.random() < 0.5:
        Contact.objects.create(
            party_id=party, on=DAY, product_code="X", channel="sms", department="cards"
        )
    since = dice.choice((DAY, date(2026, 10, 1)))
    SegmentMember.objects.create(party_id=party, segment_code="s", since=since)
    if dice.random() < 0.7:
        StageSpan.objects.create(party_id=party, stage="growth", criterion="c", since=since)
    User.objects.create(username=f"u{party.hex}", kind="customer", party_id=party)
