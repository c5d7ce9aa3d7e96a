"""What an account holds above the cap of its class goes back to its bound card.

Money that the bank itself credits (interest, a refund) is never refused for the cap; what is too
much afterwards is returned the way it came (银发〔2015〕392号, 剩余资金原路返回).
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import connection, transaction

from liti.accounts import queries as accounts
from liti.accounts import services as account_rules
from liti.core.errors import LitiError
from liti.core.steps import Chunk
from liti.payments import services

CHUNK = 500
NOBODY = UUID(int=0)

_ABOVE = """
SELECT a.account_id, b.balance_minor - c.cap
FROM unnest(%(classes)s::text[], %(caps)s::bigint[]) AS c (class, cap)
JOIN accounts_account_v a ON a.account_class = c.class AND a.status = 'active'
JOIN ledger_balance_v b ON b.account_id = a.account_id AND b.balance_minor > c.cap
WHERE a.account_id > %(after)s ORDER BY a.account_id LIMIT %(limit)s
"""


def return_surplus(on: date, cursor: str) -> Chunk:
    """One chunk of the accounts above their cap: a withdrawal of each is begun here and sent by
    the next round of `resolve_undecided`. Whoever may not pay (no card, frozen) is left."""
    caps = account_rules.caps(on)
    with connection.cursor() as database:
        database.execute(
            _ABOVE,
            {
                "classes": list(caps),
                "caps": list(caps.values()),
                "after": UUID(cursor) if cursor else NOBODY,
                "limit": CHUNK,
            },
        )
        rows = database.fetchall()
    done = sum(_return(account_id, surplus, on) for account_id, surplus in rows)
    return Chunk(done, str(rows[-1][0]) if len(rows) == CHUNK else "")


def _return(account_id: UUID, surplus_minor: int, on: date) -> bool:
    cards = accounts.bound_cards(account_id)
    if not cards:
        return False
    try:
        with transaction.atomic():
            services.begin_return(account_id, cards[0].id, surplus_minor, f"surplus-{on}")
    except LitiError:
        return False
    return True
