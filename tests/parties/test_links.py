"""Links between parties: what may join whom, ended and never taken away, moved and put back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from tests.parties.builders import known_party

from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.errors import Forbidden, InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.parties import merging, queries, services, teams
from liti.parties.models import Party, Relation
from liti.parties.rules.links import SHAPES
from liti.parties.services import NewRelation

DAY = date(2026, 11, 23)
SINCE = date(2024, 3, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(db):
    set_business_date(DAY)


def firm(name: str = "") -> object:
    party = known_party("organisation")
    Party.objects.filter(id=party).update(name=name)
    return party


def rows():
    return list(Relation.objects.order_by("id").values_list())


def test_every_kind_joins_whom_it_may_and_nobody_else():
    man, other, one, two = known_party(), known_party(), firm(), firm()
    ends = {"person": (man, other), "organisation": (one, two)}
    for kind, shape in SHAPES.items():
        for first in ends:
            for second in ends:
                pair = (ends[first][0], ends[second][1])
                if first in shape.ends[0] and second in shape.ends[1]:
                    services.relate(*pair, kind, SINCE, "No. 1")
                    found = Relation.objects.get(from_party=pair[0], to_party=pair[1], kind=kind)
                    assert (found.valid_from, found.basis) == (SINCE, "No. 1")
                else:
                    before = rows()
                    with pytest.raises(InvalidInput) as refused:
                        services.relate(*pair, kind, SINCE, "No. 1")
                    assert refused.value.code == "parties.relation.invalid"
                    assert rows() == before


@pytest.mark.parametrize(
    ("kind", "share", "basis", "since", "code"),
    [
        ("shareholder", 0, "No. 1", SINCE, "parties.relation.share"),
        ("shareholder", 10_001, "No. 1", SINCE, "parties.relation.share"),
        ("employee", 100, "", SINCE, "parties.relation.share"),
        ("shareholder", 100, "  ", SINCE, "parties.relation.basis"),
        ("beneficial_owner", 100, "", SINCE, "parties.relation.basis"),
        ("guarantor", None, "", SINCE, "parties.relation.basis"),
        ("employee", None, "", date(2026, 11, 24), "parties.relation.future"),
        ("owner", None, "", SINCE, "parties.relation.invalid"),
        ("shareholder", 100, "a\x00b", SINCE, "core.text.unreadable"),
    ],
)
def test_what_does_not_fit_is_refused_whole(kind, share, basis, since, code):
    man, company = known_party(), firm()
    with pytest.raises(InvalidInput) as refused:
        services.relate_many(
            [
                NewRelation(man, company, "legal_representative", SINCE),
                NewRelation(man, company, kind, since, basis, share),
            ]
        )
    assert refused.value.code == code
    assert rows() == []


def test_an_enterprise_has_no_more_owners_than_itself():
    one, other, company = known_party(), firm(), firm()
    services.relate(one, company, "shareholder", SINCE, "register 7", 6_000)
    sold = services.relate(other, company, "shareholder", SINCE, "register 8", 4_000)
    third = known_party()
    with pytest.raises(Refused) as refused:
        services.relate(third, company, "shareholder", SINCE, "register 9", 1)
    assert refused.value.code == "parties.relation.over_whole"
    assert "100.01 %" in refused.value.message
    assert Relation.objects.count() == 2

    services.end_relation(sold, DAY, "register 9")

    assert services.relate(third, company, "shareholder", SINCE, "register 9", 4_000)
    # what a man owns in the end is another whole than what stands in the register
    assert services.relate(third, company, "beneficial_owner", SINCE, "report", 10_000)


def test_a_link_is_ended_on_a_day_with_a_paper_and_stays_on_file():
    man, company = known_party(), firm()
    link = services.relate(man, company, "employee", SINCE, "contract 5")
    for on, basis in ((date(2024, 2, 29), "notice"), (date(2026, 11, 24), "notice"), (DAY, " ")):
        with pytest.raises(InvalidInput):
            services.end_relation(link, on, basis)
    assert Relation.objects.get().valid_to is None

    services.end_relation(link, date(2026, 6, 30), "notice 3")

    [found] = queries.relations_of(man)
    assert (found.valid_from, found.valid_to) == (SINCE, date(2026, 6, 30))
    assert (found.basis, found.ended_basis, found.label) == ("contract 5", "notice 3", "Employer")
    assert queries.relations_of(company)[0].label == "Employee"
    with pytest.raises(NotFound):
        services.end_relation(link, DAY, "again")
    with pytest.raises(NotFound):
        services.end_relation(uuid7(), DAY, "nobody's")
    assert services.relate(man, company, "employee", DAY)  # he comes back


def test_one_household_is_one_whichever_of_the_two_is_named_first():
    man, wife = known_party(), known_party()
    assert services.relate(man, wife, "household", SINCE)
    assert services.relate(wife, man, "household", SINCE) is None
    assert services.relate(man, wife, "guarantor", SINCE, "No. 1")
    assert services.relate(wife, man, "guarantor", SINCE, "No. 2")  # each for the other
    assert Relation.objects.count() == 3


def test_links_move_with_a_merge_and_go_back_as_they_were():
    one, other, wife, company = known_party(), known_party(), known_party(), firm()
    services.relate(wife, one, "household", SINCE)
    services.relate(other, wife, "household", date(2025, 1, 1))
    services.relate(other, company, "shareholder", SINCE, "register 7", 2_500)
    before = rows()
    with transaction.atomic():
        merge_id = merging.merge({other: one}, origin="steward", reason="same man")[other]

    assert {
        (r.kind, r.other_id, r.share_bp, r.valid_to) for r in queries.relations_of(other)
    } == {
        ("household", wife, None, None),
        ("household", wife, None, DAY),
        ("shareholder", company, 2_500, None),
    }  # fmt: skip
    assert queries.network(other).nodes[0].id == one

    merging.unmerge(merge_id, "two brothers")
    assert rows() == before


def test_a_file_does_not_bring_back_what_somebody_ended():
    man, company = known_party(), firm()
    link = services.relate(man, company, "employee", SINCE)
    Relation.objects.filter(id=link).update(origin="source", source="payroll")
    teams.refresh_relations()  # no file says so any more
    assert Relation.objects.get().valid_to == DAY
    assert Relation.objects.get().ended_basis == ""


def test_the_picture_reaches_two_steps_over_open_links_through_persons_and_firms():
    man, wife, company, buyer, far = (
        known_party(), known_party(), firm("One Ltd"), firm("Two Ltd"), firm("Three Ltd"),
    )  # fmt: skip
    services.relate(man, wife, "household", SINCE)
    services.relate(man, company, "legal_representative", SINCE)
    services.relate(company, buyer, "supplier", SINCE)
    services.relate(buyer, far, "supplier", SINCE)
    gone = services.relate(wife, far, "employee", SINCE)
    services.end_relation(gone, DAY, "notice")

    found = queries.network(man)

    assert {(n.id, n.steps, n.via) for n in found.nodes} == {
        (man, 0, None), (wife, 1, man), (company, 1, man), (buyer, 2, company),
    }  # fmt: skip
    assert {(e.from_id, e.to_id, e.kind) for e in found.edges} == {
        (man, wife, "household"),
        (man, company, "legal_representative"),
        (company, buyer, "supplier"),
    }
    assert not found.cut
    assert {n.id for n in queries.network(buyer).nodes} == {buyer, company, far, man}


def test_a_big_employer_fills_the_picture_and_says_so():
    company = firm()
    services.relate_many(
        [NewRelation(known_party(), company, "employee", SINCE) for _n in range(41)]
    )
    found = queries.network(company)
    assert (len(found.nodes), len(found.edges), found.cut) == (40, 39, True)


def test_who_serves_records_links_and_who_looks_on_does_not(monkeypatch):
    man, company = known_party(), firm()
    with acting(Actor(kind="staff", label="a", roles=frozenset({"auditor"}))):
        with pytest.raises(Forbidden):
            services.relate(man, company, "employee", SINCE)
        assert queries.relations_of(man) == []
    with acting(Actor(kind="staff", label="s", roles=frozenset({"service_desk"}))):
        link = services.relate(man, company, "employee", SINCE)
        assert Relation.objects.get(id=link).source == "s"
    with (
        acting(Actor(kind="customer", label="c", party_id=man)),
        pytest.raises(Forbidden),
    ):
        services.end_relation(link, DAY, "my wish")
    assert Relation.objects.get().valid_to is None
