"""Names of what happens here."""

PAYMENT_SETTLED = "payments.payment.settled"
PAYMENT_FAILED = "payments.payment.failed"
