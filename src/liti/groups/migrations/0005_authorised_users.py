"""Who acts on another's account and has none of his own is an authorised user, no prospect."""

from django.db import migrations, models


CODE, BEFORE = "authorised_user", "prospect_no_account"
RULE = {
    "all": [
        {"feature": "tenure_days", "op": "unknown"},
        {"feature": "accounts_acted_on", "op": ">", "value": 0},
    ]
}


def ask_before_prospects(apps, schema_editor):
    """In a bank that has its criteria already; a new one gets them from criteria.yaml."""
    criteria = apps.get_model("groups", "Criterion").objects
    prospect = criteria.filter(code=BEFORE).first()
    if prospect is None or criteria.filter(code=CODE).exists():
        return
    later = criteria.filter(position__gte=prospect.position)
    later.update(position=models.F("position") + 1)
    criteria.create(
        code=CODE,
        purpose="stage",
        outcome=CODE,
        position=prospect.position,
        reason_zh="在他人账户上有操作权限，自己尚无账户",
        reason_en="Acts on another's account and has none of his own",
        rule=RULE,
    )
    without_account = {"feature": "accounts_open", "op": "==", "value": 0}
    nobody_else = {"feature": "accounts_acted_on", "op": "==", "value": 0}
    criteria.filter(code="not_reached_no_account", rule=without_account).update(
        rule={"all": [without_account, nobody_else]}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0004_no_index_twice"),
    ]

    operations = [
        migrations.AlterField(
            model_name="criterion",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("prospect", "Prospect"),
                    ("authorised_user", "Authorised user"),
                    ("acquired", "Acquired"),
                    ("active", "Activated"),
                    ("growth", "Growing"),
                    ("retained", "Retained"),
                    ("decline", "Declining"),
                    ("lost", "Lapsed"),
                    ("win_back", "Won back"),
                    ("served_badly", "Served badly"),
                    ("cannot_be_served", "Cannot be served"),
                    ("not_reached", "Not reached"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="criterionevent",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("prospect", "Prospect"),
                    ("authorised_user", "Authorised user"),
                    ("acquired", "Acquired"),
                    ("active", "Activated"),
                    ("growth", "Growing"),
                    ("retained", "Retained"),
                    ("decline", "Declining"),
                    ("lost", "Lapsed"),
                    ("win_back", "Won back"),
                    ("served_badly", "Served badly"),
                    ("cannot_be_served", "Cannot be served"),
                    ("not_reached", "Not reached"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="stagespan",
            name="stage",
            field=models.CharField(
                choices=[
                    ("prospect", "Prospect"),
                    ("authorised_user", "Authorised user"),
                    ("acquired", "Acquired"),
                    ("active", "Activated"),
                    ("growth", "Growing"),
                    ("retained", "Retained"),
                    ("decline", "Declining"),
                    ("lost", "Lapsed"),
                    ("win_back", "Won back"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(ask_before_prospects, migrations.RunPython.noop),
    ]
