"""What the ledger lets the house recompute: every total and every chain of balances."""

from __future__ import annotations

from liti.core.checks import Checked, house_check
from liti.ledger.verify import verify


@house_check("ledger.books")
def books() -> Checked:
    """Recompute the books from the transfers."""
    found = verify()
    return Checked(
        f"{found.accounts:,} accounts, {found.transfers:,} transfers,"
        f" {found.entries:,} entries recomputed",
        tuple(f"{f.rule}: {f.subject}: {f.detail}" for f in found.findings),
    )
