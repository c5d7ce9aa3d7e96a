"""What other rooms may read of customers in SQL."""

from liti.core.relations import relation

CUSTOMERS = relation(
    "parties_customer_v",
    "one person or organisation that is known and was not merged into another",
    party_id="the customer's id",
)
CANONICAL = relation(
    "parties_canonical_v",
    "one id that was merged away; LEFT JOIN it, as who was never merged has no row",
    alias_id="the id that was given out",
    party_id="the customer that it stands for today",
    since="the moment of the merge",
)
