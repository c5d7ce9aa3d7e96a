"""The one real product's fund, its accounts in the books, and its reported yields."""

from __future__ import annotations

from importlib import resources

import yaml

from liti.ledger.queries import internal_account
from liti.ledger.services import NewAccount, open_accounts
from liti.wealth.models import Fund
from liti.wealth.services import SWEEP_FUND

CLAIM_ACCOUNT = "wealth.fund.claim"


def load() -> None:
    """Load the funds of data/funds.yaml; what is there already stays."""
    open_accounts(
        [
            NewAccount(
                id=internal_account(CLAIM_ACCOUNT),
                code=CLAIM_ACCOUNT,
                name="应收基金收益 / Income due from funds",
                gl_code="1321",
                normal_side="debit",
                floor_minor=None,
            )
        ]
    )
    text = (resources.files("liti.wealth") / "data" / "funds.yaml").read_text("utf-8")
    funds = [Fund(claim_account_code=CLAIM_ACCOUNT, **row) for row in yaml.safe_load(text)]
    assert any(fund.code == SWEEP_FUND for fund in funds)
    Fund.objects.bulk_create(funds, ignore_conflicts=True)
