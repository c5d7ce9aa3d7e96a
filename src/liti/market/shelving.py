"""What lies on the shelf: a product is put there, suspended, withdrawn."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.core import vetoes
from liti.core.authority import command
from liti.core.errors import NotFound
from liti.core.events import emit
from liti.market import events
from liti.market.models import Product
from liti.market.rules import PRODUCT_STATES


@command(system=("approvals", "demo", "database"))
@transaction.atomic
def move_product(code: str, status: str) -> None:
    """Put a product on the shelf, suspend or withdraw it. Raises NotFound, Conflict.

    Suspending and withdrawing ask for vetoes (`market.suspend`, `market.withdraw`): what
    customers hold or wait for can't be withdrawn, as nobody could give it back any more.
    """
    row = Product.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound(
            "market.unknown_product", _("There is no product %(code)s.") % {"code": code}
        )
    PRODUCT_STATES.require(row.status, status)
    if action := {"suspended": "market.suspend", "withdrawn": "market.withdraw"}.get(status):
        vetoes.require(action, [row.id])
    Product.objects.filter(id=row.id).update(status=status)
    emit(events.PRODUCT_MOVED, f"product:{code}", {"code": code, "from": row.status, "to": status})


def hold_on_shelf(product_id: UUID) -> str:
    """The product's status, which nobody changes until this transaction ends. For this room."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM market_product WHERE id = %s FOR SHARE", [product_id])
        return str(cursor.fetchone()[0])
