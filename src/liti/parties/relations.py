"""What other rooms may read of customers in SQL."""

from liti.core.relations import relation

CUSTOMERS = relation(
    "parties_customer_v",
    "one person or organisation that is known and was not merged into another",
    party_id="the customer's id",
)
