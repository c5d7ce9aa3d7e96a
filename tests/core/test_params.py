"""Parameters: typed, dated without overlap, read once, changed by two people."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liti.core import approvals, memo, params
from liti.core.clock import business_date, set_business_date
from liti.core.context import Actor, acting, job
from liti.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.core.models import Parameter
from liti.core.params import Declared
from liti.core.params.declared import _declare

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
CAP, LIMIT = "outreach.cap.per_7_days", "accounts.balance_max"
MAKER = Actor("staff", "maker", uuid7(), frozenset({"product_manager"}))
CHECKER = Actor("staff", "checker", uuid7(), frozenset({"risk_officer"}))


@pytest.fixture(autouse=True)
def a_day(db):
    set_business_date(TODAY)


def put(code: str, value: Any, on: date, scope: str = "") -> None:
    Parameter.objects.create(
        code=code, scope=scope, value=value, unit="count", source_tag="B", valid_from=on
    )


def asked(queries: Iterable[dict[str, str]]) -> int:
    return sum('FROM "core_parameter"' in q["sql"] for q in queries)


def days_asked(queries: Iterable[dict[str, str]]) -> int:
    return sum("core_businessday" in q["sql"] for q in queries)


def test_a_value_holds_until_the_next_and_a_scope_goes_first():
    put("t.limit", 5, date(2020, 1, 1))
    put("t.limit", 7, date(2021, 1, 1))
    put("t.limit", 9, date(2021, 1, 1), scope="vip")
    put("t.limit", None, date(2022, 1, 1), scope="vip")
    put("t.limit", None, date(2023, 1, 1))

    assert params.get("t.limit", on=date(2020, 12, 31)) == 5
    assert params.get("t.limit", on=date(2021, 1, 1)) == 7
    assert params.get("t.limit", on=date(2021, 12, 31), scope="vip") == 9
    assert params.get("t.limit", on=date(2022, 1, 1), scope="vip") == 7
    assert params.find("t.limit", on=date(2023, 1, 1)) is None
    for day in (date(2019, 12, 31), date(2023, 1, 1)):
        with pytest.raises(NotFound, match=r"t\.limit"):
            params.get("t.limit", on=day)
    assert [(v.value, v.valid_to) for v in params.parameter("t.limit")][:3] == [
        (None, None), (7, date(2023, 1, 1)), (5, date(2021, 1, 1)),
    ]  # fmt: skip


def test_the_database_keeps_one_value_per_code_scope_and_day():
    put("t.limit", 5, TODAY)
    with (
        pytest.raises(IntegrityError, match="one_value_per_parameter_and_day"),
        transaction.atomic(),
    ):
        put("t.limit", 6, TODAY)


DAYS = st.integers(0, 9).map(lambda n: TODAY + timedelta(days=n))


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.tuples(DAYS, st.sampled_from(["", "III"]),
                          st.one_of(st.none(), st.integers(0, 10**9))), max_size=12))  # fmt: skip
def test_on_each_day_holds_what_a_simple_model_says(writings):
    code, model = LIMIT, {}
    with transaction.atomic(), acting(job("database")):
        Parameter.objects.filter(code=code).delete()
        for day, scope, value in writings:
            params.set_parameter(code, value, day, scope)
            model[scope, day] = value
        for day in (TODAY + timedelta(days=n) for n in range(-1, 11)):
            for scope in ("", "III"):
                held = [
                    [v for (s, d), v in sorted(model.items()) if s == one and d <= day][-1:]
                    for one in (scope, "")
                ]
                expected = next((v[0] for v in held if v and v[0] is not None), None)
                assert params.find(code, on=day, scope=scope) == expected
        assert Parameter.objects.filter(code=code).count() == len(model)
        transaction.set_rollback(True)


def test_a_request_asks_once_for_a_day_and_once_for_the_business_date():
    with acting(CHECKER), CaptureQueriesContext(connection) as seen:
        for _n in range(3):
            params.get(CAP)
            params.find(LIMIT, scope="III")
            params.get(CAP, on=TODAY)
            business_date()
    assert (asked(seen.captured_queries), days_asked(seen.captured_queries)) == (1, 1)


def test_another_job_reads_anew_and_a_change_is_seen_at_once_also_around():
    with acting(job("test.outer")):
        assert params.get(CAP) == 3
        with acting(job("database")):
            params.set_parameter(CAP, 4, TODAY)
            assert params.get(CAP) == 4
        assert params.get(CAP) == 4
        Parameter.objects.filter(code=CAP, valid_from=TODAY).update(value=5)
        assert params.get(CAP) == 5
        set_business_date(TODAY - timedelta(days=1))
        assert params.get(CAP) == 3


def test_what_was_rolled_back_is_not_remembered_and_what_is_committed_is_kept_again(
    django_capture_on_commit_callbacks,
):
    with acting(job("database")):
        with transaction.atomic():
            params.set_parameter(CAP, 4, TODAY)
            assert params.get(CAP) == 4
            transaction.set_rollback(True)
        assert params.get(CAP) == 3
        assert not memo.is_on("parameters")
    with acting(job("database")):
        with django_capture_on_commit_callbacks(execute=True):
            params.set_parameter(CAP, 7, TODAY)
            assert not memo.is_on("parameters")
        assert memo.is_on("parameters")
        assert params.get(CAP) == 7
        with CaptureQueriesContext(connection) as seen:
            params.get(CAP, on=TODAY)
        assert len(seen) == 0


@pytest.mark.parametrize(
    ("declared", "good", "bad"),
    [
        (Declared("x", "integer", "days", minimum=Decimal(1), maximum=Decimal(9)),
         [1, 9], [0, 10, "5", 5.0, True]),
        (Declared("x", "money", "minor", minimum=Decimal(0)), [0, 10**12], [-1, "1", 1.5]),
        (Declared("x", "basis_points", "bp", maximum=Decimal(10_000)), [-5, 10_000], [10_001]),
        (Declared("x", "decimal", "probability", minimum=Decimal(0), maximum=Decimal(1)),
         ["0", "0.98", "1"], ["1.1", 0.5, "NaN", "1e999999", "x", "-0.1"]),
        (Declared("x", "flag", "flag"), [True, False], [1, "true"]),
        (Declared("x", "time", "time of day"), ["00:00", "23:59"], ["24:00", "9:00", "12:60", 9]),
        (Declared("x", "text", "", choices=("a", "b")), ["a"], ["c", "", 1]),
        (Declared("x", "list", "list"), [["a", "b"]], [[], ["a", "a"], "a", [1]]),
        (Declared("x", "map", "minor", minimum=Decimal(0)),
         [{"a": 0}], [{}, {"a": -1}, {"a": "1"}, ["a"]]),
        (Declared("x", "integer", "days", optional=True), [None], ["no"]),
        (Declared("x", "integer", "days"), [0], [None]),
    ],
    ids=lambda d: d.type if isinstance(d, Declared) else None,
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused(declared, good, bad):
    for value in good:
        assert declared.check(value) == value
    for value in bad:
        with pytest.raises(InvalidInput) as refused:
            declared.check(value)
        assert refused.value.code == "core.parameter.wrong_value"


@pytest.mark.parametrize(
    ("type", "unit", "text", "value", "shown"),
    [
        ("money", "minor", "1,234.50", 123_450, "¥1,234.50"),
        ("basis_points", "bp", "2.5%", 250, "2.5%"),
        ("basis_points", "bp", "600", 600, "6%"),
        ("integer", "days", "90", 90, "90 days"),
        ("flag", "flag", "是", True, "Yes"),
        ("list", "list", "a，b, c", ["a", "b", "c"], "a, b, c"),
        ("map", "minor", "mass: 0; gold：50,000", {"mass": 0, "gold": 5_000_000},
         "mass: ¥0.00, gold: ¥50,000.00"),
        ("time", "time of day", " 21:00 ", "21:00", "21:00"),
        ("decimal", "probability", "0.98", "0.98", "0.98"),
    ],
)  # fmt: skip
def test_a_value_is_typed_and_read_as_people_write_it(type, unit, text, value, shown):
    declared = Declared("x", type, unit)
    assert declared.parse(text) == value
    assert declared.show(value) == shown


def test_declarations_with_a_fault_are_refused_when_they_are_read():
    row = {"code": "t.a", "value": 5, "unit": "days", "source": "B", "type": "integer"}
    for odd, code in [
        ({"type": "number"}, "core.parameter.odd"),
        ({"valid_to": TODAY}, "core.parameter.odd"),
        ({"value": "5"}, "core.parameter.wrong_value"),
        ({"min": 6}, "core.parameter.wrong_value"),
    ]:
        with pytest.raises(InvalidInput) as refused:
            _declare("liti.test", row | odd, {})
        assert refused.value.code == code
    with pytest.raises(InvalidInput, match="lacks type"):
        _declare("liti.test", {k: v for k, v in row.items() if k != "type"}, {})


def test_every_parameter_of_the_house_has_a_type_and_a_chinese_name():
    for declared in params.declarations().values():
        assert declared.name_zh, declared.code
        assert declared.name_en, declared.code


def test_one_proposes_a_value_another_decides_and_the_database_remembers_both():
    with acting(MAKER):
        id = params.propose_parameter(CAP, "2", date(2026, 12, 1), regulation="Notice 7")
    assert params.get(CAP, on=date(2026, 12, 1)) == 3
    with acting(CHECKER):
        change = approvals.approval(id).change
        approvals.decide(id, True)

    assert change.summary == "Marketing contacts of a person in 7 days from 2026-12-01 on"
    assert [(x.label, x.before, x.after) for x in change.lines] == [
        ("Value", "3 contacts", "2 contacts"),
        ("Regulation", "", "Notice 7"),
        ("Source", "Unverified", "The bank's choice"),
    ]
    assert (change.links[0].page, change.links[0].key) == ("parameters", CAP)
    assert params.get(CAP, on=date(2026, 11, 30)) == 3
    assert params.get(CAP, on=date(2026, 12, 1)) == 2
    latest = params.history_of(CAP)[0]
    assert (latest.event, latest.on_behalf_of) == ("insert", "maker / checker")
    assert latest.actor == "approvals.core.parameter"
    assert latest.changes["value"] == (None, 2)


def test_a_proposal_reads_in_chinese():
    with acting(MAKER):
        id = params.propose_parameter(CAP, "2", date(2026, 12, 1))
        with translation.override("zh-hans"):
            assert approvals.approval(id).summary.startswith("每人 7 天内营销触达上限")


@pytest.mark.parametrize(
    ("given", "error", "code"),
    [
        (("no.such", "2", TODAY), NotFound, "core.parameter.unknown"),
        ((CAP, "two", TODAY), InvalidInput, "core.parameter.wrong_value"),
        ((CAP, "-1", TODAY), InvalidInput, "core.parameter.wrong_value"),
        ((CAP, "2", date(2026, 11, 22)), Refused, "core.change.past"),
        ((CAP, "2", TODAY, "fax"), InvalidInput, "core.parameter.unknown_scope"),
        ((CAP, "2", TODAY, "", "", "", "Z"), InvalidInput, "core.parameter.unknown_source"),
        ((CAP, "3", TODAY, "", "", "", "M"), Conflict, "core.change.same"),
    ],
)
def test_what_cannot_hold_is_refused_when_it_is_proposed(given, error, code):
    with acting(MAKER), pytest.raises(error) as refused:
        params.propose_parameter(*given)
    assert refused.value.code == code
    assert params.get(CAP) == 3
    with acting(CHECKER):
        assert approvals.pending() == []


def test_a_day_that_passed_before_the_decision_is_refused_then():
    with acting(MAKER):
        id = params.propose_parameter(CAP, "2", TODAY)
    set_business_date(TODAY + timedelta(days=1))
    with acting(CHECKER), pytest.raises(Refused, match="has passed"):
        approvals.decide(id, True)
    assert params.get(CAP) == 3


def test_a_limit_ends_by_proposal_and_a_needed_value_does_not():
    with acting(MAKER):
        id = params.propose_parameter_end(LIMIT, TODAY, "III")
        with pytest.raises(InvalidInput, match="must be a value"):
            params.propose_parameter_end(CAP, TODAY)
    assert params.find(LIMIT, scope="III") == 200_000
    with acting(CHECKER):
        approvals.decide(id, True)
    assert params.find(LIMIT, scope="III") is None


@pytest.mark.parametrize("role", ["service_desk", "auditor", "marketing_operator", "data_steward"])
def test_others_propose_no_parameter_and_nobody_writes_one_alone(role):
    other = Actor("staff", role, uuid7(), frozenset({role}))
    with acting(other), pytest.raises(Forbidden):
        params.propose_parameter(CAP, "2", TODAY)
    for actor in (other, MAKER, CHECKER):
        with acting(actor), pytest.raises(Forbidden):
            params.set_parameter(CAP, 2, TODAY)
        with acting(actor), pytest.raises(Forbidden):
            params.end_parameter(CAP, TODAY)
    assert params.get(CAP) == 3


def test_ends_of_old_rows_become_values_of_their_own():
    ends = importlib.import_module("liti.core.migrations.0005_parameters_do_not_overlap").ENDS
    old = [
        ("ends", "a", date(2016, 1, 1), date(2018, 1, 1)),
        ("ends", "b", date(2019, 1, 1), None),
        ("follows", "a", date(2016, 1, 1), date(2018, 1, 1)),
        ("follows", "b", date(2018, 1, 1), None),
        ("overlaps", "a", date(2016, 1, 1), None),
        ("overlaps", "b", date(2017, 1, 1), date(2018, 1, 1)),
        ("outlived", "a", date(2016, 1, 1), date(2018, 1, 1)),
        ("outlived", "b", date(2017, 1, 1), None),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE core_parameter (LIKE public.core_parameter INCLUDING ALL)"
            " ON COMMIT DROP; ALTER TABLE pg_temp.core_parameter ADD COLUMN valid_to date"
        )
        for code, value, valid_from, valid_to in old:
            cursor.execute(
                "INSERT INTO pg_temp.core_parameter (id, code, scope, value, unit, name_zh,"
                " name_en, regulation, article, source_tag, valid_from, valid_to) VALUES"
                " (gen_random_uuid(), %s, '', to_jsonb(%s::text), '', '', '', '', '', 'B', %s, %s)",
                [code, value, valid_from, valid_to],
            )
        cursor.execute(ends)
        cursor.execute(
            "SELECT code, valid_from, value #>> '{}' FROM pg_temp.core_parameter"
            " WHERE valid_from >= '2018-01-01' ORDER BY code, valid_from"
        )
        after = cursor.fetchall()
        cursor.execute("DROP TABLE pg_temp.core_parameter")
    assert after == [
        ("ends", date(2018, 1, 1), None),
        ("ends", date(2019, 1, 1), "b"),
        ("follows", date(2018, 1, 1), "b"),
        ("outlived", date(2018, 1, 1), "b"),
        ("overlaps", date(2018, 1, 1), "a"),
    ]
