"""Tables of the ledger. Rows are written by posting.py; transfers and entries are for ever."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _

from liti.core.ids import uuid7
from liti.ledger.rules import HoldStatus, LimitSide, LimitWindow, Side, Status


def _next(sequence: str) -> Func:
    """The next number of a sequence that a migration makes."""
    return Func(Value(sequence), function="nextval")


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

    Outside it is known by its id, inside by its number. The floor is the lowest balance that
    a transfer may leave (0: no overdraft; negative: an agreed overdraft; NULL: none), the
    ceiling the highest; what is held counts as gone from the one side and as come on the
    other. fillfactor 70 keeps updates on their page (migration 0002).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.IntegerField(
        unique=True, editable=False, db_default=_next("ledger_account_number")
    )
    code = models.CharField(max_length=60, null=True, unique=True)
    name = models.CharField(max_length=120)
    gl_code = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    normal_side = models.CharField(max_length=6)
    status = models.CharField(max_length=10, default=Status.OPEN.value)
    floor_minor = models.BigIntegerField(null=True)
    ceiling_minor = models.BigIntegerField(null=True)
    no_debit = models.BooleanField(default=False)
    no_credit = models.BooleanField(default=False)
    limit_class = models.SmallIntegerField(null=True)
    external_reference = models.CharField(max_length=64, null=True, unique=True)
    metadata = models.JSONField(default=dict)
    held_debits_minor = models.BigIntegerField(db_default=0)
    held_credits_minor = models.BigIntegerField(db_default=0)
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
                condition=Q(held_debits_minor__gte=0) & Q(held_credits_minor__gte=0),
                name="nothing_less_than_zero_is_held",
            ),
            models.CheckConstraint(
                condition=Q(floor_minor=None)
                | Q(
                    normal_side="credit",
                    credits_minor__gte=F("debits_minor")
                    + F("held_debits_minor")
                    + F("floor_minor"),
                )
                | Q(
                    normal_side="debit",
                    debits_minor__gte=F("credits_minor")
                    + F("held_credits_minor")
                    + F("floor_minor"),
                ),
                name="a_balance_is_not_below_its_floor",
            ),
        ]

    def __str__(self) -> str:
        return self.code or self.name


class Kind(models.Model):
    """The name of a kind of transfer by a small number."""

    code = models.IntegerField(primary_key=True, db_default=_next("ledger_kind_code"))
    name = models.CharField(max_length=40, unique=True)


class Origin(models.IntegerChoices):
    """Where a transfer comes from, by a small number; the names are those of requests."""

    LIVE = 0, _("Live")
    RECORDED = 1, _("Recorded by the real bank")
    SIMULATED = 2, _("Simulated")


class Transfer(models.Model):
    """One movement of money: debits one account and credits another by the same amount.

    The id comes from the caller and is the idempotency key. Accounts stand by their numbers,
    without foreign keys: posting locks and checks both in the same transaction, and accounts
    are never deleted. What few transfers have is in `Detail`.
    """

    id = models.UUIDField(primary_key=True)
    debit_seq = models.BigIntegerField()
    credit_seq = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    booked_at = models.DateTimeField()
    debit_number = models.IntegerField()
    credit_number = models.IntegerField()
    kind_code = models.IntegerField()
    booked_on = models.DateField()
    value_on = models.DateField()
    origin = models.SmallIntegerField(choices=Origin.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="an_amount_is_positive"),
            models.CheckConstraint(
                condition=~Q(debit_number=F("credit_number")), name="a_transfer_has_two_accounts"
            ),
        ]


class Detail(models.Model):
    """What a transfer has beyond the ordinary: a narrative, the hold that it settles, the
    transfer that it takes back, how much was asked for where it moved what there was."""

    transfer_id = models.UUIDField(primary_key=True)
    narrative = models.CharField(max_length=200, blank=True)
    counterparty = models.CharField(max_length=20, blank=True)
    up_to = models.CharField(max_length=6, blank=True)
    asked_minor = models.BigIntegerField(null=True)
    reverses_id = models.UUIDField(null=True)
    hold_id = models.UUIDField(null=True)
    final = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["reverses_id"], name="detail_by_original",
                condition=Q(reverses_id__isnull=False),
            ),
            models.Index(
                fields=["hold_id"], name="detail_by_hold", condition=Q(hold_id__isnull=False)
            ),
        ]  # fmt: skip


class Entry(models.Model):
    """One side of a transfer on one account, with the balance that it left.

    `seq` counts the account's entries from 1 without gap; `change_minor` is positive when it
    raised the balance.
    """

    pk = models.CompositePrimaryKey("account_number", "seq")
    seq = models.BigIntegerField()
    transfer_id = models.UUIDField()
    change_minor = models.BigIntegerField()
    balance_after_minor = models.BigIntegerField()
    account_number = models.IntegerField()
    booked_on = models.DateField()


class Hold(models.Model):
    """Money set apart on both sides of a transfer that is still to come."""

    id = models.UUIDField(primary_key=True)
    debit_number = models.IntegerField()
    credit_number = models.IntegerField()
    amount_minor = models.BigIntegerField()
    settled_minor = models.BigIntegerField(default=0)
    status = models.CharField(max_length=8, choices=[(s.value, s.value) for s in HoldStatus])
    kind_code = models.IntegerField()
    booked_on = models.DateField()
    value_on = models.DateField()
    origin = models.SmallIntegerField(choices=Origin.choices)
    narrative = models.CharField(max_length=200, blank=True)
    counterparty = models.CharField(max_length=20, blank=True)
    reserved_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at"], name="hold_by_expiry",
                condition=Q(status="pending", expires_at__isnull=False),
            ),
            models.Index(
                fields=["debit_number"], name="hold_pending_out", condition=Q(status="pending")
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0)
                & Q(settled_minor__gte=0)
                & Q(settled_minor__lte=F("amount_minor")),
                name="a_hold_settles_at_most_itself",
            ),
        ]


class Answer(models.Model):
    """The first answer to a request that made no transfer: a hold, its release, or a refusal
    that a program was given. Its id is used up."""

    class What(models.TextChoices):
        HOLD = "hold", _("Hold")
        RELEASE = "release", _("Release")
        REFUSED = "refused", _("Refusal")

    id = models.UUIDField(primary_key=True)
    what = models.CharField(max_length=8, choices=What.choices)
    hold_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    code = models.CharField(max_length=24, blank=True)
    account_id = models.UUIDField(null=True)
    content = models.JSONField(null=True)
    at = models.DateTimeField()


class LimitClass(models.Model):
    """A class of accounts that the same limits hold for."""

    id = models.SmallIntegerField(primary_key=True, db_default=_next("ledger_limitclass_id"))
    code = models.CharField(max_length=40, unique=True)


class LimitRule(models.Model):
    """One dated limit of a class; the newest of a name that is valid on a booking date counts."""

    id = models.IntegerField(primary_key=True, db_default=_next("ledger_limitrule_id"))
    limit_class = models.SmallIntegerField()
    name = models.CharField(max_length=40)
    side = models.CharField(max_length=3, choices=[(s.value, s.value) for s in LimitSide])
    window = models.CharField(max_length=6, choices=[(w.value, w.value) for w in LimitWindow])
    max_minor = models.BigIntegerField()
    kinds = ArrayField(models.CharField(max_length=40), default=list)
    counterparties = ArrayField(models.CharField(max_length=20), default=list)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["limit_class", "name", "valid_from"], name="a_limit_is_dated_once"
            ),
            models.CheckConstraint(condition=Q(max_minor__gte=0), name="a_limit_is_not_negative"),
        ]


class LimitUse(models.Model):
    """What an account has consumed of a limit within a window."""

    pk = models.CompositePrimaryKey("account_number", "rule_id", "starts_on")
    account_number = models.IntegerField()
    rule_id = models.IntegerField()
    starts_on = models.DateField()
    used_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(used_minor__gte=0), name="a_use_is_not_negative"),
        ]


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

    account_number = models.IntegerField(primary_key=True)
    seq = models.BigIntegerField()
