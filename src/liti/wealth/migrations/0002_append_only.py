"""What moved a holding is never rewritten."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wealth_movement
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wealth_income
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
"""
BACKWARD = """
DROP TRIGGER append_only ON wealth_movement;
DROP TRIGGER append_only ON wealth_income;
"""


class Migration(migrations.Migration):
    dependencies = [("wealth", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
