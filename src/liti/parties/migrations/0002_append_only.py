"""A word of consent is never rewritten: it is followed by another."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON parties_consent
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
"""
BACKWARD = "DROP TRIGGER append_only ON parties_consent;"


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
