"""Payments through the clearing house, and standing orders."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liti.core.ids import uuid7
from liti.payments.rules import PaymentStatus


class Payment(models.Model):
    """Money in or out by a bound card. The id is the end-to-end identification on the wire."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    direction = models.CharField(max_length=3, choices=[("in", "in"), ("out", "out")])
    account_id = models.UUIDField(db_index=True)
    card_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    key = models.CharField(max_length=120)
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PaymentStatus], default="initiated"
    )
    reason_code = models.CharField(max_length=10, blank=True)
    clearing_reference = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    booked_on = models.DateField()
    initiated_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "key"], name="one_payment_per_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_payment_is_positive"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(status__in=["sent", "unknown"]), name="payment_undecided"
            )
        ]


class StandingOrder(models.Model):
    """A regular payment to another bank, as the customer ordered it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    account_id = models.UUIDField(db_index=True)
    bank_to = models.CharField(max_length=12)
    account_to = models.CharField(max_length=24)
    amount_minor = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    ended_on = models.DateField(null=True)
    origin = models.CharField(max_length=10, default="live")
