"""Staff see what could not be delivered, try it again, or give it up with a reason."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client
from tests.core.builders import give
from tests.core.delivery import due_now, hears

from liti.cli.events import events as cli
from liti.core import delivery, events
from liti.core.ids import uuid7
from liti.core.models import Delivery, User

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    user = User.objects.create_user(f"{role}-{uuid7()}", password="x", kind="staff")
    give(user, role)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fails(_event):
    raise RuntimeError("the supplier's table is locked")


def dead_letter(handler="test.broken"):
    with hears(handler, fails):
        for n in range(3):
            events.emit("test.told", "test:x", {"n": n})
        for _attempt in range(8):
            delivery.deliver_pending()
            due_now()
    return Delivery.objects.get(handler=handler, state="dead")


def test_a_dead_letter_says_what_and_why_and_how_many_wait():
    row = dead_letter()
    engineer = signed_in("engineer")
    listed = engineer.get("/list/deliveries/").content.decode()
    assert "test.broken" in listed
    assert f"/deliveries/{row.id}/" in listed
    page = engineer.get(f"/deliveries/{row.id}/").content.decode()
    assert "RuntimeError: the supplier&#x27;s table is locked" in page
    assert '<dd id="behind">2</dd>' in page
    assert "No handler has this name any more" in page
    assert 'id="retry"' not in page
    assert "test.broken" in engineer.get("/list/handlers/").content.decode()
    narrowed = engineer.get("/list/deliveries/?handler=test.other&state=dead").content.decode()
    assert "/deliveries/" + str(row.id) not in narrowed


def test_an_engineer_has_it_tried_again():
    row = dead_letter()
    with hears("test.broken", lambda e: None):
        answer = signed_in("engineer").post(f"/deliveries/{row.id}/", {"decision": "retry"})
        assert (answer.status_code, answer["Location"]) == (302, "/list/deliveries/")
        assert delivery.deliver_pending() == 3


def test_giving_up_needs_a_reason_and_is_signed():
    row = dead_letter()
    head = signed_in("operation_head")
    refused = head.post(f"/deliveries/{row.id}/", {"decision": "give_up", "reason": " "})
    assert refused.status_code == 422
    assert "reason of 1 to 500" in refused.content.decode()
    assert Delivery.objects.get(id=row.id).state == "dead"
    head.post(f"/deliveries/{row.id}/", {"decision": "give_up", "reason": "bought twice"})
    row.refresh_from_db()
    assert (row.state, row.reason) == ("given_up", "bought twice")
    assert row.decided_by.startswith("operation_head-")


def test_the_auditor_reads_and_the_service_desk_does_not():
    row = dead_letter()
    auditor = signed_in("auditor")
    page = auditor.get(f"/deliveries/{row.id}/").content.decode()
    assert "Your role may read this" in page
    assert 'id="give-up"' not in page
    tried = auditor.post(f"/deliveries/{row.id}/", {"decision": "give_up", "reason": "x"})
    assert tried.status_code == 403
    assert Delivery.objects.get(id=row.id).state == "dead"
    desk = signed_in("service_desk")
    assert desk.get("/list/deliveries/").status_code == 403
    assert desk.get(f"/deliveries/{row.id}/").status_code == 403


def test_the_same_from_the_command_line():
    row = dead_letter()

    def said(*words):
        answer = CliRunner().invoke(cli, [*map(str, words)])
        assert answer.exit_code == 0, answer.output
        return answer.output

    assert f"{row.id}  dead  test.broken" in said("list", "--state", "dead")
    assert "(no such handler)" in said("handlers")
    assert "waiting  test.broken" in said("retry", row.id)
    assert "given_up  test.broken" in said("give-up", row.id, "a test of the door")
    assert "0 delivered" in said("deliver")
    assert "0 rows removed" in said("remove")
