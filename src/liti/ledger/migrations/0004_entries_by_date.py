"""Entries are found by their booking date: they come in its order, so a block range is enough."""

from django.db import migrations

FORWARD = """
CREATE INDEX entry_booked_on ON ledger_entry USING brin (booked_on) WITH (pages_per_range = 32,
    autosummarize = on);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_relations")]
    operations = [migrations.RunSQL(FORWARD, "DROP INDEX entry_booked_on")]
