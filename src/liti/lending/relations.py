"""What other rooms may read of loans in SQL."""

from liti.core.relations import relation

HOLDINGS = relation(
    "lending_holding_v",
    "one loan that is still owed",
    party_id="the borrower",
    category="loan",
    product_code="method of repayment",
    opened_on="day of signing",
    amount_minor="principal owed, minor units",
)
