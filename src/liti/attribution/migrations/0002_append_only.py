"""Benefits and shares are corrected by reversal, never rewritten."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON attribution_benefit
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON attribution_split
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
"""
BACKWARD = """
DROP TRIGGER append_only ON attribution_benefit;
DROP TRIGGER append_only ON attribution_split;
"""


class Migration(migrations.Migration):
    dependencies = [("attribution", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
