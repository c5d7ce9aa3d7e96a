"""What is known of the sample bank itself, and the proof that its books are right."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SampleBank(models.Model):
    """One row: seed, size, and by how many days the source's dates were moved."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seed = models.BigIntegerField()
    customers = models.IntegerField()
    shift_days = models.IntegerField()
    business_date = models.DateField()
    closed_days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_sample_bank"),
            models.CheckConstraint(
                condition=Q(shift_days__gte=0), name="the_past_is_moved_forward"
            ),
        ]


class RecordedBalance(models.Model):
    """The balance that the real bank wrote after a transaction, and the transfer it became."""

    trans_id = models.IntegerField(primary_key=True)
    account_id = models.UUIDField()
    transfer_id = models.UUIDField()
    rounding_transfer_id = models.UUIDField(null=True)
    balance_minor = models.BigIntegerField()
    difference_minor = models.SmallIntegerField()
