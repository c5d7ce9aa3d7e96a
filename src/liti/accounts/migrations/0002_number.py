"""Serial numbers of accounts that are opened on line; gaps are fine."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE accounts_number START 100000001", "DROP SEQUENCE accounts_number"
        )
    ]
