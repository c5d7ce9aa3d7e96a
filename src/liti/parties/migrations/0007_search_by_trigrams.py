"""Searching by the end of a number reads an index where pg_trgm is there.

Not every source of PostgreSQL brings the extension, and not every owner of a database may make
it. Without it the search gives the same, and reads the table. Names are left out: under the
locale C, which the embedded server has, Chinese characters are no letters to pg_trgm, and an
index of nothing would be read whole.
"""

from django.db import migrations, transaction
from django.db.utils import OperationalError, ProgrammingError

INDEXES = (
    """CREATE INDEX parties_party_mobile_trgm ON parties_party
       USING gin ((mobile::text) gin_trgm_ops)""",
    """CREATE INDEX parties_party_id_number_trgm ON parties_party
       USING gin ((id_number::text) gin_trgm_ops)""",
    """CREATE INDEX parties_record_mobile_trgm ON parties_sourcerecord
       USING gin ((mobile::text) gin_trgm_ops)""",
)
BACKWARD = """
DROP INDEX IF EXISTS parties_party_mobile_trgm, parties_party_id_number_trgm,
                     parties_record_mobile_trgm
"""


def extended(connection):
    """Whether pg_trgm is there now, made by us where we may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if not cursor.fetchone():
            return False
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except (OperationalError, ProgrammingError):
            return False
    return True


def forward(apps, schema_editor):
    if extended(schema_editor.connection):
        for index in INDEXES:
            schema_editor.execute(index)


def backward(apps, schema_editor):
    schema_editor.execute(BACKWARD)


class Migration(migrations.Migration):
    dependencies = [("parties", "0006_canonical")]
    operations = [migrations.RunPython(forward, backward)]
