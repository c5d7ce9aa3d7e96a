"""Tables of the marketplace: suppliers, products and their versions, assessments, orders."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liti.core.history import tracked
from liti.core.ids import uuid7
from liti.core.party_ids import READ, PartyIdField
from liti.market.rules import UNDER_WAY


@tracked
class Supplier(models.Model):
    """Who makes a product: a department of the bank or an institution outside."""

    class Kind(models.TextChoices):
        OWN = "own", _("Own department")
        BANK = "bank", _("Another bank")
        FUND_COMPANY = "fund_company", _("Fund company")
        INSURER = "insurer", _("Insurer")
        OTHER = "other", _("Other institution")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


@tracked
class Product(models.Model):
    """What lies on the shelf. `engine` names what carries an order out; empty: no orders here."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ON_SHELF = "on_shelf", _("On the shelf")
        SUSPENDED = "suspended", _("Suspended")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Category(models.TextChoices):
        WEALTH = "wealth", _("Wealth")
        LOAN = "loan", _("Loan")
        ACCOUNT = "account", _("Account")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=20, unique=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    department = models.CharField(max_length=20)
    category = models.CharField(max_length=10, choices=Category.choices)
    engine = models.CharField(max_length=30, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)

    def __str__(self) -> str:
        return self.code


@tracked
class ProductVersion(models.Model):
    """A product's terms from a day on. Risk 1–5 (R1–R5); 0 where there is no investment.

    `engine_terms` is what the product's engine needs to carry an order out (which fund).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, db_index=False, related_name="versions"
    )
    version = models.IntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    summary_zh = models.CharField(max_length=300)
    summary_en = models.CharField(max_length=300)
    risk_level = models.SmallIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    amount_min_minor = models.BigIntegerField()
    amount_max_minor = models.BigIntegerField()
    account_classes = models.JSONField(default=list)
    engine_terms = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "version"], name="one_row_per_product_version"
            ),
            models.UniqueConstraint(
                fields=["product", "valid_from"], name="one_product_version_per_day"
            ),
            models.UniqueConstraint(
                fields=["product"], condition=Q(valid_to=None), name="one_open_product_version"
            ),
            models.CheckConstraint(
                condition=Q(risk_level__gte=0) & Q(risk_level__lte=5), name="risk_is_r0_to_r5"
            ),
            models.CheckConstraint(
                condition=Q(amount_max_minor__gte=F("amount_min_minor")),
                name="a_product_maximum_is_not_below_its_minimum",
            ),
        ]


class RiskAssessment(models.Model):
    """One filled-in questionnaire with its result; never changed, only followed by another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party_id = PartyIdField(on_merge=READ)
    questionnaire = models.CharField(max_length=20)
    answers = models.JSONField()
    score = models.IntegerField()
    level = models.SmallIntegerField()
    lowest = models.BooleanField()
    assessed_on = models.DateField()
    valid_until = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["party_id", "-id"], name="market_assessment_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__gte=1) & Q(level__lte=5), name="a_class_is_c1_to_c5"
            ),
            models.CheckConstraint(
                condition=Q(lowest=False) | Q(level=1), name="the_lowest_class_is_c1"
            ),
        ]


