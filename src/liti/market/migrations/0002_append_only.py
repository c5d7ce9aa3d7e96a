"""An assessment and an order's story are never rewritten."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market_riskassessment
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market_orderstep
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
"""
BACKWARD = """
DROP TRIGGER append_only ON market_riskassessment;
DROP TRIGGER append_only ON market_orderstep;
"""


class Migration(migrations.Migration):
    dependencies = [("market", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
