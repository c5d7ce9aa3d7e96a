"""Records of people who signed up on line are keyed by their whole ID number: the old key left
the year of birth out, so that two people could overwrite each other."""

from django.db import migrations

RENAME = """
UPDATE parties_sourcerecord
SET source_key = 'online:' || left(encode(sha256(id_number::bytea), 'hex'), 32)
WHERE source_key LIKE 'online:%' AND id_number <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0008_handover")]
    operations = [migrations.RunSQL(RENAME, migrations.RunSQL.noop)]
