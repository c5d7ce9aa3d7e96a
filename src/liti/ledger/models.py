"""Tables of the ledger. Rows are written by posting.py; transfers and entries are for ever."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from liti.core.ids import uuid7
from liti.ledger.rules import Side, Status


class Subject(models.Model):
    """A general-ledger subject (科目) of the chart of accounts."""

    class Kind(models.TextChoices):
        ASSET = "asset", _("Asset")
        LIABILITY = "liability", _("Liability")
        COMMON = "common", _("Asset or liability")
        EQUITY = "equity", _("Equity")
        INCOME = "income", _("Income")
        EXPENSE = "expense", _("Expense")

    code = models.CharField(primary_key=True, max_length=12)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    normal_side = models.CharField(max_length=6, choices=[(s.value, s.value) for s in Side])

    def __str__(self) -> str:
        return f"{self.code} {self.name_en}"


class Account(models.Model):
    """A ledger account. `balance_minor` is computed by the database, in the normal direction.

    The floor is the lowest balance that a transfer may leave (0: no overdraft; negative: an
    agreed overdraft; NULL: none). fillfactor 70 keeps updates on their page (migration 0002).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60, null=True, unique=True)
    name = models.CharField(max_length=120)
    gl_code = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    normal_side = models.CharField(max_length=6)
    status = models.CharField(max_length=10, default=Status.OPEN.value)
    floor_minor = models.BigIntegerField(null=True)
    debits_minor = models.BigIntegerField(default=0)
    credits_minor = models.BigIntegerField(default=0)
    entry_count = models.BigIntegerField(default=0)
    balance_minor = models.GeneratedField(
        expression=Case(
            When(normal_side=Value("debit"), then=F("debits_minor") - F("credits_minor")),
            default=F("credits_minor") - F("debits_minor"),
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["gl_code", "id"], name="account_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(normal_side__in=["debit", "credit"]), name="a_side_is_debit_or_credit"
            ),
            models.CheckConstraint(
                condition=Q(debits_minor__gte=0) & Q(credits_minor__gte=0),
                name="totals_only_grow_from_zero",
            ),
            models.CheckConstraint(
                condition=Q(floor_minor=None)
                | Q(normal_side="credit", credits_minor__gte=F("debits_minor") + F("floor_minor"))
                | Q(normal_side="debit", debits_minor__gte=F("credits_minor") + F("floor_minor")),
                name="a_balance_is_not_below_its_floor",
            ),
        ]

    def __str__(self) -> str:
        return self.code or self.name


class Transfer(models.Model):
    """One movement of money: debits one account and credits another by the same amount.

    The id comes from the caller and is the idempotency key. No foreign keys: posting locks
    and checks both accounts in the same transaction, and accounts are never deleted.
    """

    class Origin(models.TextChoices):
        LIVE = "live", _("Live")
        RECORDED = "recorded", _("Recorded by the real bank")
        SIMULATED = "simulated", _("Simulated")

    id = models.UUIDField(primary_key=True)
    debit_account_id = models.UUIDField()
    credit_account_id = models.UUIDField()
    debit_seq = models.BigIntegerField()
    credit_seq = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=40)
    booked_on = models.DateField()
    value_on = models.DateField()
    booked_at = models.DateTimeField()
    origin = models.CharField(max_length=10, choices=Origin.choices)
    narrative = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="an_amount_is_positive"),
            models.CheckConstraint(
                condition=~Q(debit_account_id=F("credit_account_id")),
                name="a_transfer_has_two_accounts",
            ),
        ]


class Entry(models.Model):
    """One side of a transfer on one account, with the balance that it left.

    `seq` counts the account's entries from 1 without gap; `change_minor` is positive when it
    raised the balance.
    """

    pk = models.CompositePrimaryKey("account_id", "seq")
    account_id = models.UUIDField()
    seq = models.BigIntegerField()
    transfer_id = models.UUIDField()
    change_minor = models.BigIntegerField()
    balance_after_minor = models.BigIntegerField()
    booked_on = models.DateField()


class DayTotal(models.Model):
    """What all accounts of a subject were debited and credited on a booking date, as far as it
    is folded (see Folded). Wider than an amount: it is a sum over accounts."""

    pk = models.CompositePrimaryKey("booked_on", "gl_code", "currency")
    booked_on = models.DateField()
    gl_code = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    debits_minor = models.DecimalField(max_digits=38, decimal_places=0)
    credits_minor = models.DecimalField(max_digits=38, decimal_places=0)


class Folded(models.Model):
    """The last entry of an account that the day totals hold; those after it were posted since."""

    account_id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField()
