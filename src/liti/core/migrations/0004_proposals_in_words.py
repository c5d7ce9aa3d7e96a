"""Proposals say in words what they change, name what they replace and why they failed."""

import django.db.models.deletion
from django.db import migrations, models

import liti.core.ids

STATES = [
    ("pending", "Waiting"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
    ("replaced", "Replaced"),
    ("stale", "Out of date"),
]
# What was proposed so far said itself in one language only.
FILL = """
UPDATE core_approval SET description = jsonb_build_object(
    'zh-hans', jsonb_build_object('summary', summary),
    'en', jsonb_build_object('summary', summary))
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_provisional_calendar_days")]

    operations = [
        migrations.CreateModel(
            name="ApprovalAttempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=liti.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("actor", models.CharField(max_length=150)),
                ("actor_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("code", models.CharField(max_length=80)),
                ("message", models.CharField(max_length=500)),
                ("remedy", models.CharField(blank=True, max_length=300)),
                (
                    "approval",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="core.approval",
                    ),
                ),
            ],
        ),
        migrations.AddField("approval", "basis", models.JSONField(null=True)),
        migrations.AddField("approval", "description", models.JSONField(default=dict)),
        migrations.AddField(
            "approval", "on_behalf_of", models.CharField(blank=True, max_length=150)
        ),
        migrations.AddField(
            "approval",
            "replaces",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="core.approval",
            ),
        ),
        migrations.AlterField("approval", "key", models.CharField(max_length=120)),
        migrations.AlterField(
            "approval",
            "state",
            models.CharField(choices=STATES, default="pending", max_length=10),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        # Deferred checks of what was filled must run before the table is altered again.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField("approval", "summary"),
        migrations.AddConstraint(
            "approval",
            models.CheckConstraint(
                condition=models.Q(("state", "approved"), _negated=True)
                | models.Q(("checker", ""), _negated=True),
                name="nobody_approves_nothing",
            ),
        ),
    ]
