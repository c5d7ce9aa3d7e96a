"""A movement stays as it is, but for the day of its confirmation: calendars change."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION wealth_movement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'confirmed_on' IS DISTINCT FROM to_jsonb(OLD) - 'confirmed_on' THEN
        RAISE EXCEPTION 'table wealth_movement is append-only: UPDATE is refused'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER append_only ON wealth_movement;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON wealth_movement
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER only_its_date_moves BEFORE UPDATE ON wealth_movement
    FOR EACH ROW EXECUTE FUNCTION wealth_movement_stays();
"""
BACKWARD = """
DROP TRIGGER only_its_date_moves ON wealth_movement;
DROP TRIGGER append_only ON wealth_movement;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wealth_movement
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
DROP FUNCTION wealth_movement_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("wealth", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
