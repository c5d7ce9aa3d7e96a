"""The views that other rooms read in SQL; declared in relations.py."""

from django.db import migrations

FORWARD = """
CREATE VIEW ledger_entry_v WITH (security_invoker = true) AS
SELECT account_id, seq, transfer_id, booked_on, change_minor, balance_after_minor
FROM ledger_entry;

CREATE VIEW ledger_posting_v WITH (security_invoker = true) AS
SELECT a.gl_code, e.account_id, e.seq, e.booked_on, e.change_minor, e.balance_after_minor,
       t.kind, t.origin, c.code AS counter_code, e.transfer_id
FROM ledger_account a
JOIN ledger_entry e ON e.account_id = a.id
JOIN ledger_transfer t ON t.id = e.transfer_id
JOIN ledger_account c ON c.id = CASE WHEN t.debit_account_id = a.id
     THEN t.credit_account_id ELSE t.debit_account_id END;

CREATE VIEW ledger_posting_month_v WITH (security_invoker = true) AS
SELECT a.gl_code, date_trunc('month', e.booked_on)::date AS month, count(*) AS entries
FROM ledger_account a JOIN ledger_entry e ON e.account_id = a.id GROUP BY 1, 2;

CREATE VIEW ledger_balance_v WITH (security_invoker = true) AS
SELECT id AS account_id, gl_code, balance_minor FROM ledger_account;
"""
BACKWARD = """
DROP VIEW ledger_balance_v;
DROP VIEW ledger_posting_month_v;
DROP VIEW ledger_posting_v;
DROP VIEW ledger_entry_v;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
