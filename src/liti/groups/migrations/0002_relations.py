"""The views that other rooms read in SQL; declared in relations.py."""

from django.db import migrations

FORWARD = """
CREATE VIEW groups_member_v WITH (security_invoker = true) AS
SELECT segment_code, party_id, since FROM groups_segmentmember WHERE until IS NULL;
"""
BACKWARD = """
DROP VIEW groups_member_v;
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
