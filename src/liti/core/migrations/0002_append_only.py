"""What is written once stays: the database itself refuses to change or delete it."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION liti_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGER = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_accesslog
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION liti_append_only()"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER append_only ON core_accesslog"),
    ]
