"""What the sample bank lets the house recompute: the balances that the real bank recorded."""

from __future__ import annotations

from liti.core.checks import Checked, house_check
from liti.sample.queries import proof, sample_bank


@house_check("sample.recorded_balances")
def recorded_balances() -> Checked | None:
    """Compare every recorded balance with the ledger's; nothing where the bank is a real one."""
    if sample_bank() is None:
        return None
    found = proof()
    return Checked(
        f"sample bank: {found.equal:,} of {found.rows:,} recorded balances equal,"
        f" {found.rounded:,} of them by a rounding of 0.10",
        tuple(
            f"recorded balance: transaction {trans_id}, account {account}:"
            f" the bank recorded {recorded}, the ledger has {ours}"
            for trans_id, account, recorded, ours in found.others
        ),
    )
