"""What other rooms may read of products in SQL."""

from liti.core.relations import relation

HOLDERS = relation(
    "market_holder_v",
    "one product that one customer holds now (wealth by product, loans by category; an"
    " electronic account is held by everyone and is not here); may repeat",
    product_code="the product",
    party_id="who holds it",
)
GUARDED = relation(
    "market_guarded_v",
    "one version of a product above risk R1: only an assessment of its class opens it",
    product_code="the product",
    valid_from="first day of the version",
    valid_to="first day after it, or NULL",
)
PROPOSABLE = relation(
    "market_proposable_v",
    "one guarded version of a product and one customer whose newest assessment opens it;"
    " every class may hold R1, so R1 is not here",
    product_code="the product",
    party_id="the customer",
    valid_from="first day of the version",
    valid_to="first day after it, or NULL",
    valid_until="last day of the assessment",
)
