"""Loan contracts and their schedules; what is owed and paid stands in the ledger."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from liti.core.ids import uuid7
from liti.core.party_ids import PartyIdField
from liti.lending.rules import CollectionState, ContractStatus, Method


class Contract(models.Model):
    """A loan. Its principal stands on the ledger account `loan_account_id`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=24, unique=True)
    party_id = PartyIdField(db_index=True)
    account_id = models.UUIDField(db_index=True)
    loan_account_id = models.UUIDField(unique=True)
    principal_minor = models.BigIntegerField()
    instalment_minor = models.BigIntegerField()
    months = models.PositiveSmallIntegerField()
    rate_annual = models.DecimalField(max_digits=9, decimal_places=6)
    method = models.CharField(max_length=20, choices=[(m.value, m.value) for m in Method])
    signed_on = models.DateField()
    status = models.CharField(max_length=16, choices=[(s.value, s.value) for s in ContractStatus])
    origin = models.CharField(max_length=10, default="live")

    class Meta:
        verbose_name = _("Loan contract")

    def __str__(self) -> str:
        return self.number


class ScheduleLine(models.Model):
    """One instalment of a contract."""

    pk = models.CompositePrimaryKey("contract_id", "period")
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, db_index=False, related_name="lines"
    )
    period = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    principal_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField()


class Collection(models.Model):
    """The collecting of one instalment from the borrower's account."""

    pk = models.CompositePrimaryKey("contract_id", "period")
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, db_index=False, related_name="collections"
    )
    period = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in CollectionState], default="waiting"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_on = models.DateField(null=True)
    amount_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["contract", "period"],
                condition=models.Q(state="waiting"),
                name="collection_waiting",
            )
        ]
