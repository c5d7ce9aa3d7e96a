"""One standard for requests: the deadline, the log, escalation by the day, and who may do what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from tests.console.builders import as_role, go, signed_in, text_of
from tests.core.builders import member
from tests.parties.builders import known_party

from liti.care import queries, services
from liti.care.rules.requests import business_days_between, due_on, level
from liti.core import staff
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Refused
from liti.core.models import Event, User

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


@pytest.fixture
def party():
    set_business_date(FRIDAY)
    return known_party()


def asked(party, category="card", channel="phone"):
    return services.open_request(party, category, "card swallowed", channel=channel)


def customer(party):
    return acting(Actor("customer", "customer", party_id=party))


def person(*roles, **more):
    return acting(staff.actor_of(member(*roles, **more)))


def test_deadlines_count_business_days_from_the_next_day_on():
    workdays = lambda day: day.weekday() < 5  # noqa: E731
    assert due_on(FRIDAY, 1, workdays) == MONDAY
    assert due_on(FRIDAY, 6, workdays) == date(2026, 11, 30)
    assert due_on(FRIDAY, 0, workdays) == FRIDAY
    assert business_days_between(FRIDAY, MONDAY, workdays) == 1
    assert business_days_between(MONDAY, FRIDAY, workdays) == -1
    assert [level(left, 1, 5) for left in (3, 2, 1, 0, -1, -4, -5)] == [0, 0, 1, 2, 2, 2, 3]


def test_each_category_has_its_deadline(party):
    for category, due in (
        ("card", MONDAY), ("payment", date(2026, 11, 24)), ("other", date(2026, 11, 25)),
        ("complaint_fees", date(2026, 11, 27)), ("complaint_sales", date(2026, 12, 4)),
    ):  # fmt: skip
        assert queries.request(asked(party, category)).due_on == due


def test_a_request_goes_through_its_states_and_the_log_tells_it(party):
    request = asked(party)
    with person("service_desk", name="dora"):
        services.assign_request(request, "dora")
        services.answer_request(request, "a new card is on its way")
    with customer(party):
        services.rate_request(request, 4)
        services.close_request(request)

    found = queries.request(request)
    assert (found.status, found.kept, found.satisfaction) == ("closed", True, 4)
    assert (found.assigned_to, found.answered_on, found.closed_on) == ("dora", FRIDAY, FRIDAY)
    kinds = [s.kind for s in queries.request_steps(request)]
    assert kinds == ["opened", "assigned", "answered", "rated", "closed"]
    public = [s.kind for s in queries.request_steps(request, public=True)]
    assert public == ["opened", "answered", "rated", "closed"]
    said = list(Event.objects.filter(key=str(request)).values_list("type", flat=True))
    assert said == ["care.request.opened", "care.request.answered"]


def test_the_day_escalates_what_is_not_answered_and_never_twice(party):
    request = asked(party)  # due on Monday
    assert services.escalate_requests(FRIDAY).done == 1
    assert queries.request(request).level == 1
    assert services.escalate_requests(FRIDAY).done == 0
    set_business_date(MONDAY)
    assert services.escalate_requests(MONDAY).done == 1
    found = queries.request(request)
    assert (found.level, found.kept) == (2, False)
    assert services.escalate_requests(date(2026, 11, 30)).done == 1
    assert queries.request(request).level == 3
    assert queries.waiting_requests() == (1, 1)

    set_business_date(date(2026, 12, 1))
    services.answer_request(request, "late")
    services.reopen_request(request, "not solved")
    services.answer_request(request, "in time at last")
    found = queries.request(request)
    assert (found.kept, found.reopened, found.due_on) == (False, 1, date(2026, 12, 2))


def test_what_is_answered_is_not_escalated_and_a_deadline_may_be_met_on_its_last_day(party):
    request = asked(party)
    set_business_date(MONDAY)
    services.answer_request(request, "done")
    assert services.escalate_requests(MONDAY).done == 0
    assert queries.request(request).kept is True


def test_an_answer_after_the_last_day_breaks_it_before_any_day_step_ran(party):
    request = asked(party)
    set_business_date(date(2026, 11, 24))
    assert queries.request(request).overdue
    services.answer_request(request, "late")
    assert queries.request(request).kept is False


def test_the_step_goes_on_where_it_was(party, monkeypatch):
    made = sorted(asked(party) for _n in range(5))
    monkeypatch.setattr("liti.care.requests.CHUNK", 2)
    cursor, done = "", []
    while True:
        chunk = services.escalate_requests(FRIDAY, cursor)
        done.append(chunk.done)
        cursor = chunk.cursor
        if not cursor:
            break
    assert done == [2, 2, 1]
    assert {queries.request(r).level for r in made} == {1}


def test_refusals_change_nothing(party):
    request = asked(party)
    for call, error in (
        (lambda: asked(party, "cards"), InvalidInput),
        (lambda: asked(party, channel="pigeon"), InvalidInput),
        (lambda: services.open_request(party, "card", " ", channel="phone"), InvalidInput),
        (lambda: services.open_request(party, "card", "x" * 1001, channel="phone"), InvalidInput),
        (lambda: services.assign_request(request, "nobody"), NotFound),
        (lambda: services.close_request(request), InvalidInput),
        (lambda: services.reopen_request(request, "why"), Conflict),
        (lambda: services.rate_request(request, 5), Refused),
        (lambda: services.rate_request(request, 6), InvalidInput),
        (lambda: services.answer_request(request, "\n"), InvalidInput),
    ):
        with pytest.raises(error), transaction.atomic():
            call()
    found = queries.request(request)
    assert (found.status, found.satisfaction, len(queries.request_steps(request))) == (
        "received", None, 1,
    )  # fmt: skip
    assert queries.count_requests() == 1


def test_a_closed_one_is_reopened_for_a_while_only(party):
    request = asked(party)
    services.close_request(request, "asked twice")
    set_business_date(date(2026, 12, 20))
    services.reopen_request(request, "no")
    services.close_request(request, "asked twice")
    set_business_date(date(2027, 1, 20))
    with pytest.raises(Refused) as refused:
        services.reopen_request(request, "no")
    assert refused.value.code == "care.request.too_late"
    assert queries.request(request).status == "closed"


def test_the_log_stays(party):
    asked(party)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE care_requeststep SET text = 'nothing was said'")


def test_nobody_touches_anothers_request(party):
    request, other = asked(party), known_party()
    with customer(other):
        for call in (
            lambda: queries.request(request),
            lambda: queries.requests_of(party),
            lambda: services.close_request(request),
            lambda: services.reopen_request(request, "x"),
            lambda: services.rate_request(request, 1),
            lambda: services.open_request(party, "card", "x", channel="mobile"),
            lambda: services.answer_request(request, "x"),
        ):
            with pytest.raises(Forbidden):
                call()
    with person("finance_officer"), pytest.raises(Forbidden):
        services.answer_request(request, "x")


def test_the_report_counts_kept_and_broken_by_the_day_they_fell_due(party):
    kept, broken, waiting = asked(party), asked(party), asked(party, "complaint_fees")
    services.answer_request(kept, "done")
    services.rate_request(kept, 5)
    set_business_date(date(2026, 11, 24))
    services.answer_request(broken, "late")

    lines = {s.category: s for s in queries.standard(FRIDAY, date(2026, 11, 24))}
    card = lines["card"]
    assert (card.opened, card.kept, card.broken, card.share) == (2, 1, 1, Decimal("0.5"))
    assert (card.days, card.satisfaction) == (1, Decimal("5"))
    assert lines["complaint_fees"].waiting == 1
    assert (lines[""].opened, lines[""].kept, lines[""].broken) == (3, 1, 1)
    assert lines["loan"].share is None
    days = queries.standard_days(date(2026, 11, 24), 3, "card")
    assert days == [(date(2026, 11, 22), 0, 0), (MONDAY, 1, 1), (date(2026, 11, 24), 0, 0)]
    assert queries.request(waiting).kept is None


def test_the_desk_does_it_on_its_pages_and_sees_it_done(party):
    desk = as_role("service_desk")
    _confirm, done = go(
        desk, f"/do/open-request/on/{party}/", category="card", channel="branch", text="lost it"
    )
    request = queries.requests()[0]
    assert done.status_code == 302
    assert done.url == f"/list/requests/{request.id}/"
    assert "lost it" in text_of(desk.get(done.url))
    go(desk, f"/do/answer-request/on/{request.id}/", answer="blocked")
    page = desk.get(f"/list/requests/{request.id}/").content.decode()
    assert 'data-command="reopen-request"' in page
    assert 'data-command="answer-request"' not in page
    go(desk, f"/do/reopen-request/on/{request.id}/", reason="wrong card")
    assert queries.request(request.id).status == "received"
    lists = ("requests/", "requests.csv", "standard.csv", "standard/all/", "standard/card/",
             "requests/?state=mine")  # fmt: skip
    for address in lists:
        assert desk.get(f"/list/{address}").status_code == 200, address


def test_a_refused_command_says_why_on_the_page(party):
    desk = as_role("service_desk")
    request = asked(party)
    _confirm, refused = go(desk, f"/do/assign-request/on/{request}/", to="nobody-here")
    assert "There is no member of the staff nobody-here." in text_of(refused)
    assert queries.request(request).status == "received"


def test_the_customer_asks_in_the_app_and_is_answered_there(party):
    user = User.objects.create_user("anna", password="x", kind="customer", party_id=party)
    phone = signed_in(user)
    sent = phone.post("/m/requests/", {"category": "complaint_fees", "text": "what is this fee?"})
    [request] = queries.requests_of(party)
    assert (request.channel, request.department, sent.url) == (
        "mobile", "direct", f"/m/requests/{request.id}/",
    )  # fmt: skip
    assert "We answer by" in text_of(phone.get(sent.url))
    with person("service_desk", name="dora"):
        services.answer_request(request.id, "it is refunded")
    page = text_of(phone.get(sent.url))
    assert "it is refunded" in page
    assert "dora" not in page
    phone.post(sent.url, {"act": "reopen", "reason": "not yet"})
    assert queries.request(request.id).status == "received"
    refused = phone.post(sent.url, {"act": "rate", "stars": "5"})
    assert (refused.status_code, "not been answered yet" in text_of(refused)) == (422, True)
    phone.post(sent.url, {"act": "close"})
    assert queries.request(request.id).status == "closed"
    stranger = User.objects.create_user("bert", password="x", kind="customer",
                                        party_id=known_party())  # fmt: skip
    assert signed_in(stranger).get(sent.url).status_code == 404
    empty = phone.post("/m/requests/", {"category": "card", "text": " "})
    assert empty.status_code in (400, 422)
    assert len(queries.requests_of(party)) == 1
