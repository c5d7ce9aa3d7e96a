"""The views that other rooms read in SQL; declared in relations.py."""

from django.db import migrations

FORWARD = """
CREATE VIEW parties_customer_v WITH (security_invoker = true) AS
SELECT id AS party_id FROM parties_party WHERE status = 'active';
"""
BACKWARD = """
DROP VIEW parties_customer_v;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_import_findings")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
