"""Results of the data cloud, stored back for look-up. The history itself is in Parquet."""

from __future__ import annotations

from django.db import models

from liti.core.party_ids import READ, PartyIdField
from liti.insight.features import kept
from liti.insight.merging import forget


class FeatureRow(models.Model):
    """All kept features of a customer on a day: one column for each that features/ declares."""

    pk = models.CompositePrimaryKey("party_id", "as_of")
    party_id = PartyIdField(on_merge=forget, assigned=False)
    as_of = models.DateField()

    class Meta:
        db_table = "insight_features"
        indexes = [models.Index(fields=["as_of", "party_id"], name="features_of_day")]


for _feature in kept():
    FeatureRow.add_to_class(_feature.name, models.BigIntegerField(null=_feature.empty is None))


class PartyMonth(models.Model):
    """In, out and end balance of a customer in a month; months without entries have no row."""

    pk = models.CompositePrimaryKey("party_id", "month")
    party_id = PartyIdField(on_merge=forget, assigned=False)
    month = models.DateField()
    in_minor = models.BigIntegerField()
    out_minor = models.BigIntegerField()
    end_balance_minor = models.BigIntegerField()

    class Meta:
        db_table = "insight_party_month"


class BankMonth(models.Model):
    """The bank's month: customers with an own entry, in, out, assets at its end."""

    month = models.DateField(primary_key=True)
    customers_active = models.BigIntegerField()
    in_minor = models.BigIntegerField()
    out_minor = models.BigIntegerField()
    assets_minor = models.BigIntegerField()

    class Meta:
        db_table = "insight_bank_month"


class MonthsBasis(models.Model):
    """What the months above were computed from; one row. While it is the same, a new day
    computes its own month only."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    basis = models.JSONField()

    class Meta:
        db_table = "insight_months_basis"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_basis_of_months")]


class StaleParty(models.Model):
    """A customer whose look-up rows are older than a merge; computed again within a minute."""

    party_id = PartyIdField(primary_key=True, on_merge=READ, assigned=False)
    since = models.DateTimeField()

    class Meta:
        db_table = "insight_stale_party"
