"""Whoever of the staff holds roles by groups gets them as posts; groups give nothing any more."""

from django.db import migrations

ROLES = (
    "operation_head", "marketing_operator", "relationship_manager", "service_desk",
    "product_manager", "data_steward", "risk_officer", "finance_officer", "auditor", "engineer",
)  # fmt: skip


def posts_from_groups(apps, schema_editor):
    user_model, post = apps.get_model("core", "User"), apps.get_model("core", "StaffPost")
    staff = user_model.objects.filter(kind="staff", is_active=True, posts=None)
    post.objects.bulk_create(
        [
            post(
                user=user,
                role=name,
                department=user.department or "direct",
                valid_from=user.date_joined.date(),
            )
            for user in staff.distinct().prefetch_related("groups")
            for name in sorted({group.name for group in user.groups.all()} & set(ROLES))
        ]
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0010_staff_posts")]

    operations = [migrations.RunPython(posts_from_groups, migrations.RunPython.noop)]
