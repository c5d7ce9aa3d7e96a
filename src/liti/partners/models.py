"""Partner enterprises, the paradigm each one lives by, their clients and members."""

from __future__ import annotations

from django.db import models

from liti.core.history import tracked
from liti.core.ids import uuid7
from liti.core.party_ids import READ, PartyIdField
from liti.partners.merging import one_mandate
from liti.partners.rules import EnrolmentStatus, PartnerStatus


@tracked
class Paradigm(models.Model):
    """The kit that a partner goes live with: which rooms it may use, by configuration only."""

    code = models.CharField(primary_key=True, max_length=40)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    scopes = models.JSONField(default=list)
    product_codes = models.JSONField(default=list)
    version = models.PositiveSmallIntegerField(default=1)


@tracked
class Partner(models.Model):
    """An enterprise that serves its own people and customers with the bank's finance."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    scene = models.CharField(max_length=40)
    party_id = PartyIdField(null=True)
    paradigm = models.ForeignKey(Paradigm, on_delete=models.PROTECT)
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PartnerStatus], default="applied"
    )
    joined_on = models.DateField()

    def __str__(self) -> str:
        return self.name_en


@tracked
class ApiClient(models.Model):
    """An OAuth2 client: of a partner, or (without one) of the bank's own systems.

    A client without a row here may do nothing. The secret is hashed by the OAuth2 library.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="clients", null=True
    )
    client_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=80, blank=True)
    scopes = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)


@tracked
class Mandate(models.Model):
    """A customer's word that a partner may do something on his instruction.

    In force from `granted_at` until it is withdrawn. `text_version` is the text that he saw,
    `evidence` where he gave his word (PIPL Art. 23; Civil Code Art. 165).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="mandates")
    party_id = PartyIdField(on_merge=one_mandate)
    scope = models.CharField(max_length=40)
    text_version = models.CharField(max_length=20)
    evidence = models.CharField(max_length=120)
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "partner", "scope"],
                condition=models.Q(withdrawn_at=None),
                name="one_mandate_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None)
                | models.Q(withdrawn_at__gte=models.F("granted_at")),
                name="a_mandate_is_withdrawn_after_it_was_given",
            ),
        ]


class MemberBatch(models.Model):
    """One delivery of members; the partner's key makes it happen once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, db_index=False)
    key = models.CharField(max_length=120)
    content_hash = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    problems = models.JSONField(default=list)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "key"], name="one_batch_per_partner_and_key")
        ]


class Member(models.Model):
    """A person who came through a partner. The person is the bank's customer, not the partner's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, db_index=False, related_name="members"
    )
    member_no = models.CharField(max_length=60)
    party_id = PartyIdField(db_index=True)
    joined_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "member_no"], name="one_row_per_member_no")
        ]


@tracked
class Enrolment(models.Model):
    """A partner says that somebody is its member; it waits for his own answer.

    Who is meant is a mark (`parties.marks`), not data; `party_id` is whoever answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="enrolments", db_index=False
    )
    member_no = models.CharField(max_length=60)
    mark = models.CharField(max_length=64, db_index=True)
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in EnrolmentStatus], default="waiting"
    )
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    party_id = PartyIdField(null=True, on_merge=READ)
    evidence = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "member_no"],
                condition=models.Q(status="waiting"),
                name="one_request_waits_for_a_member_number",
            )
        ]
        indexes = [
            models.Index(fields=["partner", "-requested_at"], name="requests_of_partner"),
        ]


class Cohort(models.Model):
    """People whose figures a partner is told together, fixed on a day (figures.py)."""

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="cohorts")
    frozen_on = models.DateField()


class CohortMember(models.Model):
    """One of them. Two customers who turn out to be one are one of them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, related_name="people", db_index=False
    )
    party_id = PartyIdField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "party_id"], name="once_in_a_cohort")
        ]


class MemberFigures(models.Model):
    """What a partner was told of a closed day; rounded, null where it is held back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="figures", db_index=False
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT)
    on = models.DateField()
    people = models.PositiveIntegerField()
    with_account = models.PositiveIntegerField(null=True)
    with_product = models.PositiveIntegerField(null=True)
    assets_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "on"], name="figures_once_a_day")]
