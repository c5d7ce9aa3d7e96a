"""Tables of parties: what each department has on file, and the one party it adds up to.

A party belongs to the bank. There is no owner column, on purpose: who serves it, in which
role and for how long is a ServiceAssignment.
"""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liti.core.ids import uuid7
from liti.core.party_ids import PartyKey
from liti.parties import survivorship
from liti.parties.golden_models import StatedValue as StatedValue
from liti.parties.link_models import Relation as Relation


class PartyKind(models.TextChoices):
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class Source(models.Model):
    """A file that a department, channel or partner delivers, and how to read it."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("Department")
        CHANNEL = "channel", _("Channel")
        PARTNER = "partner", _("Partner")

    code = models.CharField(max_length=30, primary_key=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    department = models.CharField(max_length=30)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    trust = models.PositiveSmallIntegerField()
    mapping = models.JSONField()

    def __str__(self) -> str:
        return self.code


class ImportRun(models.Model):
    """One file taken in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    of = models.DateField(null=True)  # the day that the file says it is of
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=100)
    rows_read = models.IntegerField()
    accepted = models.IntegerField()
    unchanged = models.IntegerField()
    rejected = models.IntegerField()
    warned = models.IntegerField()
    rejects_name = models.CharField(max_length=200, blank=True)
    # How often each verdict was given, by its code, and what of the file was not read at all.
    findings = models.JSONField(default=dict)
    left_out = models.JSONField(default=list)


class Identity(models.Model):
    """The standardised attributes, the same on a source record and on the golden record."""

    name = models.CharField(max_length=200, blank=True)
    name_simplified = models.CharField(max_length=200, blank=True)
    name_pinyin = models.CharField(max_length=400, blank=True)
    id_number = models.CharField(max_length=18, blank=True)
    uscc = models.CharField(max_length=18, blank=True)
    mobile = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    address = models.CharField(max_length=300, blank=True)
    region_code = models.CharField(max_length=6, blank=True)

    class Meta:
        abstract = True


@pghistory.track(
    pghistory.UpdateEvent(row="OLD"),
    pghistory.DeleteEvent(),
)
class Party(Identity):
    """One customer of the whole bank: the golden record with where each value came from."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        MERGED = "merged", _("Merged into another")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=PartyKind.choices)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    provenance = models.JSONField(default=dict)
    created_on = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["name_simplified"], name="parties_party_name"),
            models.Index(fields=["name_pinyin"], name="parties_party_pinyin"),
            models.Index(fields=["id_number"], name="parties_party_id_number"),
            models.Index(fields=["uscc"], name="parties_party_uscc"),
            models.Index(fields=["email"], name="parties_party_email"),
        ]


class PartyAlias(models.Model):
    """An id that was given out and has since been merged; it resolves for ever."""

    alias_id = models.UUIDField(primary_key=True)
    party = PartyKey(
        Party,
        on_delete=models.PROTECT,
        related_name="aliases",
        on_merge=survivorship.aliases,
        assigned=False,
    )
    at = models.DateTimeField(auto_now_add=True)


class SourceRecord(Identity):
    """A row of a department's file: as it came (`raw`) and standardised. It stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Where a longer index begins with the column, it has none of its own (here and below).
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    source_key = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=PartyKind.choices)
    raw = models.JSONField()
    # An ID number whose check digit is wrong: no key, but a hint for matching.
    id_number_claimed = models.CharField(max_length=30, blank=True)
    employer_uscc = models.CharField(max_length=18, blank=True)
    legal_representative_id = models.CharField(max_length=18, blank=True)
    rm_code = models.CharField(max_length=30, blank=True)
    rm_since = models.DateField(null=True)
    consents = models.JSONField(default=list)
    content_hash = models.CharField(max_length=64)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    party = PartyKey(Party, on_delete=models.PROTECT, null=True, related_name="records")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"], name="one_record_per_source_key"
            )
        ]
        indexes = [models.Index(fields=["id_number"], name="parties_record_id_number")]


class MatchPair(models.Model):
    """Two records compared: what was decided, and the weight of every comparison."""

    class Decision(models.TextChoices):
        MERGED = "merged", _("Same party")
        REVIEW = "review", _("Waits for a steward")
        CONFLICT = "conflict", _("Contradicting identity")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    left = models.ForeignKey(
        SourceRecord, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    right = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    rule = models.CharField(max_length=30)
    probability = models.FloatField()
    explanation = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="one_decision_per_pair")
        ]


