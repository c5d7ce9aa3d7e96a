"""The views that other rooms read in SQL; declared in relations.py."""

from django.db import migrations

FORWARD = """
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
BACKWARD = """
DROP VIEW insight_feature_v;
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
