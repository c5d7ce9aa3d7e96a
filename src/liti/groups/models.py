"""Segments, stages and diagnoses: the rules as rows, and who was in what from when to when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liti.core.history import tracked
from liti.core.ids import uuid7
from liti.core.party_ids import PartyIdField
from liti.groups.merging import end_spans


class Stage(models.TextChoices):
    """Where a customer stands in the life with the bank; one stage a day."""

    PROSPECT = "prospect", _("Prospect")
    AUTHORISED_USER = "authorised_user", _("Authorised user")
    ACQUIRED = "acquired", _("Acquired")
    ACTIVE = "active", _("Activated")
    GROWTH = "growth", _("Growing")
    RETAINED = "retained", _("Retained")
    DECLINE = "decline", _("Declining")
    LOST = "lost", _("Lapsed")
    WIN_BACK = "win_back", _("Won back")


class ServiceGap(models.TextChoices):
    """The three groups of the article."""

    SERVED_BADLY = "served_badly", _("Served badly")
    CANNOT_BE_SERVED = "cannot_be_served", _("Cannot be served")
    NOT_REACHED = "not_reached", _("Not reached")


@tracked
class Segment(models.Model):
    """One version of a segment's rule, with the days on which it holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=40, db_index=False)
    version = models.PositiveIntegerField(default=1)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    rule = models.JSONField()
    owner_department = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_row_per_segment_version"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="one_open_version_per_segment"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="a_segment_version_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


@tracked
class Criterion(models.Model):
    """A rule that gives a stage or a diagnosis, and the reason that staff read.

    Stages: by `position`, the first that matches wins. Diagnoses: every one that matches.
    """

    class Purpose(models.TextChoices):
        STAGE = "stage", _("Life-cycle stage")
        DIAGNOSIS = "diagnosis", _("Diagnosis")

    code = models.SlugField(primary_key=True, max_length=40)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    outcome = models.CharField(max_length=20, choices=[*Stage.choices, *ServiceGap.choices])
    position = models.PositiveSmallIntegerField()
    reason_zh = models.CharField(max_length=120)
    reason_en = models.CharField(max_length=120)
    rule = models.JSONField()

    class Meta:
        verbose_name_plural = "criteria"
        ordering = ["purpose", "position"]

    def __str__(self) -> str:
        return self.code


class SegmentMember(models.Model):
    """A customer in a segment on the days since <= d < until."""

    pk = models.CompositePrimaryKey("party_id", "segment_code", "since")
    party_id = PartyIdField(on_merge=end_spans, assigned=False)
    segment_code = models.SlugField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["segment_code", "party_id"],
                condition=Q(until=None),
                name="members_now",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "segment_code"],
                condition=Q(until=None),
                name="one_open_membership",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="a_membership_ends_after_it_begins",
            ),
        ]


class StageSpan(models.Model):
    """A customer's stage on the days since <= d < until, with the criterion that began it."""

    pk = models.CompositePrimaryKey("party_id", "since")
    party_id = PartyIdField(on_merge=end_spans, assigned=False)
    stage = models.CharField(max_length=20, choices=Stage.choices)
    criterion = models.SlugField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["stage", "party_id"], condition=Q(until=None), name="stage_now")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["party_id"], condition=Q(until=None), name="one_stage_per_customer"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="a_stage_ends_after_it_begins",
            ),
        ]


class Diagnosis(models.Model):
    """Why a customer is in one of the three groups, on the days since <= d < until."""

    pk = models.CompositePrimaryKey("party_id", "criterion", "since")
    party_id = PartyIdField(on_merge=end_spans, assigned=False)
    criterion = models.SlugField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "diagnoses"
        indexes = [
            models.Index(
                fields=["criterion", "party_id"], condition=Q(until=None), name="diagnoses_now"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "criterion"],
                condition=Q(until=None),
                name="one_open_diagnosis",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="a_diagnosis_ends_after_it_begins",
            ),
        ]
