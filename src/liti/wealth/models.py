"""Tables of the wealth cloud: funds, their daily yields, holdings and what moved them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liti.core.history import tracked
from liti.core.ids import uuid7
from liti.core.party_ids import PartyIdField


@tracked
class Fund(models.Model):
    """A money-market fund at one yuan a share; its money rests in a pool account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    manager_code = models.CharField(max_length=20)
    currency = models.CharField(max_length=3, default="CNY")
    share_price_minor = models.IntegerField(default=100)
    pool_account_code = models.CharField(max_length=60)
    claim_account_code = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.code} {self.name_en}"


@tracked
class FundYield(models.Model):
    """What the fund earned on a day: yuan on 10,000 shares (万份收益), below zero for a loss."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, db_index=False)
    on = models.DateField()
    income_per_10000 = models.DecimalField(max_digits=8, decimal_places=4)
    origin = models.CharField(max_length=10, default="simulated")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "on"], name="one_yield_per_fund_and_day"),
            models.CheckConstraint(
                condition=Q(income_per_10000__gt=-1_000) & Q(income_per_10000__lt=1_000),
                name="a_fund_yield_is_below_a_tenth",
            ),
        ]


class Holding(models.Model):
    """Shares of one account in one fund. `remainder_minor` is income below a cent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    party_id = PartyIdField()
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT)
    shares_minor = models.BigIntegerField(default=0)
    remainder_minor = models.DecimalField(max_digits=12, decimal_places=8, default=0)

    class Meta:
        indexes = [models.Index(fields=["party_id"], name="wealth_holding_of_party")]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "fund"], name="one_holding_per_account_and_fund"
            ),
            models.CheckConstraint(
                condition=Q(shares_minor__gte=0), name="a_holding_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(remainder_minor__gte=0) & Q(remainder_minor__lt=1),
                name="a_carried_remainder_is_below_a_cent",
            ),
        ]


class Movement(models.Model):
    """Shares bought, sold or given back; append-only. Income has its own table."""

    class Kind(models.TextChoices):
        SUBSCRIBE = "subscribe", _("Subscribed")
        REDEEM = "redeem", _("Redeemed")
        CANCEL = "cancel", _("Subscription cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    order_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    booked_on = models.DateField()
    confirmed_on = models.DateField()
    transfer_id = models.UUIDField(unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["holding", "-id"], name="wealth_movement_of_holding"),
            models.Index(fields=["confirmed_on"], name="wealth_movement_confirmed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "order_id"], name="one_movement_per_order_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_movement_has_an_amount"
            ),
        ]


class Income(models.Model):
    """A day's income of one holding, reinvested as shares; append-only.

    Below zero on a day of loss; `borne_minor` is the part of a loss that the holding could not
    carry any more, which stays with the fund.
    """

    pk = models.CompositePrimaryKey("holding_id", "on")
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, db_index=False)
    on = models.DateField()
    earning_minor = models.BigIntegerField()
    income_minor = models.BigIntegerField()
    remainder_minor = models.DecimalField(max_digits=12, decimal_places=8)
    borne_minor = models.BigIntegerField(default=0, db_default=0)


class IncomeRun(models.Model):
    """One fund's distribution of one day: what was paid in all, and its transfer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, db_index=False)
    on = models.DateField()
    holdings = models.BigIntegerField()
    income_minor = models.BigIntegerField()
    transfer_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "on"], name="one_distribution_per_fund_and_day")
        ]
