"""The views that other rooms read in SQL; declared in relations.py."""

from django.db import migrations

FORWARD = """
CREATE VIEW lending_holding_v WITH (security_invoker = true) AS
SELECT c.party_id, 'loan' AS category, c.method AS product_code, c.signed_on AS opened_on,
       b.balance_minor AS amount_minor
FROM lending_contract c JOIN ledger_balance_v b ON b.account_id = c.loan_account_id
WHERE b.balance_minor > 0;
"""
BACKWARD = """
DROP VIEW lending_holding_v;
"""


class Migration(migrations.Migration):
    dependencies = [("lending", "0002_day_steps"), ("ledger", "0003_relations")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
