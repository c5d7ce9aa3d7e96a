"""What several requests do at once with one form."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from tests.console.builders import act_of, hidden, signed_in, staff
from tests.market.builders import person

from liti.accounts import queries as accounts


def test_a_double_click_is_one_act(committed):
    party = person()
    user = staff("service_desk")
    address = f"/do/open-account/on/{party}/"
    client = signed_in(user)
    confirm = client.post(
        address,
        {"account_class": "III", "act": act_of(client.get(address)), "step": "check"},
    )
    sent = {**hidden(confirm), "step": "do"}

    def click(_number: int) -> int:
        try:
            return signed_in(user).post(address, sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(click, range(4)))

    assert answers == [302] * 4
    assert len(accounts.accounts_of(party)) == 1
