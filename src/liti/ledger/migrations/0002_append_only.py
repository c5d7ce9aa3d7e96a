"""The books can't be rewritten: the database refuses, whoever asks.

Storage: account pages leave room (fillfactor 70) so that an account's update stays on its
page (HOT); no changing column is indexed.
"""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
ALTER TABLE ledger_account SET (fillfactor = 70);
"""
BACKWARD = """
DROP TRIGGER append_only ON ledger_transfer;
DROP TRIGGER append_only ON ledger_entry;
DROP TRIGGER never_deleted ON ledger_account;
ALTER TABLE ledger_account RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
