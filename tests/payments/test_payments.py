"""Money in and out by the bound card, against the real clearing house program."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.accounts.builders import account, card
from tests.payments.conftest import LATE_SECONDS, Wire

from liti.accounts import services as accounts
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.ledger.queries import balance, internal_account
from liti.payments import clearing, queries, rules, services
from liti.payments.clearing import NEVER_SEEN, NO_ANSWER, Answer, HttpClearingHouse, Instruction

pytestmark = pytest.mark.django_db
NOBODY = HttpClearingHouse("http://127.0.0.1:1", 0.2)


class Scripted:
    """A house that says what the test lets it say; it counts what it was sent."""

    def __init__(self, submit: Answer, query: Answer = NO_ANSWER) -> None:
        self.says_submit, self.says_query, self.sent = submit, query, 0

    def submit(self, instruction: Instruction) -> Answer:
        self.sent += 1
        return self.says_submit

    def query(self, instruction_id: UUID) -> Answer:
        return self.says_query


def suspense() -> int:
    return balance(internal_account("suspense"))


def test_money_goes_out_to_the_bound_card(wire: Wire):
    held = account(10_000)
    before = wire.settled()["out"]

    paid = services.withdraw(held, card(held), 4_000, "k", house=wire.house)

    assert (paid.status, paid.reason_code) == ("settled", "")
    assert paid.clearing_reference.startswith("CLR")
    assert balance(held) == 6_000
    assert queries.in_flight_minor(held) == 0
    assert wire.settled()["out"] - before == 4_000


def test_money_comes_in_when_the_clearing_house_says_so(wire: Wire):
    held = account()
    paid = services.top_up(held, card(held), 2_500, "k", house=wire.house)
    assert (paid.status, balance(held)) == ("settled", 2_500)
    assert queries.payments_of(held) == [paid]


@pytest.mark.parametrize(
    ("direction", "last", "reason"), [("out", "0001", "AC04"), ("in", "0002", "AM04")]
)
def test_what_is_refused_leaves_the_account_as_it_was(wire: Wire, direction, last, reason):
    held = account(10_000)
    command = services.withdraw if direction == "out" else services.top_up
    paid = command(held, card(held, last), 4_000, "k", house=wire.house)
    assert (paid.status, paid.reason_code) == ("failed", reason)
    assert balance(held) == 10_000


def test_an_answer_that_comes_too_late_is_no_failure(wire: Wire):
    held = account(10_000)
    paid = services.withdraw(held, card(held, "0003"), 4_000, "k", house=wire.house)
    assert paid.status == "unknown"
    assert (balance(held), queries.in_flight_minor(held)) == (6_000, 4_000)

    assert services.resolve(paid.id, house=wire.house).status == "settled"
    assert (balance(held), queries.in_flight_minor(held)) == (6_000, 0)


def test_an_instruction_lost_on_the_way_is_sent_again_and_moves_once(wire: Wire):
    held = account()
    before = wire.settled()["in"]
    paid = services.top_up(held, card(held, "0004"), 700, "k", house=wire.house)
    assert (paid.status, balance(held)) == ("unknown", 0)

    time.sleep(LATE_SECONDS)
    assert services.resolve(paid.id, house=wire.house).status == "settled"
    assert services.resolve(paid.id, house=wire.house).status == "settled"
    assert (balance(held), wire.settled()["in"] - before) == (700, 700)


def test_pending_is_not_decided_until_the_house_says_so(wire: Wire):
    held = account(500)
    paid = services.withdraw(held, card(held, "0005"), 500, "k", house=wire.house)
    assert (paid.status, paid.reason_code) == ("unknown", "PDNG")
    assert [p.id for p in queries.undecided()] == [paid.id]
    assert services.resolve_undecided(house=wire.house) == 1
    assert queries.payment(paid.id).status == "settled"


def test_never_seen_is_asked_again_and_never_taken_for_a_refusal():
    held = account(500)
    house = Scripted(NO_ANSWER, NEVER_SEEN)
    paid = services.withdraw(held, card(held), 500, "k", house=house)
    for _ in range(3):
        assert services.resolve(paid.id, house=house).status == "unknown"
    assert (house.sent, balance(held), queries.in_flight_minor(held)) == (4, 0, 500)


def test_a_house_that_is_out_stops_the_round_early():
    held = account(1_000)
    bound = card(held)
    for n in range(services.SILENT_MAX + 2):
        services.withdraw(held, bound, 100, f"k{n}", house=NOBODY)
    asked: list[UUID] = []
    silent = Scripted(NO_ANSWER)
    silent.query = lambda id: asked.append(id) or NO_ANSWER  # type: ignore[method-assign]

    assert services.resolve_undecided(house=silent) == 0
    assert len(asked) == services.SILENT_MAX
    # those that were not asked come first in the next round
    assert services.resolve_undecided(house=silent) == 0
    assert len(set(asked)) == services.SILENT_MAX + 2


def test_the_same_key_is_one_payment_and_with_other_content_a_conflict(wire: Wire):
    held = account(10_000)
    bound = card(held)
    first = services.withdraw(held, bound, 4_000, "k", house=wire.house)
    card(held, "7777")
    accounts.move_card(bound, "unbound")

    assert services.withdraw(held, bound, 4_000, "k", house=wire.house) == first
    with pytest.raises(Conflict) as refused:
        services.withdraw(held, bound, 4_001, "k", house=wire.house)
    assert refused.value.code == "payments.key_reused"
    with pytest.raises(Conflict):
        services.top_up(held, bound, 4_000, "k", house=wire.house)
    assert balance(held) == 6_000


def test_what_can_not_be_paid_is_refused_and_leaves_nothing_behind():
    held, other = account(100), account(100)
    bound = card(held)
    for amount, key in [(0, "k"), (-5, "k"), (1.5, "k"), (10**19, "k"), (1, ""), (1, "x" * 121)]:
        with pytest.raises(InvalidInput):
            services.withdraw(held, bound, amount, key, house=NOBODY)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        services.withdraw(held, bound, 101, "k", house=NOBODY)
    assert refused.value.code == "ledger.insufficient_funds"
    with pytest.raises(Refused) as refused:
        services.withdraw(other, bound, 1, "k", house=NOBODY)
    assert refused.value.code == "payments.card_not_usable"
    with pytest.raises(NotFound):
        services.withdraw(held, uuid7(), 1, "k", house=NOBODY)
    accounts.move_card(bound, "suspended")
    with pytest.raises(Refused):
        services.withdraw(held, bound, 1, "k", house=NOBODY)
    assert (balance(held), queries.payments_of(held)) == (100, [])
    with pytest.raises(NotFound):
        services.resolve(uuid7(), house=NOBODY)


def test_top_ups_under_way_count_against_the_balance_cap():
    held = account(50_000, "III")
    bound = card(held)
    services.top_up(held, bound, 150_000, "a", house=NOBODY)
    with pytest.raises(Refused) as refused:
        services.top_up(held, bound, 1, "b", house=NOBODY)
    assert refused.value.code == "accounts.balance_cap"


def test_money_for_an_account_that_was_frozen_meanwhile_waits_in_suspense():
    held, before = account(900), suspense()
    bound = card(held)
    coming = services.top_up(held, bound, 300, "in", house=Scripted(NO_ANSWER))
    going = services.withdraw(held, bound, 500, "out", house=Scripted(NO_ANSWER))
    accounts.move_account(held, "frozen")

    services.resolve(coming.id, house=Scripted(NO_ANSWER, Answer("ACSC")))
    services.resolve(going.id, house=Scripted(NO_ANSWER, Answer("RJCT", "AC04")))

    assert {p.status for p in queries.payments_of(held)} == {"settled", "failed"}
    assert (balance(held), suspense() - before) == (400, 800)


def test_nothing_is_sent_from_inside_a_transaction():
    house = Scripted(Answer("ACSC"))
    with pytest.raises(RuntimeError), transaction.atomic():
        services.withdraw(uuid7(), uuid7(), 1, "k", house=house)
    assert house.sent == 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["in", "out", "resolve"]),
        st.integers(1, 5_000),
        st.sampled_from(["fine", "refused", "no answer", "booked without answer"]),
    ),
    max_size=25,
)


class Model:
    """A clearing house with its own books that answers as told, or not at all."""

    def __init__(self) -> None:
        self.mood = "fine"
        self.known: dict[UUID, tuple[Answer, int]] = {}

    def submit(self, instruction: Instruction) -> Answer:
        if self.mood == "no answer":
            return NO_ANSWER
        sign = 1 if instruction.direction == "in" else -1
        said = Answer("RJCT", "AC04") if self.mood == "refused" else Answer("ACSC")
        self.known.setdefault(instruction.id, (said, sign * instruction.amount_minor))
        lost = self.mood == "booked without answer"
        return NO_ANSWER if lost else self.known[instruction.id][0]

    def query(self, instruction_id: UUID) -> Answer:
        return self.known[instruction_id][0] if instruction_id in self.known else NEVER_SEEN

    def net(self) -> int:
        return sum(minor for said, minor in self.known.values() if said.status == "ACSC")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_whatever_happens_no_money_is_lost_or_doubled(steps):
    opening = 6_000
    held = account(opening)
    bound, house = card(held), Model()
    for number, (step, amount, mood) in enumerate(steps):
        house.mood = mood
        if step == "resolve":
            services.resolve_undecided(house=house)
        else:
            command = services.top_up if step == "in" else services.withdraw
            if step == "out" and amount > balance(held):
                with pytest.raises(Refused):
                    command(held, bound, amount, str(number), house=house)
            else:
                command(held, bound, amount, str(number), house=house)
        settled = sum(
            p.amount_minor if p.direction == "in" else -p.amount_minor
            for p in queries.payments_of(held)
            if p.status == "settled"
        )
        assert balance(held) + queries.in_flight_minor(held) == opening + settled

    house.mood = "fine"
    for _ in range(2):
        services.resolve_undecided(house=house)
    assert queries.undecided() == []
    assert balance(held) == opening + house.net()


def instruction(**fields: object) -> Instruction:
    made = Instruction(
        uuid7(), "out", 1_234, "CNY", uuid7().hex, "8888", "王<小>&明", datetime.now(UTC)
    )
    return replace(made, **fields)


def test_the_house_takes_an_instruction_once_and_no_other_under_its_id(wire: Wire):
    asked = instruction()
    first = wire.house.submit(asked)
    assert (first.status, wire.house.submit(asked), wire.house.query(asked.id)) == (
        "ACSC",
        first,
        first,
    )
    assert wire.house.submit(replace(asked, amount_minor=9)) == NO_ANSWER
    assert wire.house.query(uuid7()) == NEVER_SEEN


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no xml",
        b"<Document/>",
        b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>',
        clearing.pacs_008(instruction()).replace(b">12.34<", b">-12.34<"),
        clearing.pacs_008(instruction()).replace(b"EndToEndId", b"OtherId"),
        b"x" * 300_000,
    ],
)
def test_the_house_refuses_what_is_no_message(wire: Wire, body: bytes):
    before = wire.settled()
    assert wire.house._ask(f"{wire.house.url}/payments", uuid7(), body) == NO_ANSWER
    assert wire.settled() == before


def test_an_answer_about_another_instruction_or_with_entities_is_no_answer():
    asked = instruction()
    report = (
        f'<Document xmlns="{clearing.PACS_002}"><FIToFIPmtStsRpt><TxInfAndSts>'
        f"<OrgnlEndToEndId>{asked.id.hex}</OrgnlEndToEndId><TxSts>ACSC</TxSts>"
        "</TxInfAndSts></FIToFIPmtStsRpt></Document>"
    ).encode()
    expected = {
        report: "ACSC",
        report.replace(asked.id.hex.encode(), uuid7().hex.encode()): "",
        b'<!DOCTYPE d [<!ENTITY a "b">]>' + report: "",
        report.decode().encode("utf-16"): "",
        report[:-5]: "",
        report + b" " * clearing.ANSWER_BYTES_MAX: "",
    }
    for body, status in expected.items():
        assert answered_by(body, asked).status == status


def test_an_answer_that_trickles_without_end_is_no_answer(monkeypatch):
    monkeypatch.setattr(clearing, "ANSWER_SECONDS_MAX", 0)
    asked = instruction()
    report = (
        f'<Document xmlns="{clearing.PACS_002}"><FIToFIPmtStsRpt><TxInfAndSts>'
        f"<OrgnlEndToEndId>{asked.id.hex}</OrgnlEndToEndId><TxSts>ACSC</TxSts>"
        "</TxInfAndSts></FIToFIPmtStsRpt></Document>"
    ).encode()
    assert answered_by(report, asked) == NO_ANSWER


def test_no_proxy_of_the_environment_stands_between(monkeypatch, wire: Wire):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    clearing._client.cache_clear()
    assert HttpClearingHouse(wire.house.url).submit(instruction()).status == "ACSC"


def answered_by(body: bytes, asked: Instruction) -> Answer:
    """What the bank makes of an answer, whoever gave it."""

    class Mouth(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Mouth)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    try:
        return HttpClearingHouse(f"http://127.0.0.1:{server.server_port}", 5).submit(asked)
    finally:
        thread.join()
        server.server_close()


def test_standing_orders_are_put_on_file_once():
    held = account()
    order = services.NewStandingOrder(uuid7(), "O000001", held, "YZ", "87144583", 245_200, "rent")
    assert services.import_standing_orders([order]) == 1
    assert services.import_standing_orders([order]) == 0
    [found] = queries.standing_orders_of(held)
    assert (found.amount_minor, found.kind) == (245_200, "rent")


def test_the_machine_holds_every_status_and_a_timeout_is_not_a_failure():
    assert set(rules.PAYMENT_STATES.transitions) == set(rules.PaymentStatus)
    assert rules.OUTCOMES.get("") is None
    assert not rules.PAYMENT_STATES.allows("unknown", "initiated")
