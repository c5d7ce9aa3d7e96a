"""What an account that is to be opened must fulfil before and after it is written."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from liti.accounts.rules import AccountClass
from liti.core.errors import Conflict, InvalidInput


def check_new(number: str, account_class: str, overdraft_minor: int) -> None:
    """Raises InvalidInput for an unknown class or an overdraft below zero."""
    if account_class not in set(AccountClass):
        raise InvalidInput(
            "accounts.unknown_class",
            _("Account %(number)s: there is no class %(name)s.")
            % {"number": number, "name": account_class},
        )
    if overdraft_minor < 0:
        raise InvalidInput(
            "accounts.bad_overdraft",
            _("Account %(number)s: an overdraft is zero or above.") % {"number": number},
        )


def check_numbers(wanted: Mapping[UUID, str]) -> None:
    """Raises Conflict where an account is not there under the number that it was to have.

    An insert that left a row out because its number is taken must not pass in silence.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, number FROM accounts_electronicaccount WHERE id = ANY(%s)", [list(wanted)]
        )
        have = dict(cursor.fetchall())
    for account_id, number in wanted.items():
        if have.get(account_id) != number:
            raise Conflict(
                "accounts.number_taken",
                _("Account number %(number)s is in use for another account.") % {"number": number},
                account_id=account_id,
            )
