from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("market", "0007_old_states")]
    operations = [
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filled_minor__gte", 0), ("filled_minor__lte", models.F("amount_minor"))
                ),
                name="an_order_is_filled_up_to_its_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held_minor__gte", 0), ("held_minor__lte", models.F("amount_minor"))
                ),
                name="clearing_holds_no_more_than_the_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ["in_position", "refused", "cancelled"]), _negated=True
                    ),
                    ("held_minor", 0),
                    _connector="OR",
                ),
                name="an_order_that_is_over_holds_nothing",
            ),
        ),
    ]
