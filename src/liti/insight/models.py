"""Results of the data cloud, stored back for look-up. The history itself is in Parquet."""

from __future__ import annotations

from django.db import models


class FeatureRow(models.Model):
    """All kept features of a customer on a day; columns as declared in features/."""

    pk = models.CompositePrimaryKey("party_id", "as_of")
    party_id = models.UUIDField()
    as_of = models.DateField()
    recency_days = models.BigIntegerField(null=True)
    frequency_90d = models.BigIntegerField()
    monetary_90d_minor = models.BigIntegerField()
    inflow_90d_minor = models.BigIntegerField()
    outflow_90d_minor = models.BigIntegerField()
    months_active_12 = models.BigIntegerField()
    months_active_3 = models.BigIntegerField()
    balance_minor = models.BigIntegerField()
    average_balance_90d_minor = models.BigIntegerField()
    average_assets_90d_minor = models.BigIntegerField()
    average_assets_30d_minor = models.BigIntegerField()
    average_assets_prior_90d_minor = models.BigIntegerField()
    peak_assets_90d_minor = models.BigIntegerField()
    accounts_open = models.BigIntegerField()
    tenure_days = models.BigIntegerField(null=True)
    cards_held = models.BigIntegerField()
    loans_open = models.BigIntegerField()
    loan_outstanding_minor = models.BigIntegerField()
    wealth_minor = models.BigIntegerField()
    newest_product_days = models.BigIntegerField(null=True)
    products_held = models.BigIntegerField()
    assets_minor = models.BigIntegerField()
    balance_change_90d_bp = models.BigIntegerField(null=True)
    average_change_bp = models.BigIntegerField(null=True)
    cash_share_bp = models.BigIntegerField(null=True)
    salary_in_minor = models.BigIntegerField(null=True)
    recency_score = models.BigIntegerField()
    frequency_score = models.BigIntegerField()
    monetary_score = models.BigIntegerField()

    class Meta:
        db_table = "insight_features"
        indexes = [models.Index(fields=["as_of", "party_id"], name="features_of_day")]


class PartyMonth(models.Model):
    """In, out and end balance of a customer in a month; months without entries have no row."""

    pk = models.CompositePrimaryKey("party_id", "month")
    party_id = models.UUIDField()
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
