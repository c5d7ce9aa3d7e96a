"""The log of requests is append-only, and a request's number is the next one."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE care_request_number START 100001;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_requeststep
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
"""
BACKWARD = """
DROP TRIGGER append_only ON care_requeststep;
DROP SEQUENCE care_request_number;
"""


class Migration(migrations.Migration):
    dependencies = [("care", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
