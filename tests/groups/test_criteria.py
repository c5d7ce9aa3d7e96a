"""Rules of stages and diagnoses change by two people's word, and never lose a customer."""

from __future__ import annotations

import pytest
from tests.console.builders import as_role, text_of

from liti.core import approvals
from liti.core.context import Actor, acting
from liti.core.errors import Forbidden, InvalidInput
from liti.core.ids import uuid7
from liti.core.models import Approval
from liti.groups import queries, services
from liti.groups.models import Criterion

pytestmark = pytest.mark.django_db
RULE = {"all": [{"feature": "balance_minor", "op": ">", "value": 500}]}
EVERYBODY = {"all": []}


def person(name: str, role: str = "operation_head") -> Actor:
    return Actor("staff", name, uuid7(), roles=frozenset({role}))


MAKER, CHECKER = person("maker", "marketing_operator"), person("checker")
NEW = {
    "code": "rich_and_new", "purpose": "stage", "outcome": "growth", "place": 2,
    "reason_zh": "余额高", "reason_en": "A high balance", "rule": RULE,
}  # fmt: skip


def stages() -> list[str]:
    rows = Criterion.objects.filter(purpose="stage").order_by("position")
    return list(rows.values_list("code", flat=True))


def test_a_new_criterion_takes_its_place_once_another_decides():
    before = stages()
    with acting(MAKER):
        made = services.propose_criterion(**NEW)
        with pytest.raises(Forbidden):
            approvals.decide(made, True)
    assert stages() == before
    with acting(CHECKER):
        approvals.decide(made, True)
        assert queries.criterion("rich_and_new").place == 2
        [written] = queries.criterion_history("rich_and_new")
    assert stages() == [before[0], "rich_and_new", *before[1:]]
    assert "maker" in written.doer


def test_a_change_moves_and_rewords_and_the_others_close_up():
    before = stages()
    with acting(MAKER):
        now = queries.criterion(before[3])
        made = services.propose_criterion(
            now.code, "stage", now.outcome, 1, now.reason_zh, "Other words", RULE
        )
    with acting(CHECKER):
        approvals.decide(made, True)
    assert stages() == [before[3], *before[:3], *before[4:]]
    row = Criterion.objects.get(code=before[3])
    assert (row.reason_en, row.rule) == ("Other words", RULE)


def test_what_can_be_no_criterion_is_refused_by_field():
    last = stages()[-1]
    bad = {
        "code": "a b", "purpose": "x", "outcome": "not_reached", "place": 99,
        "reason_zh": " ", "reason_en": "x" * 121,
    }  # fmt: skip
    with acting(MAKER):
        for field, value in bad.items():
            with pytest.raises(InvalidInput) as refused:
                services.propose_criterion(**NEW | {field: value})
            assert refused.value.data["field"] == field
        with pytest.raises(InvalidInput):
            services.propose_criterion(**NEW | {"rule": {"feature": "none", "op": ">", "value": 1}})
        with pytest.raises(InvalidInput, match="every customer"):
            services.propose_criterion(**NEW | {"place": len(stages()) + 1})
        with pytest.raises(InvalidInput, match="every customer"):
            services.propose_criterion(
                **NEW | {"code": last, "outcome": "active", "place": len(stages())}
            )
    with acting(person("desk", "service_desk")), pytest.raises(Forbidden):
        services.propose_criterion(**NEW)
    assert not Approval.objects.exists()


def test_the_page_has_the_door():
    client = as_role("marketing_operator")
    first = stages()[0]
    page = client.get(f"/list/criteria/{first}/")
    assert "propose-criterion-change" in page.content.decode()
    assert first in text_of(client.get("/list/criteria/"))
    form = client.get(f"/do/propose-criterion-change/on/{first}/")
    assert form.status_code == 200
