"""Standing orders have a day of the month; each due date keeps what became of it."""

import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_standing_orders_end")]

    operations = [
        migrations.AddField(
            model_name="standingorder",
            name="day_of_month",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="standingorder",
            name="valid_from",
            field=models.DateField(default=datetime.date(1990, 1, 1)),
        ),
        migrations.AddConstraint(
            model_name="standingorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("day_of_month__gte", 1), ("day_of_month__lte", 31)),
                name="a_standing_order_has_a_day",
            ),
        ),
        migrations.CreateModel(
            name="StandingOrderDue",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "order_id",
                        "due_on",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dues",
                        to="payments.standingorder",
                    ),
                ),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("paid", "paid"),
                            ("skipped", "skipped"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("tried_on", models.DateField(null=True)),
                ("transfer_id", models.UUIDField(null=True)),
                ("reason", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["order", "due_on"],
                        name="due_waiting",
                    )
                ],
            },
        ),
    ]
