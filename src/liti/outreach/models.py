"""Tables of outreach: offers, the day's plan, and the bank-wide contact ledger."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liti.core.channels import Channel
from liti.core.history import tracked
from liti.core.ids import uuid7
from liti.core.party_ids import READ, PartyIdField
from liti.outreach.merging import one_item_of_a_plan


class Reason(models.TextChoices):
    """Why a candidate is left in peace."""

    HELD_OUT = "held_out", _("In the control group that is never contacted")
    UNDER_AGE = "under_age", _("Under age")
    NO_CONSENT = "no_consent", _("No consent for this channel")
    HOLDS_PRODUCT = "holds_product", _("Has the product already")
    UNSUITABLE = "unsuitable", _("Does not suit the customer's risk class")
    CAP_DAY = "cap_day", _("Contacted today already")
    PRODUCT_WINDOW = "product_window", _("Contacted for this product not long ago")
    CAP_7_DAYS = "cap_7_days", _("Enough contacts within 7 days")
    CAP_30_DAYS = "cap_30_days", _("Enough contacts within 30 days")
    CAP_CHANNEL = "cap_channel", _("Enough contacts on this channel within 7 days")
    PREMISE = "premise", _("What the offer says is not true of the customer")
    NOT_WORTH_IT = "not_worth_it", _("Costs more than it would bring")
    CAPACITY = "capacity", _("The channel is full that day")
    BETTER_OFFER = "better_offer", _("Another offer is worth more for this customer")


@tracked
class Offer(models.Model):
    """A department's wish to propose a product to segments from a day on, one row after another.

    The plan decides who gets it. `value_minor`: what one acceptance is worth to the bank.
    `premises`: what it says of the customer (codes of premises.yaml).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40)
    product_code = models.CharField(max_length=20)
    department = models.CharField(max_length=20)
    segments = models.JSONField()
    channels = models.JSONField()
    premises = models.JSONField(default=list, blank=True)
    value_minor = models.BigIntegerField()
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], name="one_offer_per_code_and_day"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="one_open_row_per_offer"
            ),
            models.CheckConstraint(condition=Q(value_minor__gt=0), name="an_offer_has_a_value"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="an_offer_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Plan(models.Model):
    """The bank's one plan of a day."""

    class Status(models.TextChoices):
        DRAFTED = "drafted", _("Drafted")
        PROPOSED = "proposed", _("Waiting for release")
        RELEASED = "released", _("Released")
        SUPERSEDED = "superseded", _("Superseded")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    on = models.DateField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFTED)
    people = models.BigIntegerField(default=0)
    candidates = models.BigIntegerField(default=0)
    planned = models.BigIntegerField(default=0)
    planned_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["on"], condition=~Q(status="superseded"), name="one_plan_a_day"
            )
        ]


class BlockedCount(models.Model):
    """How many candidates (customer × offer × channel) a reason kept out of a plan."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, db_index=False, related_name="blocked")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT)
    reason = models.CharField(max_length=20)
    candidates = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "offer", "reason"], name="one_count_per_offer_and_reason"
            )
        ]


class PlanItem(models.Model):
    """One contact of the plan. A customer has one item a plan. `reason`: matched facts."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SENT = "sent", _("Sent")
        RESPONDED = "responded", _("Responded")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, db_index=False, related_name="items")
    party_id = PartyIdField(on_merge=one_item_of_a_plan)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    department = models.CharField(max_length=20)
    staff_code = models.CharField(max_length=20, blank=True)
    propensity_bp = models.IntegerField()
    expected_minor = models.BigIntegerField()
    reason = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    note = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["party_id", "-id"], name="plan_items_of_party")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "party_id"], name="one_item_per_plan_and_party")
        ]


class Contact(models.Model):
    """The bank-wide contact ledger: whoever inserts a person's row of a day has the day."""

    class Response(models.TextChoices):
        INTERESTED = "interested", _("Interested")
        BOUGHT = "bought", _("Bought")
        REFUSED = "refused", _("Refused")
        NO_ANSWER = "no_answer", _("No answer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party_id = PartyIdField(on_merge=READ)
    on = models.DateField()
    product_code = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    department = models.CharField(max_length=20)
    staff_code = models.CharField(max_length=20, blank=True)
    plan_item_id = models.UUIDField(null=True, unique=True)
    response = models.CharField(max_length=10, choices=Response.choices, blank=True)
    responded_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party_id", "on"], name="one_contact_a_person_and_day")
        ]
