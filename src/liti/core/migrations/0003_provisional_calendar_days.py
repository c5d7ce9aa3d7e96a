"""A calendar says where its days come from, and which are provisional."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="calendarday",
            name="is_provisional",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="calendarday",
            name="source",
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
