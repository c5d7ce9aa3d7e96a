"""Transfers and entries become narrow rows: accounts and kinds by number, texts at the side.

What the books hold is carried over in one transaction, and the views keep their columns.
"""

from django.db import migrations, models

DROP_VIEWS = """
DROP VIEW ledger_turnover_v;
DROP VIEW ledger_posting_month_v;
DROP VIEW ledger_posting_v;
DROP VIEW ledger_entry_v;
"""
TABLES = """
ALTER TABLE ledger_transfer RENAME TO ledger_transfer_before;
ALTER TABLE ledger_entry RENAME TO ledger_entry_before;
ALTER TABLE ledger_folded RENAME TO ledger_folded_before;
ALTER INDEX ledger_transfer_pkey RENAME TO ledger_transfer_before_pkey;
ALTER INDEX ledger_entry_pkey RENAME TO ledger_entry_before_pkey;
ALTER INDEX ledger_folded_pkey RENAME TO ledger_folded_before_pkey;

CREATE TABLE ledger_transfer (
    id uuid NOT NULL,
    debit_seq bigint NOT NULL,
    credit_seq bigint NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT an_amount_is_positive CHECK (amount_minor > 0),
    booked_at timestamptz NOT NULL,
    debit_number integer NOT NULL,
    credit_number integer NOT NULL,
    kind_code integer NOT NULL,
    booked_on date NOT NULL,
    value_on date NOT NULL,
    origin smallint NOT NULL,
    CONSTRAINT a_transfer_has_two_accounts CHECK (debit_number <> credit_number)
);
CREATE TABLE ledger_entry (
    seq bigint NOT NULL,
    transfer_id uuid NOT NULL,
    change_minor bigint NOT NULL,
    balance_after_minor bigint NOT NULL,
    account_number integer NOT NULL,
    booked_on date NOT NULL
);
CREATE TABLE ledger_folded (
    account_number integer PRIMARY KEY,
    seq bigint NOT NULL
);
"""
CARRY_OVER = """
INSERT INTO ledger_kind (name) SELECT DISTINCT kind FROM ledger_transfer_before ORDER BY kind;
INSERT INTO ledger_transfer
SELECT t.id, t.debit_seq, t.credit_seq, t.amount_minor, t.booked_at, d.number, c.number, k.code,
       t.booked_on, t.value_on,
       CASE t.origin WHEN 'live' THEN 0 WHEN 'recorded' THEN 1 ELSE 2 END
FROM ledger_transfer_before t
JOIN ledger_account d ON d.id = t.debit_account_id
JOIN ledger_account c ON c.id = t.credit_account_id
JOIN ledger_kind k ON k.name = t.kind
ORDER BY t.id;
INSERT INTO ledger_detail (transfer_id, narrative, counterparty, up_to, final)
SELECT id, narrative, '', '', false FROM ledger_transfer_before WHERE narrative <> '' ORDER BY id;
INSERT INTO ledger_entry
SELECT e.seq, e.transfer_id, e.change_minor, e.balance_after_minor, a.number, e.booked_on
FROM ledger_entry_before e JOIN ledger_account a ON a.id = e.account_id
ORDER BY e.booked_on, a.number, e.seq;
INSERT INTO ledger_folded
SELECT a.number, f.seq FROM ledger_folded_before f JOIN ledger_account a ON a.id = f.account_id;
ALTER TABLE ledger_transfer ADD CONSTRAINT ledger_transfer_pkey PRIMARY KEY (id);
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_pkey PRIMARY KEY (account_number, seq);
DROP TABLE ledger_transfer_before;
DROP TABLE ledger_entry_before;
DROP TABLE ledger_folded_before;
CREATE INDEX entry_booked_on ON ledger_entry USING brin (booked_on) WITH (pages_per_range = 32,
    autosummarize = on);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_detail
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_kind
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_answer
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON ledger_hold
    FOR EACH STATEMENT EXECUTE FUNCTION liti_append_only();
"""
VIEWS = """
CREATE VIEW ledger_entry_v WITH (security_invoker = true) AS
SELECT a.id AS account_id, e.seq, e.transfer_id, e.booked_on, e.change_minor,
       e.balance_after_minor
FROM ledger_account a JOIN ledger_entry e ON e.account_number = a.number;

CREATE VIEW ledger_transfer_v WITH (security_invoker = true) AS
SELECT t.id, d.id AS debit_account_id, c.id AS credit_account_id, t.debit_seq, t.credit_seq,
       t.amount_minor, d.currency, k.name AS kind, t.booked_on, t.value_on, t.booked_at,
       CASE t.origin WHEN 0 THEN 'live' WHEN 1 THEN 'recorded' ELSE 'simulated' END AS origin,
       coalesce(x.narrative, '') AS narrative
FROM ledger_transfer t
JOIN ledger_account d ON d.number = t.debit_number
JOIN ledger_account c ON c.number = t.credit_number
JOIN ledger_kind k ON k.code = t.kind_code
LEFT JOIN ledger_detail x ON x.transfer_id = t.id;

CREATE VIEW ledger_posting_v WITH (security_invoker = true) AS
SELECT a.gl_code, a.id AS account_id, e.seq, e.booked_on, e.change_minor,
       e.balance_after_minor, k.name AS kind,
       CASE t.origin WHEN 0 THEN 'live' WHEN 1 THEN 'recorded' ELSE 'simulated' END AS origin,
       c.code AS counter_code, e.transfer_id
FROM ledger_account a
JOIN ledger_entry e ON e.account_number = a.number
JOIN ledger_transfer t ON t.id = e.transfer_id
JOIN ledger_kind k ON k.code = t.kind_code
JOIN ledger_account c ON c.number = CASE WHEN t.debit_number = a.number
     THEN t.credit_number ELSE t.debit_number END;

CREATE VIEW ledger_posting_month_v WITH (security_invoker = true) AS
SELECT a.gl_code, date_trunc('month', e.booked_on)::date AS month, count(*) AS entries
FROM ledger_account a JOIN ledger_entry e ON e.account_number = a.number GROUP BY 1, 2;

CREATE VIEW ledger_turnover_v WITH (security_invoker = true) AS
SELECT gl_code, currency, booked_on, debits_minor, credits_minor FROM ledger_daytotal
UNION ALL
SELECT a.gl_code, a.currency, e.booked_on, e.debits, e.credits
FROM ledger_account a LEFT JOIN ledger_folded f ON f.account_number = a.number
CROSS JOIN LATERAL (
    SELECT booked_on,
           coalesce(sum(abs(change_minor))
               FILTER (WHERE (change_minor > 0) = (a.normal_side = 'debit')), 0) AS debits,
           coalesce(sum(abs(change_minor))
               FILTER (WHERE (change_minor > 0) <> (a.normal_side = 'debit')), 0) AS credits
    FROM ledger_entry WHERE account_number = a.number AND seq > coalesce(f.seq, 0)
    GROUP BY booked_on
) e
WHERE a.entry_count > coalesce(f.seq, 0);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_numbers_and_holds")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(DROP_VIEWS),
                migrations.RunSQL(TABLES),
                migrations.RunSQL(CARRY_OVER),
                migrations.RunSQL(VIEWS),
            ],
            state_operations=[
                migrations.DeleteModel(name="Entry"),
                migrations.DeleteModel(name="Folded"),
                migrations.DeleteModel(name="Transfer"),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "account_number",
                                "seq",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("seq", models.BigIntegerField()),
                        ("transfer_id", models.UUIDField()),
                        ("change_minor", models.BigIntegerField()),
                        ("balance_after_minor", models.BigIntegerField()),
                        ("account_number", models.IntegerField()),
                        ("booked_on", models.DateField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Folded",
                    fields=[
                        ("account_number", models.IntegerField(primary_key=True, serialize=False)),
                        ("seq", models.BigIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Transfer",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("debit_seq", models.BigIntegerField()),
                        ("credit_seq", models.BigIntegerField()),
                        ("amount_minor", models.BigIntegerField()),
                        ("booked_at", models.DateTimeField()),
                        ("debit_number", models.IntegerField()),
                        ("credit_number", models.IntegerField()),
                        ("kind_code", models.IntegerField()),
                        ("booked_on", models.DateField()),
                        ("value_on", models.DateField()),
                        (
                            "origin",
                            models.SmallIntegerField(
                                choices=[
                                    (0, "Live"),
                                    (1, "Recorded by the real bank"),
                                    (2, "Simulated"),
                                ]
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="an_amount_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("debit_number", models.F("credit_number")), _negated=True
                                ),
                                name="a_transfer_has_two_accounts",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
