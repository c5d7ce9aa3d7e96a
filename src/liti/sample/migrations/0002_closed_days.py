"""How many of the last days are closed as a bank closes them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sample", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="samplebank",
            name="closed_days",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
