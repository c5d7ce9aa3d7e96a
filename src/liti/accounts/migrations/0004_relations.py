"""The views that other rooms read in SQL; declared in relations.py."""

from django.db import migrations

FORWARD = """
CREATE VIEW accounts_account_v WITH (security_invoker = true) AS
SELECT id AS account_id, party_id, account_class, opened_on, status
FROM accounts_electronicaccount;

CREATE VIEW accounts_holding_v WITH (security_invoker = true) AS
SELECT party_id, 'card' AS category, kind AS product_code, issued_on AS opened_on,
       0::bigint AS amount_minor
FROM accounts_issuedcard;
"""
BACKWARD = """
DROP VIEW accounts_holding_v;
DROP VIEW accounts_account_v;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_closed_on")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
