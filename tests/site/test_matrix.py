"""All forms × thirteen logins, all calls × five callers: who has no business there changes nothing.

The addresses come from the URL conf, the commands and the description of the API, so that a
new one is covered by itself.
"""

from __future__ import annotations

import json
import random

import pytest
from tests.site.everybody import (
    CALLERS,
    LOGINS,
    addresses,
    commands,
    fitting,
    house,
    operations,
    path_of,
    paths,
    written,
)

from liti.console import acts
from liti.core import authority
from liti.core.ids import uuid7
from liti.day.services import request_close
from liti.ledger.models import Transfer
from liti.market.models import Order

pytestmark = pytest.mark.django_db
SHUT = (403, 404)
MAY_WRITE = ("/language/", "/ui/theme/")


@pytest.mark.parametrize("login", LOGINS)
def test_a_command_opens_for_whom_it_is_declared_and_for_nobody_else(login):
    found = house()
    client, before, wrong = found.logins[login], written(), {}
    for command in commands():
        allowed = login in authority.declaration_of(command.function).staff
        path = command.href(str(uuid7()))
        opened = client.get(path).status_code
        sent = client.post(path, {"act": acts.new_key()}).status_code
        if not allowed:
            fits = {opened, sent} <= ({302} if login in LOGINS[-3:] else {*SHUT})
        elif command.level == "list":
            fits = opened == 200 and sent in (200, 422)
        else:  # a row that is not there
            fits = opened in (200, *SHUT) and sent in (200, 422, *SHUT)
        if not fits:
            wrong[path] = (opened, sent)
    assert wrong == {}
    assert written() == before, "a refusal or an empty form changed rows"


@pytest.mark.parametrize("login", LOGINS)
def test_an_empty_form_sent_anywhere_breaks_and_changes_nothing(login):
    found = house()
    client, before, broken = found.logins[login], written(), {}
    open_to_all = ("/auth/", "/o/", *MAY_WRITE)
    for path in paths(found):
        if path.startswith(("/auth/logout", "/do/")):  # commands have their own test
            continue
        answer = client.post(path, {"act": acts.new_key()})
        if answer.status_code >= 500:
            broken[path] = answer.status_code
        stranger = login == "nobody" and not path.startswith((*open_to_all, "/api/"))
        if stranger and answer.status_code not in (302, *SHUT, 405):
            broken[path] = answer.status_code
    assert broken == {}
    changed = {t for t, n in written().items() if before.get(t) != n}
    asked = {"procrastinate_jobs", "procrastinate_events"}  # the close is a button
    mine = asked if login in authority.declaration_of(request_close).staff else set()
    assert changed <= mine


@pytest.mark.parametrize("caller", CALLERS)
def test_every_call_answers_a_caller_by_what_he_may(caller):
    found, draw = house(), random.Random(11)
    client, headers = found.logins["nobody"], found.tokens[caller]
    rows = (Transfer.objects.count(), Order.objects.count())
    before, wrong = written(), {}
    for operation in operations():
        ledger = operation.path.startswith("/api/v1/ledger/")
        body = fitting(operation.body, draw) if operation.body else None
        answer = client.generic(
            operation.method,
            path_of(operation, draw),
            b"" if body is None else json.dumps(body),
            content_type="application/json",
            headers=headers | {"Idempotency-Key": "key-of-the-matrix"},
        )
        mine = caller in (("bank",) if ledger else ("partner", "other_partner"))
        expected = (200, 201, 404, 422) if mine else (401,) if caller == "anonymous" else (403,)
        if answer.status_code not in expected:
            wrong[operation.method, operation.path] = answer.status_code
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code
    assert wrong == {}
    assert (Transfer.objects.count(), Order.objects.count()) == rows
    if caller in ("without_scopes", "anonymous", "bank"):
        changed = {table for table, n in written().items() if before.get(table) != n}
        # what the ledger refused a program is kept, so that the id is answered alike for ever
        assert changed <= ({"ledger_answer"} if caller == "bank" else set())


def test_what_is_another_partners_is_not_there():
    found = house()
    client = found.logins["nobody"]
    body = {"member_no": "A-900", "product_code": "LTYEB1", "amount_minor": 100}
    answer = client.post(
        "/api/v1/partner/orders",
        body,
        content_type="application/json",
        headers=found.tokens["partner"] | {"Idempotency-Key": "key-00001"},
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "partners.unknown_member")
    assert Order.objects.count() == 0


def test_methods_that_a_call_does_not_know_are_problems_that_say_which_it_knows():
    found = house()
    for operation in operations():
        path = path_of(operation, random.Random(1))
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = found.logins["nobody"].generic(method, path, headers=found.tokens["bank"])
            assert answer.status_code == 405, (method, path)
            assert answer["Content-Type"] == "application/problem+json"
            assert operation.method in answer["Allow"]
            assert answer.json()["code"] == "api.method"


def test_the_matrix_is_made_from_what_is_there():
    assert len(list(addresses())) > 40
    assert len(operations()) >= 7
    assert len(list(commands())) >= 30
