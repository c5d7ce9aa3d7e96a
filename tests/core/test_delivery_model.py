"""Delivery against a model: whatever is emitted, fails, is mended, retried or given up, each
handler has had of each key what the model says, in its order."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.core.delivery import due_now

from liti.core import delivery, events
from liti.core.models import Delivery

pytestmark = pytest.mark.django_db
HANDLERS = ("test.left", "test.right")
KEYS = ("test:a", "test:b", "test:c")
LANES = st.tuples(st.sampled_from(HANDLERS), st.sampled_from(KEYS))
ATTEMPTS = 8


class Deliveries(RuleBasedStateMachine):
    """A lane is a handler and a key. `waiting` is what it has still to get, `failed` how often
    its first one failed; a lane is paused after a failure until time passes."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        lanes = [(h, k) for h in HANDLERS for k in KEYS]
        self.waiting = {lane: [] for lane in lanes}
        self.expected = {lane: [] for lane in lanes}
        self.had = {lane: {} for lane in lanes}
        self.failed = dict.fromkeys(lanes, 0)
        self.paused = dict.fromkeys(lanes, False)
        self.broken = set()
        self.number = 0
        for name in HANDLERS:
            events.subscribe("test.modelled", name=name, at_once=3)(self.handler(name))

    def teardown(self):
        for name in HANDLERS:
            events.unsubscribe(name)
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def handler(self, name):
        def handle(event):
            if (name, event.key) in self.broken:
                raise RuntimeError("broken")
            self.had[name, event.key][event.payload["n"]] = True

        return handle

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=5))
    def emit(self, keys):
        told = []
        for key in keys:
            self.number += 1
            told.append(events.NewEvent("test.modelled", key, {"n": self.number}))
            for name in HANDLERS:
                self.waiting[name, key].append(self.number)
        events.emit_many(told)

    @rule(lane=LANES)
    def breaks(self, lane):
        self.broken.add(lane)

    @rule(lane=LANES)
    def mended(self, lane):
        self.broken.discard(lane)

    @rule()
    def deliver(self):
        delivery.deliver_pending()
        for lane, numbers in self.waiting.items():
            if not numbers or self.paused[lane] or self.failed[lane] == ATTEMPTS:
                continue
            if lane in self.broken:
                self.failed[lane] += 1
                self.paused[lane] = True
            else:
                self.expected[lane] += numbers
                self.waiting[lane] = []
                self.failed[lane] = 0

    @rule()
    def time_passes(self):
        due_now()
        self.paused = dict.fromkeys(self.paused, False)

    @rule(lane=LANES, give_up=st.booleans())
    def decided(self, lane, give_up):
        if not self.failed[lane]:
            return
        name, key = lane
        rows = Delivery.objects.filter(handler=name, key=key).exclude(state="given_up")
        head = rows.order_by("seq").first()
        if give_up:
            delivery.give_up_delivery(head.id, "by the model")
            self.waiting[lane].pop(0)
        else:
            delivery.retry_delivery(head.id)
        self.failed[lane], self.paused[lane] = 0, False

    @invariant()
    def every_lane_is_as_the_model_says(self):
        for lane, expected in self.expected.items():
            assert list(self.had[lane]) == expected
            name, key = lane
            rows = Delivery.objects.filter(handler=name, key=key).exclude(state="given_up")
            found = list(rows.order_by("seq").values_list("event__payload__n", "state"))
            dead = "dead" if self.failed[lane] == ATTEMPTS else "waiting"
            numbers = self.waiting[lane]
            assert [n for n, _state in found] == numbers
            assert [state for _n, state in found] == [dead, *["waiting"] * len(numbers)][
                : len(numbers)
            ]


def test_any_history_of_deliveries_is_as_the_model_says():
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
        ),
    )
