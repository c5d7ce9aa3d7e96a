"""Tables of care: what customers ask of the bank, and what was done about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liti.core.ids import uuid7
from liti.core.party_ids import PartyIdField


class Request(models.Model):
    """A request or complaint, under one standard whichever channel or department it came by.

    `due_on` is the last day to answer. `kept`: whether the deadline was kept; null while it is
    open, and false for good once it was broken. `level`: 0–3, see rules.requests.level.
    """

    class Category(models.TextChoices):
        ACCOUNT = "account", _("Account")
        CARD = "card", _("Card")
        PAYMENT = "payment", _("Payment or transfer")
        WEALTH = "wealth", _("Wealth product")
        LOAN = "loan", _("Loan")
        CERTIFICATE = "certificate", _("Certificate or statement")
        PERSONAL_DATA = "personal_data", _("Personal data")
        OTHER = "other", _("Other request")
        COMPLAINT_SERVICE = "complaint_service", _("Complaint: service")
        COMPLAINT_FEES = "complaint_fees", _("Complaint: fees")
        COMPLAINT_SALES = "complaint_sales", _("Complaint: sales")
        COMPLAINT_PRIVACY = "complaint_privacy", _("Complaint: personal data")
        COMPLAINT_OTHER = "complaint_other", _("Complaint: other")

    class Channel(models.TextChoices):
        BRANCH = "branch", _("Branch")
        PHONE = "phone", _("Phone")
        MOBILE = "mobile", _("App")
        PARTNER = "partner", _("Partner")

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        ASSIGNED = "assigned", _("In work")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True)
    party_id = PartyIdField(db_index=True)
    category = models.CharField(max_length=20, choices=Category.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    department = models.CharField(max_length=30)
    text = models.CharField(max_length=1000)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    assigned_to = models.CharField(max_length=150, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    due_on = models.DateField()
    answered_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    kept = models.BooleanField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    satisfaction = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__range=(1, 5)),
                name="satisfaction_from_one_to_five",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(status__in=["received", "assigned"]),
                name="care_request_waiting",
            ),
            models.Index(fields=["opened_on"], name="care_request_opened"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class RequestStep(models.Model):
    """What was done with a request; append-only. `public`: the customer sees it too."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Received")
        ASSIGNED = "assigned", _("Assigned")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Reopened")
        ESCALATED = "escalated", _("Escalated")
        RATED = "rated", _("Rated")

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=1000, blank=True)
    by = models.CharField(max_length=150)
    by_kind = models.CharField(max_length=10)
    on = models.DateField()
    at = models.DateTimeField()
    public = models.BooleanField()
