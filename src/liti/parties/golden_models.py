"""The table of values that somebody stated of a customer, beside what departments deliver."""

from __future__ import annotations

from django.db import models

from liti.core.ids import uuid7
from liti.core.party_ids import PartyKey


class StatedValue(models.Model):
    """A value that the customer or the desk stated, checked by another person. It counts as
    verified; a later one of the same attribute follows it, none is rewritten."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party = PartyKey(
        "parties.Party", on_delete=models.PROTECT, related_name="stated", db_index=False
    )
    attribute = models.CharField(max_length=20)
    value = models.CharField(max_length=300)
    evidence = models.CharField(max_length=200)
    said_by = models.CharField(max_length=60)
    at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "at"], name="parties_stated_party")]
