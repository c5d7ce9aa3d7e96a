"""A row per event and handler, handled on its own; numbers that follow the commits of a key."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# What still waited goes to those who heard it then, in the order of writing.
HEARD = """
CREATE SEQUENCE core_event_seq;
UPDATE core_event e SET seq = numbered.seq FROM (
    SELECT id, nextval('core_event_seq') AS seq
        FROM (SELECT id FROM core_event ORDER BY id) AS ordered
) AS numbered WHERE e.id = numbered.id;
INSERT INTO core_delivery
    (handler, key, seq, event_id, state, due_at, attempts, last_error, decided_by, reason)
SELECT heard.handler, e.key, e.seq, e.id, 'waiting', now(), 0, '', '', ''
    FROM core_event e JOIN (VALUES
        ('market.order.filled', 'attribution.share_sale'),
        ('market.order.filled', 'outreach.close_contact'),
        ('market.order.cancelled', 'attribution.reverse_sale'),
        ('day.calendar.changed', 'wealth.redate_purchases'),
        ('wealth.purchase.redated', 'market.redate_order')
    ) AS heard(type, handler) USING (type)
    WHERE e.delivered_at IS NULL ORDER BY e.seq;
"""
# A queue lives and dies in its first pages: clean them often.
STORAGE = """
ALTER TABLE core_delivery SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE core_eventkey SET (fillfactor = 70);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0007_nothing_unused")]

    operations = [
        migrations.CreateModel(
            name="EventKey",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("used_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(model_name="event", name="event_waiting"),
        migrations.RemoveIndex(model_name="event", name="event_key"),
        migrations.AlterField("event", "key", models.CharField(max_length=120)),
        migrations.AlterField("event", "occurred_at", models.DateTimeField()),
        migrations.AddField("event", "seq", models.BigIntegerField(default=0)),
        migrations.AddField(
            "event", "actor_kind", models.CharField(default="system", max_length=10)
        ),
        migrations.AddField("event", "actor", models.CharField(default="system", max_length=150)),
        migrations.AddField("event", "actor_id", models.UUIDField(null=True)),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("handler", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=120)),
                ("seq", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("dead", "Dead letter"),
                            ("given_up", "Given up"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("failed_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="core.event",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(("state", "waiting")),
                        fields=["handler", "due_at", "seq"],
                        name="delivery_due",
                    ),
                    models.Index(
                        condition=~Q(("failed_at", None)),
                        fields=["-failed_at"],
                        name="delivery_failed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("handler", "key", "seq"),
                        name="one_delivery_per_event_and_handler",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("state", "given_up"), _negated=True),
                            Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="who_gives_a_delivery_up_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(HEARD, migrations.RunSQL.noop),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.AlterField("event", "seq", models.BigIntegerField()),
        migrations.AlterField("event", "actor_kind", models.CharField(max_length=10)),
        migrations.AlterField("event", "actor", models.CharField(max_length=150)),
        migrations.RemoveField("event", "delivered_at"),
        migrations.RemoveField("event", "attempts"),
        migrations.RemoveField("event", "last_error"),
        migrations.AddIndex("event", models.Index(fields=["key", "seq"], name="event_key")),
        migrations.AddIndex("event", models.Index(fields=["occurred_at"], name="event_age")),
    ]
