"""What care tells the house."""

REQUEST_OPENED = "care.request.opened"
REQUEST_ANSWERED = "care.request.answered"
REQUEST_ESCALATED = "care.request.escalated"
