"""Payments through the clearing house, and standing orders."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from liti.core.ids import uuid7
from liti.payments.rules import UNDECIDED, DueState, PaymentStatus


class Payment(models.Model):
    """Money in or out by a bound card. The id is the end-to-end identification on the wire."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    direction = models.CharField(max_length=3, choices=[("in", "in"), ("out", "out")])
    account_id = models.UUIDField()
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
                fields=["attempts", "id"],
                condition=Q(status__in=UNDECIDED),
                name="payment_undecided",
            ),
            models.Index(
                fields=["clearing_reference"],
                condition=~Q(clearing_reference=""),
                name="payment_by_reference",
            ),
        ]


class StandingOrder(models.Model):
    """A regular payment to another bank, as the customer ordered it.

    Due each month on `day_of_month`, in a shorter month on its last day, from `valid_from` on
    and before `ended_on`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    account_id = models.UUIDField(db_index=True)
    bank_to = models.CharField(max_length=12)
    account_to = models.CharField(max_length=24)
    amount_minor = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    ended_on = models.DateField(null=True)
    origin = models.CharField(max_length=10, default="live")
    day_of_month = models.PositiveSmallIntegerField(default=1)
    valid_from = models.DateField(default=date(1990, 1, 1))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(day_of_month__gte=1, day_of_month__lte=31),
                name="a_standing_order_has_a_day",
            )
        ]


class StandingOrderDue(models.Model):
    """One due date of a standing order and what became of it."""

    pk = models.CompositePrimaryKey("order_id", "due_on")
    order = models.ForeignKey(
        StandingOrder, on_delete=models.PROTECT, db_index=False, related_name="dues"
    )
    due_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in DueState], default="waiting"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_on = models.DateField(null=True)
    transfer_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["order", "due_on"], condition=Q(state="waiting"), name="due_waiting"
            )
        ]
