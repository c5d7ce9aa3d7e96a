"""The shelf changes by proposal: terms, place, products, suppliers."""

from __future__ import annotations

from datetime import date

import pytest

from liti.core import approvals
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from liti.core.ids import uuid7
from liti.market import proposals, queries, services
from liti.market.models import Product, Supplier

pytestmark = pytest.mark.django_db
SWEEP = "LTYEB1"
TODAY, LATER = date(2026, 11, 23), date(2026, 12, 1)
MAKER = Actor("staff", "maker", uuid7(), frozenset({"product_manager"}))
CHECKER = Actor("staff", "checker", uuid7(), frozenset({"risk_officer"}))
TERMS = {
    "name_zh": "余额理财", "name_en": "Sweep", "summary_zh": "说明", "summary_en": "About",
    "risk_level": 2, "amount_min_minor": 100, "amount_max_minor": 5_000_000,
    "account_classes": ["II"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def a_day(db):
    set_business_date(TODAY)


def agreed(id):
    with acting(CHECKER):
        return approvals.decide(id, True)


def test_terms_hold_from_their_day_on_and_the_engine_stays():
    with acting(MAKER):
        id = services.propose_product_version(SWEEP, LATER, **TERMS)
    before = queries.product(SWEEP)
    agreed(id)
    assert queries.product(SWEEP) == before
    set_business_date(LATER)
    after = queries.product(SWEEP)
    assert (after.version, after.risk_level, after.amount_max_minor) == (2, 2, 5_000_000)
    assert (after.name_en, after.takes_orders) == ("Sweep", True)
    revision = proposals.terms_history(SWEEP)[0]
    assert (revision.on_behalf_of, revision.changes["risk_level"]) == ("maker / checker", (None, 2))


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"risk_level": 6}, "risk_level"),
        ({"amount_min_minor": -1}, "amount_max_minor"),
        ({"amount_max_minor": 99}, "amount_max_minor"),
        ({"account_classes": ["IV"]}, "account_classes"),
        ({"name_zh": " "}, "name_zh"),
        ({"summary_en": "x" * 301}, "summary_en"),
    ],
)
def test_terms_that_cannot_hold_are_refused_naming_the_field(odd, field):
    with acting(MAKER), pytest.raises(InvalidInput) as refused:
        services.propose_product_version(SWEEP, LATER, **TERMS | odd)
    assert refused.value.data["field"] == field


def test_a_product_is_moved_by_two_people_only():
    with acting(MAKER):
        with pytest.raises(Forbidden):
            services.move_product(SWEEP, "suspended")
        with pytest.raises(Conflict):
            services.propose_product_status(SWEEP, "draft")
        id = services.propose_product_status(SWEEP, "suspended")
        with pytest.raises(Forbidden):
            approvals.decide(id, True)
    assert Product.objects.get(code=SWEEP).status == "on_shelf"
    agreed(id)
    assert Product.objects.get(code=SWEEP).status == "suspended"
    assert proposals.shelf_history(SWEEP)[0].changes["status"] == ("on_shelf", "suspended")


def test_a_new_product_of_a_new_supplier_goes_on_the_shelf_step_by_step():
    with acting(MAKER), pytest.raises(NotFound, match="no supplier"):
        services.propose_product("NEW1", "newco", "direct", "wealth")
    with acting(MAKER):
        id = services.propose_supplier("newco", "insurer", "新公司", "New Co")
    agreed(id)
    with acting(MAKER):
        id = services.propose_product("NEW1", "newco", "direct", "wealth")
    agreed(id)
    with acting(MAKER):
        terms = services.propose_product_version("NEW1", TODAY, **TERMS)
        place = services.propose_product_status("NEW1", "on_shelf")
    agreed(terms)
    agreed(place)

    assert Supplier.objects.get(code="newco").name_en == "New Co"
    assert "NEW1" in {p.code for p in queries.shelf()}
    with acting(MAKER), pytest.raises(InvalidInput, match="there already"):
        services.propose_product("NEW1", "newco", "retail", "wealth")


@pytest.mark.parametrize("role", ["service_desk", "engineer", "finance_officer", "auditor"])
def test_others_propose_nothing_about_the_shelf(role):
    with acting(Actor("staff", role, uuid7(), frozenset({role}))), pytest.raises(Forbidden):
        services.propose_product_status(SWEEP, "suspended")
