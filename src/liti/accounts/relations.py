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
ROLES = relation(
    "accounts_role_v",
    "who acts today on another's account that is not closed",
    account_id="the account",
    party_id="who acts on it and is not its owner",
    role="joint, authorised_user, guardian …",
    opened_on="the day since which he acts",
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
