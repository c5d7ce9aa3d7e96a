"""The view of who acts on another's account; declared in relations.py."""

from django.db import migrations

FORWARD = """
CREATE VIEW accounts_role_v WITH (security_invoker = true) AS
SELECT h.account_id, h.party_id, h.role, h.valid_from AS opened_on
FROM accounts_accountholder h JOIN accounts_electronicaccount a ON a.id = h.account_id
WHERE h.valid_to IS NULL AND h.role <> 'owner' AND h.party_id <> a.party_id
      AND a.status <> 'closed';
"""
BACKWARD = """
DROP VIEW accounts_role_v;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_freezes")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
