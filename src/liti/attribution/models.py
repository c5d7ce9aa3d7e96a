"""Tables of attribution: policies, the benefit of each sale, and its shares."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liti.core.history import tracked
from liti.core.ids import uuid7
from liti.core.party_ids import READ, PartyIdField


@tracked
class SplitPolicy(models.Model):
    """Weights by role from a day on; for one product category, or for all ("")."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40)
    category = models.CharField(max_length=10, blank=True)
    weights = models.JSONField()
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    source_tag = models.CharField(max_length=1)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], name="one_split_policy_per_code_and_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="a_split_policy_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Benefit(models.Model):
    """What one sale brought, and by which policy it was shared. One per sale and kind."""

    class Kind(models.TextChoices):
        SALE = "sale", _("Sale")
        REVERSAL = "reversal", _("Reversal")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order_id = models.UUIDField()
    party_id = PartyIdField(on_merge=READ)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    event_id = models.UUIDField(unique=True)
    product_code = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    benefit_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    policy = models.ForeignKey(SplitPolicy, on_delete=models.PROTECT)
    booked_on = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["booked_on"], name="benefit_by_day"),
            models.Index(fields=["party_id"], name="benefit_of_party"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order_id", "kind"], name="one_benefit_per_sale")
        ]


class Split(models.Model):
    """A share of a benefit. `shadow`: management view only, never in the books.

    A reversal's rows carry negative amounts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="splits")
    shadow = models.BooleanField()
    role = models.CharField(max_length=30)
    department = models.CharField(max_length=20)
    staff_code = models.CharField(max_length=20, blank=True)
    partner_id = models.UUIDField(null=True)
    weight = models.IntegerField()
    amount_minor = models.BigIntegerField()
    transfer_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shadow=False) | Q(transfer_id=None),
                name="a_shadow_share_is_not_in_the_books",
            )
        ]
