"""No list, filter, sort, call or raw table reaches a masked column but by its whole value.

A filter by the beginning of a masked value, or an order by it, says the value letter by letter. So
all addresses are asked with all that they take, and with what somebody would try; each statement
that the database is sent for it is read. New pages, filters and calls are covered by themselves.
"""

from __future__ import annotations

import random
import re

import pytest
import sqlglot
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from sqlglot import exp
from tests.site.everybody import house, operations, path_of, paths

from liti.console.resources import Resource
from liti.console.resources import declared as resources
from liti.core import params
from liti.core.clock import business_date
from liti.core.context import acting, job
from liti.groups.wide import feature_kinds
from liti.site.raw_data import PERSONAL

pytestmark = pytest.mark.django_db
NAMES = frozenset({"name", "name_simplified", "name_pinyin"})
HIDDEN = NAMES | {
    "address", "email", "holder_name", "id_number", "id_number_claimed",
    "legal_representative_id", "mobile", "raw",
}  # fmt: skip
# A name is somebody's where a number of his stands beside it.
TABLES = {
    model._meta.db_table: columns
    for model in apps.get_models()
    if model.__module__.startswith("liti.")
    and (columns := HIDDEN & {f.column for f in model._meta.fields}) & {"id_number", "holder_name"}
}
PARTS = ("张", "王小", "zh", "138", "1101", "11010", "a@", "6222")
TRIED = ("sort", "order", "order_by", "ordering", "o", "by", "group_by", "filter", "fields")
ROLES = ("operation_head", "auditor", "engineer", "risk_officer", "data_steward")
WORN = (exp.Cast, exp.Paren, exp.Upper, exp.Lower, exp.Collate)


def reached(statement: str) -> list[str]:
    """What a statement does with masked columns beyond reading them or asking for a whole value."""
    if not any(table in statement for table in TABLES) or not statement.startswith(
        ("SELECT", "WITH")
    ):
        return []
    tree = sqlglot.parse_one(statement, read="postgres")
    of = {t.alias_or_name: t.name for t in tree.find_all(exp.Table)}
    held = {name for table in of.values() for name in TABLES.get(table, ())}
    found = []
    for column in tree.find_all(exp.Column):
        table = of.get(column.table, column.table)
        known = TABLES.get(table, frozenset()) if column.table in of else held
        if column.name in known and (use := _used(column)):
            found.append(f"{use}: {column.sql()} in {statement[:300]}")
    return found


def _used(column: exp.Column) -> str:
    if column.find_ancestor(exp.Order):
        return "order"
    place = column.find_ancestor(exp.Where, exp.Having, exp.Join, exp.Filter, exp.Case, exp.Select)
    if place is None or isinstance(place, exp.Select):
        return ""
    asked = column.parent
    while isinstance(asked, WORN):
        asked = asked.parent
    if isinstance(asked, (exp.EQ, exp.In, exp.Is)) or asked.sql().endswith("<> ''"):
        return ""
    if isinstance(asked, exp.Like):
        end = asked.expression.name
        if column.name == "mobile" and re.fullmatch(r"%\d{4}", end):  # what the mask shows
            return ""
        if column.name in NAMES and _of_enterprises(asked):  # public
            return ""
    return f"part ({type(asked).__name__})"


def _of_enterprises(asked: exp.Expression) -> bool:
    node = asked.parent
    while node is not None and not isinstance(node, exp.Select):
        if isinstance(node, exp.And) and "kind = 'organisation'" in re.sub(
            r'"?\w+"?\."?kind"?', "kind", " AND ".join(p.sql() for p in node.flatten())
        ):
            return True
        node = node.parent
    return False


def asked(client, path: str, query: dict[str, str], headers=None) -> tuple[int, list[str]]:
    connection.queries_log.clear()  # it keeps so many, and the rest would go unread
    with CaptureQueriesContext(connection) as sent:
        answer = client.get(path, query, headers=headers or {})
    found = [f"{path} {query}: {use}" for q in sent.captured_queries for use in reached(q["sql"])]
    return answer.status_code, found


def plenty() -> None:
    with acting(job("database")):
        for code in ("core.search.per_hour", "core.search.per_day"):
            params.set_parameter(code, 100_000, business_date())


