"""Accounts have a number inside, bounds on both ends, holds and limits."""

import django.contrib.postgres.fields
import django.db.models.expressions
from django.db import migrations, models

FORWARD = """
CREATE SEQUENCE ledger_account_number AS integer;
CREATE SEQUENCE ledger_kind_code AS integer;
CREATE SEQUENCE ledger_limitclass_id AS smallint;
CREATE SEQUENCE ledger_limitrule_id AS integer;
"""
BACKWARD = """
DROP SEQUENCE ledger_account_number;
DROP SEQUENCE ledger_kind_code;
DROP SEQUENCE ledger_limitclass_id;
DROP SEQUENCE ledger_limitrule_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_daily_turnover"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "what",
                    models.CharField(
                        choices=[("hold", "Hold"), ("release", "Release"), ("refused", "Refusal")],
                        max_length=8,
                    ),
                ),
                ("hold_id", models.UUIDField(null=True)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("code", models.CharField(blank=True, max_length=24)),
                ("account_id", models.UUIDField(null=True)),
                ("content", models.JSONField(null=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Detail",
            fields=[
                ("transfer_id", models.UUIDField(primary_key=True, serialize=False)),
                ("narrative", models.CharField(blank=True, max_length=200)),
                ("counterparty", models.CharField(blank=True, max_length=20)),
                ("up_to", models.CharField(blank=True, max_length=6)),
                ("asked_minor", models.BigIntegerField(null=True)),
                ("reverses_id", models.UUIDField(null=True)),
                ("hold_id", models.UUIDField(null=True)),
                ("final", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("debit_number", models.IntegerField()),
                ("credit_number", models.IntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("settled_minor", models.BigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("settled", "settled"),
                            ("released", "released"),
                            ("expired", "expired"),
                        ],
                        max_length=8,
                    ),
                ),
                ("kind_code", models.IntegerField()),
                ("booked_on", models.DateField()),
                ("value_on", models.DateField()),
                (
                    "origin",
                    models.SmallIntegerField(
                        choices=[(0, "Live"), (1, "Recorded by the real bank"), (2, "Simulated")]
                    ),
                ),
                ("narrative", models.CharField(blank=True, max_length=200)),
                ("counterparty", models.CharField(blank=True, max_length=20)),
                ("reserved_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Kind",
            fields=[
                (
                    "code",
                    models.IntegerField(
                        db_default=models.Func(
                            models.Value("ledger_kind_code"), function="nextval"
                        ),
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="LimitClass",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(
                        db_default=models.Func(
                            models.Value("ledger_limitclass_id"), function="nextval"
                        ),
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="LimitRule",
            fields=[
                (
                    "id",
                    models.IntegerField(
                        db_default=models.Func(
                            models.Value("ledger_limitrule_id"), function="nextval"
                        ),
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("limit_class", models.SmallIntegerField()),
                ("name", models.CharField(max_length=40)),
                ("side", models.CharField(choices=[("out", "out"), ("in", "in")], max_length=3)),
                (
                    "window",
                    models.CharField(
                        choices=[
                            ("single", "single"),
                            ("day", "day"),
                            ("month", "month"),
                            ("year", "year"),
                            ("ever", "ever"),
                        ],
                        max_length=6,
                    ),
                ),
                ("max_minor", models.BigIntegerField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list
                    ),
                ),
                (
                    "counterparties",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list
                    ),
                ),
                ("valid_from", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="LimitUse",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_number",
                        "rule_id",
                        "starts_on",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_number", models.IntegerField()),
                ("rule_id", models.IntegerField()),
                ("starts_on", models.DateField()),
                ("used_minor", models.BigIntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="a_balance_is_not_below_its_floor",
        ),
        migrations.AddField(
            model_name="account",
            name="ceiling_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="external_reference",
            field=models.CharField(max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="account",
            name="held_credits_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="account",
            name="held_debits_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="account",
            name="limit_class",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="metadata",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="account",
            name="no_credit",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="account",
            name="no_debit",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="account",
            name="number",
            field=models.IntegerField(
                db_default=models.Func(models.Value("ledger_account_number"), function="nextval"),
                editable=False,
                unique=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("held_debits_minor__gte", 0), ("held_credits_minor__gte", 0)),
                name="nothing_less_than_zero_is_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("floor_minor", None),
                    models.Q(
                        (
                            "credits_minor__gte",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("debits_minor"), "+", models.F("held_debits_minor")
                                ),
                                "+",
                                models.F("floor_minor"),
                            ),
                        ),
                        ("normal_side", "credit"),
                    ),
                    models.Q(
                        (
                            "debits_minor__gte",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("credits_minor"), "+", models.F("held_credits_minor")
                                ),
                                "+",
                                models.F("floor_minor"),
                            ),
                        ),
                        ("normal_side", "debit"),
                    ),
                    _connector="OR",
                ),
                name="a_balance_is_not_below_its_floor",
            ),
        ),
        migrations.AddIndex(
            model_name="detail",
            index=models.Index(
                condition=models.Q(("reverses_id__isnull", False)),
                fields=["reverses_id"],
                name="detail_by_original",
            ),
        ),
        migrations.AddIndex(
            model_name="detail",
            index=models.Index(
                condition=models.Q(("hold_id__isnull", False)),
                fields=["hold_id"],
                name="detail_by_hold",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("status", "pending")),
                fields=["expires_at"],
                name="hold_by_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("status", "pending")),
                fields=["debit_number"],
                name="hold_pending_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0),
                    ("settled_minor__gte", 0),
                    ("settled_minor__lte", models.F("amount_minor")),
                ),
                name="a_hold_settles_at_most_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitrule",
            constraint=models.UniqueConstraint(
                fields=("limit_class", "name", "valid_from"), name="a_limit_is_dated_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="limitrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_minor__gte", 0)), name="a_limit_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="limituse",
            constraint=models.CheckConstraint(
                condition=models.Q(("used_minor__gte", 0)), name="a_use_is_not_negative"
            ),
        ),
    ]
