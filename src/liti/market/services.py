"""Commands of the marketplace: quote, buy, sell, cancel, carry out, assess, move a product."""

from __future__ import annotations

from liti.market.assessing import AssessmentView, assess, questionnaire
from liti.market.carrying import (
    AdvanceReport,
    advance_orders,
    cancel_order,
    record_outcome,
    settle_orders,
)
from liti.market.placing import place_order, quote_order, sell_order
from liti.market.preparing import (
    PreparedQuote,
    confirm_prepared,
    decline_prepared,
    prepare_order,
    review_prepared,
    take_back_prepared,
)
from liti.market.proposals import (
    propose_product,
    propose_product_status,
    propose_product_version,
    propose_supplier,
)
from liti.market.queries import OrderView
from liti.market.rules import Contribution
from liti.market.shelving import move_product

__all__ = [
    "AdvanceReport",
    "AssessmentView",
    "Contribution",
    "OrderView",
    "PreparedQuote",
    "advance_orders",
    "assess",
    "cancel_order",
    "confirm_prepared",
    "decline_prepared",
    "move_product",
    "place_order",
    "prepare_order",
    "propose_product",
    "propose_product_status",
    "propose_product_version",
    "propose_supplier",
    "questionnaire",
    "quote_order",
    "record_outcome",
    "review_prepared",
    "sell_order",
    "settle_orders",
    "take_back_prepared",
]
