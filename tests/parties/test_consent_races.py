"""A withdrawal and whoever decides about the person at the same moment: one after the other."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, connections, transaction
from tests.parties.builders import known_party

from liti.parties import queries, services
from liti.parties.services import NewConsent

pytestmark = pytest.mark.usefixtures("committed")
TURNS = 20_000


def test_a_withdrawal_waits_for_the_message_that_is_going_out_and_stops_the_next():
    party = known_party()
    services.grant_consents([NewConsent(party, "marketing", "sms", True, "t")])

    def allowed():
        on = date(2030, 1, 1)
        return queries.consented([party], purpose="marketing", channel="sms", on=on) == {party}

    def withdraw():
        services.withdraw_consent(party, "marketing", "sms")
        connections.close_all()

    thread = threading.Thread(target=withdraw)
    with transaction.atomic():
        queries.hold_alone([party])
        thread.start()
        assert somebody_waits(thread)
        assert allowed()
    thread.join()
    assert not allowed()


def somebody_waits(thread) -> bool:
    """Whether the other connection came to wait for ours, rather than being done with it."""
    for _turn in range(TURNS):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return True
        if not thread.is_alive():
            return False
    return False
