"""What other rooms may read of holdings in SQL."""

from liti.core.relations import relation

HOLDINGS = relation(
    "wealth_holding_v",
    "one fund held now from one account",
    party_id="who holds it",
    category="wealth",
    product_code="code of the fund",
    opened_on="day of the first subscription",
    amount_minor="shares, minor units",
)
