"""What other rooms may read of accounts in SQL."""

from liti.core.relations import relation

ACCOUNTS = relation(
    "accounts_account_v",
    "one electronic account",
    account_id="the account, here and in the ledger",
    party_id="its owner",
    account_class="I, II or III",
    opened_on="day of opening",
    status="active, frozen, dormant, closed …",
)
HOLDINGS = relation(
    "accounts_holding_v",
    "one issued card",
    party_id="who holds it",
    category="card",
    product_code="kind of card",
    opened_on="day of issue",
    amount_minor="0",
)
