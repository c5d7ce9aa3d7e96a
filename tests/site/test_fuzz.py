"""Hostile requests at random, over all pages and calls: refused by name, never a fault.

A failure prints its seed and the place of the shot: LITI_FUZZ_SEED=… sends the same ones again.
"""

from __future__ import annotations

import os
import time

import pytest
from django.db import transaction
from tests.site.everybody import house
from tests.site.hostile import Gun, fire

pytestmark = pytest.mark.django_db
SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)


def shoot(seed: int, count: int) -> list[str]:
    """What broke; each request is undone, so that each can be sent again by itself."""
    found, broken = house(), []
    gun = Gun(found, seed)
    for number in range(count):
        shot = gun.shot()
        with transaction.atomic():
            answer = fire(found, shot)
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            broken.append(f"seed {seed}, shot {number}: {answer.status_code} {shot!r}"[:900])
        elif answer.status_code >= 400 and shot.path.startswith("/api/v1/"):
            kind = answer["Content-Type"]
            if kind != "application/problem+json" and shot.method != "HEAD":
                broken.append(f"seed {seed}, shot {number}: no problem but {kind} {shot!r}"[:900])
    return broken


def test_two_hundred_and_fifty_hostile_requests_meet_no_fault():
    seed = int(os.environ.get("LITI_FUZZ_SEED", "0")) or int(time.time()) // 86_400
    broken = shoot(seed, int(os.environ.get("LITI_FUZZ_COUNT", "250")))
    assert not broken, "\n".join(broken)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_thousands_of_hostile_requests_meet_no_fault(seed):
    broken = shoot(seed, 250)
    assert not broken, "\n".join(broken)
