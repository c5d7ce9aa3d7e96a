from __future__ import annotations

import pytest
from django.conf import settings

from liti.core.usage import PROC, used

MIB = 1 << 20


def test_what_work_takes_is_measured_while_it_goes_on():
    # Given work that holds 64 MiB and counts to half a million
    with used(settings.VAR_DIR) as usage:
        held = bytearray(b"x" * (64 * MIB))
        total = sum(range(500_000))

    # Then time, processor and memory are known, and nothing is kept of the work
    assert (len(held), total) == (64 * MIB, 124_999_750_000)
    assert usage.memory > 64 * MIB
    assert usage.seconds > 0
    assert usage.cpu_seconds > 0


@pytest.mark.skipif(not (PROC / "self").exists(), reason="needs /proc")
@pytest.mark.django_db
def test_the_servers_share_is_told_apart():
    with used(settings.VAR_DIR) as usage:
        pass

    assert usage.database_memory is not None
    assert usage.database_memory > MIB
    assert usage.database_cpu_seconds is not None


def test_what_cant_be_known_is_none_and_never_zero(monkeypatch):
    # Given a database on another machine
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/liti")

    with used(settings.VAR_DIR) as usage:
        pass

    assert (usage.database_memory, usage.database_cpu_seconds) == (None, None)


def test_a_failure_is_measured_and_passed_on():
    with pytest.raises(LookupError), used(settings.VAR_DIR) as usage:
        raise LookupError

    assert usage.seconds > 0
