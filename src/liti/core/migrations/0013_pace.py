"""A table in which all processes count what is done in a minute."""

from django.db import migrations

TABLE = """
CREATE UNLOGGED TABLE core_pace (
    key varchar(200) PRIMARY KEY, minute bigint NOT NULL, taken bigint NOT NULL
) WITH (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0012_private_searches")]
    operations = [migrations.RunSQL(TABLE, "DROP TABLE core_pace")]
