"""On how many accounts of others a customer acts."""

from django.db import migrations, models

FORWARD = """
CREATE OR REPLACE VIEW insight_feature_v WITH (security_invoker = true) AS
SELECT party_id, as_of, recency_days, frequency_90d, monetary_90d_minor, inflow_90d_minor,
       outflow_90d_minor, months_active_12, months_active_3, balance_minor,
       average_balance_90d_minor, average_assets_90d_minor, average_assets_30d_minor,
       average_assets_prior_90d_minor, peak_assets_90d_minor, accounts_open, tenure_days,
       cards_held, loans_open, loan_outstanding_minor, wealth_minor, newest_product_days,
       products_held, assets_minor, balance_change_90d_bp, average_change_bp, cash_share_bp,
       salary_in_minor, recency_score, frequency_score, monetary_score,
       accounts_acted_on
FROM insight_features;
"""
BACKWARD = """
DROP VIEW insight_feature_v CASCADE;
CREATE VIEW insight_feature_v WITH (security_invoker = true) AS
SELECT party_id, as_of, recency_days, frequency_90d, monetary_90d_minor, inflow_90d_minor,
       outflow_90d_minor, months_active_12, months_active_3, balance_minor,
       average_balance_90d_minor, average_assets_90d_minor, average_assets_30d_minor,
       average_assets_prior_90d_minor, peak_assets_90d_minor, accounts_open, tenure_days,
       cards_held, loans_open, loan_outstanding_minor, wealth_minor, newest_product_days,
       products_held, assets_minor, balance_change_90d_bp, average_change_bp, cash_share_bp,
       salary_in_minor, recency_score, frequency_score, monetary_score
FROM insight_features;
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0004_stale_party")]
    operations = [
        migrations.AddField(
            "featurerow",
            "accounts_acted_on",
            models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
