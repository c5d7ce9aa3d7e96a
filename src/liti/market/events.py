"""What the marketplace tells the house."""

ORDER_FILLED = "market.order.filled"
ORDER_CANCELLED = "market.order.cancelled"
ORDER_REDEEMED = "market.order.redeemed"
PRODUCT_MOVED = "market.product.moved"
ASSESSED = "market.party.assessed"