class Order(models.Model):
    """A customer's order. `key` is the caller's: the same key is one order.

    `held_minor` is what the clearing account holds for it now, so that the account is always
    the sum of them; `filled_minor` what the engine has filled, `final` that it will be no
    more. `look_at`: when an order over the wire is to be sent or asked about next.
    """

    class Side(models.TextChoices):
        BUY = "buy", _("Buy")
        SELL = "sell", _("Sell")

    class Status(models.TextChoices):
        QUOTED = "quoted", _("Quoted")
        SUITABLE = "suitable", _("Found suitable")
        AGREED = "agreed", _("Confirmed by the customer")
        FUNDED = "funded", _("Money set apart")
        SENT = "sent", _("Sent")
        IN_PART = "in_part", _("Filled in part")
        CONFIRMED = "confirmed", _("Confirmed")
        SETTLED = "settled", _("Settled")
        IN_POSITION = "in_position", _("In position")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party_id = PartyIdField()
    key = models.CharField(max_length=120)
    side = models.CharField(max_length=4, choices=Side.choices)
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    version = models.ForeignKey(ProductVersion, on_delete=models.PROTECT)
    account_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=20)
    offer_id = models.UUIDField(null=True)
    contributions = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUOTED)
    engine = models.CharField(max_length=30, default="")
    over_the_wire = models.BooleanField(default=False)
    filled_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    final = models.BooleanField(default=False)
    legs = models.SmallIntegerField(default=0)
    reference = models.CharField(max_length=80, blank=True, default="")
    reason_code = models.CharField(max_length=40, blank=True, default="")
    quoted_until = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    cancel_asked_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=200, blank=True, default="")
    booked_on = models.DateField()
    confirms_on = models.DateField(null=True)
    settles_on = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["party_id", "-id"], name="market_order_of_party"),
            models.Index(
                fields=["account_id"],
                condition=Q(status__in=UNDER_WAY),
                name="market_order_of_account",
            ),
            models.Index(
                fields=["status", "confirms_on"],
                condition=Q(status__in=UNDER_WAY, over_the_wire=False),
                name="market_order_here",
            ),
            models.Index(
                fields=["quoted_until"],
                condition=Q(quoted_until__isnull=False),
                name="market_quote_open",
            ),
            models.Index(
                fields=["look_at"], condition=Q(look_at__isnull=False), name="market_order_to_ask"
            ),
            models.Index(
                fields=["reference"], condition=~Q(reference=""), name="market_order_by_reference"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["party_id", "key"], name="one_order_per_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="an_order_has_an_amount"),
            models.CheckConstraint(
                condition=Q(filled_minor__gte=0) & Q(filled_minor__lte=F("amount_minor")),
                name="an_order_is_filled_up_to_its_amount",
            ),
            models.CheckConstraint(
                condition=Q(held_minor__gte=0) & Q(held_minor__lte=F("amount_minor")),
                name="clearing_holds_no_more_than_the_order",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["in_position", "refused", "cancelled"]) | Q(held_minor=0),
                name="an_order_that_is_over_holds_nothing",
            ),
        ]


class OrderStep(models.Model):
    """A move of an order's state, for its story."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=12, choices=Order.Status.choices)
    actor = models.CharField(max_length=150)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)


class PreparedOrder(models.Model):
    """An order that staff prepared for a customer; `order` is what it became by his word.

    `version` and `confirms_on` are what it was quoted by then; both are asked anew.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CONFIRMED = "confirmed", _("Confirmed by the customer")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        TAKEN_BACK = "taken_back", _("Taken back")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party_id = PartyIdField()
    key = models.CharField(max_length=120)
    side = models.CharField(max_length=4, choices=Order.Side.choices)
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    version = models.ForeignKey(ProductVersion, on_delete=models.PROTECT, db_index=False)
    account_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=20)
    offer_id = models.UUIDField(null=True)
    contributions = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    prepared_by = models.CharField(max_length=150)
    prepared_at = models.DateTimeField()
    prepared_on = models.DateField()
    expires_at = models.DateTimeField()
    confirms_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["party_id", "status"], name="market_prepared_of_party"),
            models.Index(
                fields=["expires_at"], condition=Q(status="waiting"), name="market_prepared_waiting"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["party_id", "key"], name="one_prepared_per_key"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_prepared_order_has_an_amount"
            ),
            models.CheckConstraint(
                condition=Q(status="confirmed", order__isnull=False)
                | (~Q(status="confirmed") & Q(order__isnull=True)),
                name="a_prepared_order_is_placed_when_it_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("prepared_at")), name="a_prepared_order_waits"
            ),
        ]
