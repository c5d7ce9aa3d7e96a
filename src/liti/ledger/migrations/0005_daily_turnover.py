"""Each subject's turnover of a day is kept; what the books hold already is folded now."""

from django.db import migrations, models

FORWARD = """
CREATE VIEW ledger_turnover_v WITH (security_invoker = true) AS
SELECT gl_code, currency, booked_on, debits_minor, credits_minor FROM ledger_daytotal
UNION ALL
SELECT a.gl_code, a.currency, e.booked_on, e.debits, e.credits
FROM ledger_account a LEFT JOIN ledger_folded f ON f.account_id = a.id
CROSS JOIN LATERAL (
    SELECT booked_on,
           coalesce(sum(abs(change_minor))
               FILTER (WHERE (change_minor > 0) = (a.normal_side = 'debit')), 0) AS debits,
           coalesce(sum(abs(change_minor))
               FILTER (WHERE (change_minor > 0) <> (a.normal_side = 'debit')), 0) AS credits
    FROM ledger_entry WHERE account_id = a.id AND seq > coalesce(f.seq, 0) GROUP BY booked_on
) e
WHERE a.entry_count > coalesce(f.seq, 0);

INSERT INTO ledger_daytotal (booked_on, gl_code, currency, debits_minor, credits_minor)
SELECT booked_on, gl_code, currency, sum(debit), sum(credit) FROM (
    SELECT t.booked_on, a.gl_code, a.currency, t.amount_minor AS debit, 0 AS credit
    FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit_account_id
    UNION ALL
    SELECT t.booked_on, a.gl_code, a.currency, 0, t.amount_minor
    FROM ledger_transfer t JOIN ledger_account a ON a.id = t.credit_account_id
) AS sides GROUP BY booked_on, gl_code, currency;
INSERT INTO ledger_folded (account_id, seq)
SELECT id, entry_count FROM ledger_account WHERE entry_count > 0;
"""
BACKWARD = "DROP VIEW ledger_turnover_v"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_entries_by_date")]
    operations = [
        migrations.CreateModel(
            name="DayTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "booked_on",
                        "gl_code",
                        "currency",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("booked_on", models.DateField()),
                ("gl_code", models.CharField(max_length=12)),
                ("currency", models.CharField(max_length=3)),
                ("debits_minor", models.DecimalField(decimal_places=0, max_digits=38)),
                ("credits_minor", models.DecimalField(decimal_places=0, max_digits=38)),
            ],
        ),
        migrations.CreateModel(
            name="Folded",
            fields=[
                ("account_id", models.UUIDField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
