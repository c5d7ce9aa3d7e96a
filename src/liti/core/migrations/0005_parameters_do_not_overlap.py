"""A parameter's value holds until the next one: ends become rows, and the database keeps history."""

from django.db import migrations, models

# Where a value ended, what held from that day on begins a row of its own: the latest value
# that covered the day, or none.
ENDS = """
INSERT INTO core_parameter (id, code, scope, value, unit, name_zh, name_en, regulation, article,
                            source_tag, valid_from, valid_to)
SELECT DISTINCT ON (e.code, e.scope, e.valid_to)
       gen_random_uuid(), e.code, e.scope, c.value, e.unit, e.name_zh, e.name_en,
       coalesce(c.regulation, ''), coalesce(c.article, ''), coalesce(c.source_tag, e.source_tag),
       e.valid_to, NULL
FROM core_parameter e
LEFT JOIN core_parameter c ON c.code = e.code AND c.scope = e.scope
     AND c.valid_from <= e.valid_to AND (c.valid_to IS NULL OR c.valid_to > e.valid_to)
WHERE e.valid_to IS NOT NULL
ORDER BY e.code, e.scope, e.valid_to, c.valid_from DESC NULLS LAST
ON CONFLICT (code, scope, valid_from) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_proposals_in_words")]

    operations = [
        migrations.AlterField("parameter", "value", models.JSONField(null=True)),
        migrations.RunSQL(ENDS, migrations.RunSQL.noop),
        migrations.RemoveConstraint("parameter", "a_parameter_ends_after_it_begins"),
        migrations.RemoveField("parameter", "valid_to"),
    ]
