"""Tables of the shared kernel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liti.core.history import tracked
from liti.core.ids import uuid7
from liti.core.memo import changed
from liti.core.party_ids import READ, PartyIdField

PARAMETERS = "parameters"


class User(AbstractUser):
    """Someone who signs in. What staff may do comes from their posts."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("Staff")
        CUSTOMER = "customer", _("Customer")
        PARTNER = "partner", _("Partner")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.STAFF)
    party_id = PartyIdField(null=True, blank=True, db_index=True)
    partner_id = models.UUIDField(null=True, blank=True)
    staff_code = models.CharField(max_length=20, blank=True)
    department = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="customer") | Q(party_id__isnull=False),
                name="a_customer_user_is_a_party",
            )
        ]

    def get_full_name(self) -> str:
        """As colleagues call him: 王芳; Fang Wang; empty where no name is kept."""
        family, given = self.last_name.strip(), self.first_name.strip()
        if not f"{family}{given}".isascii():
            return f"{family}{given}"
        return f"{given} {family}".strip()

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class StaffPost(models.Model):
    """A role that a member of the staff holds from a day on, for good or until a day.

    `stands_in_for` is the colleague whose work he does meanwhile. Days are the calendar's, in
    the bank's zone; `valid_to` is the first day on which it does not hold any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=30)
    department = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    stands_in_for = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="stand_ins", null=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="a_post_ends_after_it_begins",
            )
        ]


class BusinessDay(models.Model):
    """The bank's current business date; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    current = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_business_date")]


class CalendarDay(models.Model):
    """One day of one calendar (cn_bank, xshg): whether business is done on it.

    A provisional day is reckoned, as its arrangement is not published yet.
    """

    calendar = models.CharField(max_length=12)
    day = models.DateField()
    is_business = models.BooleanField()
    name = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=40, blank=True)
    is_provisional = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="one_row_per_calendar_day")
        ]


class ParameterRows(models.QuerySet["Parameter"]):
    """Rows whose writing makes each reader of parameters look again."""

    def update(self, **values: Any) -> int:
        changed(PARAMETERS)
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        changed(PARAMETERS)
        return super().delete()

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        changed(PARAMETERS)
        return super().bulk_create(objs, *args, **options)


@tracked
class Parameter(models.Model):
    """A rule, limit, fee or text from a day on, until the next row of the same code and scope;
    where it comes from. A value of NULL says that there is none from that day on."""

    class Source(models.TextChoices):
        ARTICLE = "A", _("Article")
        LAW = "L", _("Law")
        VERIFIED = "V", _("Public page")
        COMPUTED = "C", _("Computed")
        UNVERIFIED = "M", _("Unverified")
        BANK = "B", _("The bank's choice")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=80)
    scope = models.CharField(max_length=40, blank=True)
    value = models.JSONField(null=True)
    unit = models.CharField(max_length=24)
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    regulation = models.CharField(max_length=160, blank=True)
    article = models.CharField(max_length=60, blank=True)
    source_tag = models.CharField(max_length=1, choices=Source.choices)
    valid_from = models.DateField()

    objects = ParameterRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "scope", "valid_from"], name="one_value_per_parameter_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.scope}".strip()

    def save(self, *args: Any, **options: Any) -> None:
        changed(PARAMETERS)
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        changed(PARAMETERS)
        return super().delete(*args, **options)


class EventKey(models.Model):
    """A key that events were emitted for. Its row lock, held from the emit to the commit,
    makes the numbers of one key's events follow the order of commits."""

    key = models.CharField(max_length=120, primary_key=True)
    used_at = models.DateTimeField()


class Event(models.Model):
    """The outbox: what happened to the thing `key`, who did it. Removed by age once no
    delivery needs it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    seq = models.BigIntegerField()
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor = models.CharField(max_length=150)
    actor_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["key", "seq"], name="event_key"),
            models.Index(fields=["occurred_at"], name="event_age"),
        ]


class Delivery(models.Model):
    """An event that a handler has not yet handled; what is handled leaves no row.

    A waiting or dead row holds those of its key that come after it, for its handler. A row
    that was given up holds nothing and stays as a record for a time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DEAD = "dead", _("Dead letter")
        GIVEN_UP = "given_up", _("Given up")

    id = models.BigAutoField(primary_key=True)
    handler = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    seq = models.BigIntegerField()
    event = models.ForeignKey(
        Event, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # When it is next tried; rows behind one that failed share its moment.
    due_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handler", "key", "seq"], name="one_delivery_per_event_and_handler"
            ),
            models.CheckConstraint(
                condition=~Q(state="given_up") | ~Q(reason=""),
                name="who_gives_a_delivery_up_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["handler", "due_at", "seq"],
                condition=Q(state="waiting"),
                name="delivery_due",
            ),
            models.Index(
                fields=["-failed_at"], condition=~Q(failed_at=None), name="delivery_failed"
            ),
        ]


class Approval(models.Model):
    """A change proposed by one person (maker) and decided by another (checker).

    `description` is the proposal in words by language, as it was when it was made; `basis`
    is what it rests on, compared again when it is decided.
    """

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("approval", "Waiting")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REPLACED = "replaced", _("Replaced")
        STALE = "stale", _("Out of date")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    payload = models.JSONField()
    basis = models.JSONField(null=True)
    description = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    maker = models.CharField(max_length=150)
    maker_id = models.UUIDField(null=True)
    on_behalf_of = models.CharField(max_length=150, blank=True)
    proposed_at = models.DateTimeField(auto_now_add=True)
    checker = models.CharField(max_length=150, blank=True)
    checker_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(state="pending"), name="one_pending_per_thing"
            ),
            models.CheckConstraint(
                condition=Q(checker_id=None) | Q(maker_id=None) | ~Q(checker_id=F("maker_id")),
                name="maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(checker=""),
                name="nobody_approves_nothing",
            ),
        ]
        ordering = ["-id"]


class ApprovalAttempt(models.Model):
    """A try to carry an approved proposal out that failed, with the reason and the remedy."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="attempts")
    actor = models.CharField(max_length=150)
    actor_id = models.UUIDField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    code = models.CharField(max_length=80)
    message = models.CharField(max_length=500)
    remedy = models.CharField(max_length=300, blank=True)


class AccessLog(models.Model):
    """Who read whose personal data, what for. Append-only (migration 0002)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_type = models.CharField(max_length=20)
    subject_id = PartyIdField(on_merge=READ, assigned=False)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=150)
    purpose = models.CharField(max_length=200)
    fields = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="access_of"),
            models.Index(fields=["actor_id", "-at"], name="access_by"),
            models.Index(fields=["-at"], name="access_at"),
        ]


class StepRun(models.Model):
    """One step of a batch run, as a record that staff can open."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.CharField(max_length=40)
    step = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "step", "key"], name="one_record_per_step")
        ]
        ordering = ["-started_at"]