@pytest.mark.parametrize(
    ("statement", "use"),
    [
        ("SELECT p.id FROM parties_party p ORDER BY p.mobile", "order"),
        ("SELECT id FROM parties_party ORDER BY name_pinyin DESC, id", "order"),
        ("SELECT row_number() OVER (ORDER BY email) FROM parties_sourcerecord", "order"),
        ("SELECT id FROM parties_party WHERE id_number LIKE '1101%'", "part"),
        ('SELECT "id" FROM "parties_party" WHERE "parties_party"."mobile"::text LIKE \'138%\'',
         "part"),
        ("SELECT id FROM parties_party WHERE mobile >= '138'", "part"),
        ("SELECT id FROM parties_party WHERE left(mobile, 3) = '138'", "part"),
        ("SELECT id FROM parties_party WHERE name ~ '^张'", "part"),
        ("SELECT a.id FROM ledger_account a JOIN parties_party p ON p.name ILIKE a.name || '%'",
         "part"),
        ("SELECT id FROM parties_party WHERE kind = 'person' AND name LIKE '张%'", "part"),
        ("SELECT id FROM accounts_boundcard WHERE holder_name LIKE '%伟'", "part"),
        ("SELECT id, mobile FROM parties_party WHERE mobile = '13800138001' ORDER BY id", ""),
        ("SELECT id FROM parties_party WHERE mobile LIKE '%8001' AND name IN ('张伟')", ""),
        ("SELECT id FROM parties_party WHERE kind = 'organisation' AND name LIKE '云%'", ""),
    ],
)  # fmt: skip
def test_the_reading_of_statements_sees_what_it_is_for(statement, use):
    assert [found.partition(":")[0].partition(" ")[0] for found in reached(statement)] == (
        [use] if use else []
    )


def test_the_masked_tables_are_all_known():
    assert {"parties_party", "parties_sourcerecord", "accounts_boundcard"} <= set(TABLES)
    assert HIDDEN - {"name"} <= PERSONAL | NAMES


def test_no_page_filters_or_sorts_by_a_part_of_what_is_masked():
    found, wrong, opened = house(), [], 0
    plenty()
    filters = {f"/list/{r.name}/": r.filters for r in resources() if isinstance(r, Resource)}
    for path in paths(found):
        tries = [{"q": part} for part in PARTS]
        tries += [dict.fromkeys(TRIED, c) for c in ("mobile", "-name", "id_number")]
        tries += [{f"{c}__startswith": "1" for c in HIDDEN}, {f"{c}__gt": "1" for c in HIDDEN}]
        tries += [{f.name: str(v)} for f in filters.get(path, ()) for v, _word in f.options()]
        for role in ROLES:
            status, reach = asked(found.logins[role], path, {})
            if status == 200:
                opened += 1
                tries = tries if path.startswith(("/list/", "/search", "/do/")) else tries[:3]
                for query in tries:
                    wrong += asked(found.logins[role], path, query)[1]
                wrong += reach
                break
    assert opened > 40
    assert wrong == []


def test_no_call_of_the_api_does():
    found, wrong, draw = house(), [], random.Random(1)
    calls = 0
    for operation in operations():
        if operation.method != "GET":
            continue
        names = [p["name"] for p in operation.parameters if p["in"] == "query"]
        tries = [dict.fromkeys((*names, *TRIED, *HIDDEN), part) for part in (*PARTS, "mobile")]
        for caller in ("bank", "partner"):
            for query in [{}, *tries]:
                headers = found.tokens[caller]
                calls += 1
                wrong += asked(found.logins["nobody"], path_of(operation, draw), query, headers)[1]
    assert calls > 50
    assert wrong == []


def test_no_raw_table_does():
    found, wrong = house(), []
    plenty()
    client = found.logins["engineer"]
    for model in apps.get_models():
        label = model._meta
        path = f"/admin/{label.app_label}/{label.model_name}/"
        if client.get(path).status_code != 200:
            continue
        columns = [f.name for f in label.fields if f.name in HIDDEN]
        tries = [{}, {"q": "138"}, {"q": "张"}]
        tries += [{"o": str(n)} for n in range(1, 9)] if label.db_table in TABLES else []
        tries += [{f"{c}__{how}": "1"} for c in columns for how in ("startswith", "gt", "lt")]
        for query in tries:
            wrong += asked(client, path, query)[1]
    assert wrong == []


def test_no_rule_of_a_group_can_name_one():
    assert set(feature_kinds()) & HIDDEN == set()