class Consent(models.Model):
    """What a person allowed or withdrew, when and how that is known; append-only.

    Purpose, channel and product are one or `any`; `rules/consents.py` says which word wins.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party = PartyKey(
        Party, on_delete=models.PROTECT, on_merge=survivorship.refusals, db_index=False
    )
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    recipient = models.CharField(max_length=60, default="bank")
    product = models.CharField(max_length=20, default="any", db_default="any")
    granted = models.BooleanField()
    evidence = models.CharField(max_length=120)
    text_version = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["party", "purpose", "channel", "recipient", "-at"],
                name="parties_consent_latest",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "purpose", "channel", "recipient", "product", "evidence"],
                name="one_consent_per_evidence",
            )
        ]


LEADS = survivorship.LEADS


@pghistory.track(
    pghistory.UpdateEvent(row="OLD"),
    pghistory.DeleteEvent(),
)
class ServiceAssignment(models.Model):
    """Who serves a party, in which role, how long. Exactly one leads; never an owner."""

    class Role(models.TextChoices):
        LEAD_RM = "lead_rm", _("Managing RM")
        ASSISTANT_RM = "assistant_rm", _("Assisting RM")
        REFERRER = "referrer", _("Referrer")
        PRODUCT_SPECIALIST = "product_specialist", _("Product specialist")
        SERVICE_DESK = "service_desk", _("Service desk")
        CENTRAL_POOL = "central_pool", _("Central team")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party = PartyKey(Party, on_delete=models.PROTECT, on_merge=survivorship.service_team)
    role = models.CharField(max_length=20, choices=Role.choices)
    staff_code = models.CharField(max_length=30, blank=True)
    department = models.CharField(max_length=30)
    origin = models.CharField(max_length=10, default="command")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(valid_to=None, role__in=LEADS),
                name="one_managing_lead_per_party",
            ),
            models.UniqueConstraint(
                fields=["party", "staff_code", "department", "role"],
                condition=Q(valid_to=None),
                name="one_open_assignment_per_role",
            ),
        ]


class Merge(models.Model):
    """Two parties that became one: `was` resolves to `heir` until the merge is undone.

    The ids are those of that day and stay so, whatever is merged later.
    """

    class Origin(models.TextChoices):
        MATCHING = "matching", _("Matching")
        STEWARD = "steward", _("Data steward")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    was = models.UUIDField(db_index=True)
    heir = models.UUIDField(db_index=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    reason = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=150)
    on = models.DateField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, blank=True)
    undone_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["was"], condition=Q(undone_at=None), name="a_party_is_merged_once"
            ),
            models.CheckConstraint(condition=~Q(was=models.F("heir")), name="a_merge_joins_two"),
        ]


class Move(models.Model):
    """What a merge did with one row of a room, so that it can be undone row by row.

    `place`: table.column; `row`: the row's key; `was`: the party that it belonged to. `field`
    names what was changed beside the party ("" nothing, "*" the row was taken away, "+" it
    came while the two were one, ">" such a row was given to the one who was parted), with the
    text of its value before and after. `by`, `at`, `reason`: of what a person did later.
    """

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="moves")
    place = models.CharField(max_length=80)
    row = ArrayField(models.TextField())
    was = models.UUIDField()
    field = models.CharField(max_length=40, default="")
    before = models.TextField(null=True)
    after = models.TextField(null=True)
    by = models.CharField(max_length=150, null=True)
    at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, null=True)


class Ruling(models.Model):
    """What a steward decided of two records: one party, or never. Matching keeps to it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    left = models.ForeignKey(
        SourceRecord, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    right = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    together = models.BooleanField()
    merge = models.ForeignKey(Merge, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="one_ruling_per_pair")
        ]


class HandOver(models.Model):
    """That a manager's customers were handed over: what was delivered before is outdated."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    from_staff = models.CharField(max_length=30)
    to_staff = models.CharField(max_length=30, blank=True)
    department = models.CharField(max_length=30)
    reason = models.CharField(max_length=200, blank=True)
    customers = models.IntegerField()
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["from_staff", "-at"], name="parties_handover_from")]
