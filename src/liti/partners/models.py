"""Partner enterprises, the paradigm each one lives by, their clients and members."""

from __future__ import annotations

from django.db import models

from liti.core.history import tracked
from liti.core.ids import uuid7
from liti.core.party_ids import PartyIdField
from liti.partners.rules import PartnerStatus


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
    """An OAuth2 client of a partner (the secret is hashed by the OAuth2 library)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="clients")
    client_id = models.CharField(max_length=100, unique=True)
    scopes = models.JSONField(default=list)


class MemberBatch(models.Model):
    """One delivery of members; the partner's key makes it happen once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
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
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="members")
    member_no = models.CharField(max_length=60)
    party_id = PartyIdField(db_index=True)
    joined_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "member_no"], name="one_row_per_member_no")
        ]
