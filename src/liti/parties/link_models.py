"""The table of links between parties."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liti.core.ids import uuid7
from liti.core.party_ids import PartyKey
from liti.parties import survivorship
from liti.parties.rules.links import WHOLE_BP


@pghistory.track(pghistory.UpdateEvent(row="OLD"), pghistory.DeleteEvent())
class Relation(models.Model):
    """How two parties belong together, for how long, and how that is known: `basis` is the
    paper, `source` the department's file or who recorded it. It is ended, never taken away."""

    class Kind(models.TextChoices):
        LEGAL_REPRESENTATIVE = "legal_representative", _("Legal representative")
        BENEFICIAL_OWNER = "beneficial_owner", _("Beneficial owner")
        SHAREHOLDER = "shareholder", _("Shareholder")
        EMPLOYEE = "employee", _("Employee")
        HOUSEHOLD = "household", _("Household")
        GUARDIAN = "guardian", _("Guardian")
        GUARANTOR = "guarantor", _("Guarantor")
        SUPPLIER = "supplier", _("Supplier")
        CO_HOLDER = "co_holder", _("Co-holder")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    from_party = PartyKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+",
        on_merge=survivorship.relations,
    )  # fmt: skip
    to_party = PartyKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+",
        on_merge=survivorship.relations,
    )  # fmt: skip
    kind = models.CharField(max_length=20, choices=Kind.choices)
    origin = models.CharField(max_length=10, default="command")
    source = models.CharField(max_length=150, blank=True, db_default="")
    basis = models.CharField(max_length=200, blank=True, db_default="")
    share_bp = models.IntegerField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    ended_basis = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_party", "to_party", "kind"],
                condition=Q(valid_to=None),
                name="one_open_relation_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(from_party=F("to_party")), name="a_relation_joins_two"
            ),
            models.CheckConstraint(
                condition=Q(share_bp=None) | Q(share_bp__gte=1, share_bp__lte=WHOLE_BP),
                name="a_share_is_part_of_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="a_relation_ends_after_it_begins",
            ),
        ]
