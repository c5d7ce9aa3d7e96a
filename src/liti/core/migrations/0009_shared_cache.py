"""A table for the cache that all workers share: failed sign-ins are counted once for the house."""

from django.db import migrations

TABLE = """
CREATE UNLOGGED TABLE core_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX core_cache_expires ON core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0008_deliveries")]
    operations = [migrations.RunSQL(TABLE, "DROP TABLE core_cache")]
