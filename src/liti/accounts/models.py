"""Electronic accounts, their holders, bound cards and issued cards."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from liti.accounts.merging import one_holding_role
from liti.accounts.rules import AccountClass, CardStatus, Status
from liti.core.ids import uuid7
from liti.core.party_ids import PartyIdField


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ElectronicAccount(models.Model):
    """An account without plastic. Its id is that of its ledger account; no balance is kept here."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=24, unique=True)
    party_id = PartyIdField(db_index=True)
    account_class = models.CharField(
        max_length=10, choices=[(c.value, c.value) for c in AccountClass]
    )
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in Status], default=Status.ACTIVE.value
    )
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    statement_cycle = models.CharField(max_length=20, default="monthly")
    origin = models.CharField(max_length=10, default="live")

    class Meta:
        verbose_name = _("Electronic account")
        indexes = [models.Index(Right("number", 4), name="account_number_end")]

    def __str__(self) -> str:
        return self.number


class AccountHolder(models.Model):
    """Who may act on an account, and since when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(ElectronicAccount, on_delete=models.PROTECT, related_name="holders")
    party_id = PartyIdField(db_index=True, on_merge=one_holding_role)
    role = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "party_id", "role"],
                condition=Q(valid_to=None),
                name="a_holder_has_a_role_once",
            )
        ]


class Freeze(models.Model):
    """Who froze an account, in which role and why; and who lifted it."""

    class Kind(models.TextChoices):
        RISK = "risk", _("Risk")
        CUSTOMER = "customer", _("Emergency stop of the customer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(ElectronicAccount, on_delete=models.PROTECT, related_name="freezes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.CharField(max_length=150)
    role = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_reason = models.CharField(max_length=300, blank=True)


class BoundCard(models.Model):
    """Another bank's card through which money comes in and goes out. The number is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(ElectronicAccount, on_delete=models.PROTECT, related_name="cards")
    pan_masked = models.CharField(max_length=19)
    pan_token = models.CharField(max_length=40)
    issuer = models.CharField(max_length=60)
    holder_name = models.CharField(max_length=80)
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in CardStatus], default="active"
    )
    is_default = models.BooleanField(default=False)
    bound_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "pan_token"],
                condition=~Q(status="unbound"),
                name="a_card_is_bound_once_to_an_account",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(is_default=True) & ~Q(status="unbound"),
                name="one_default_card",
            ),
        ]
        indexes = [models.Index(Right("pan_masked", 4), name="bound_card_end")]


class IssuedCard(models.Model):
    """A card of the bank's own on an account (the sample bank's 892; the direct bank has none)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(ElectronicAccount, on_delete=models.PROTECT)
    party_id = PartyIdField(db_index=True)
    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20)
    issued_on = models.DateField()
    origin = models.CharField(max_length=10, default="live")
