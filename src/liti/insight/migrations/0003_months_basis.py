"""Months keep what they were computed from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0002_relations"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthsBasis",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("basis", models.JSONField()),
            ],
            options={
                "db_table": "insight_months_basis",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="one_basis_of_months"
                    )
                ],
            },
        ),
    ]
