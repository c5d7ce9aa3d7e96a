"""Names of what happens here."""

ACCOUNT_OPENED = "accounts.account.opened"
CARD_BOUND = "accounts.card.bound"
