"""The views that other rooms read in SQL; declared in relations.py."""

from django.db import migrations

FORWARD = """
CREATE VIEW wealth_holding_v WITH (security_invoker = true) AS
SELECT h.party_id, 'wealth' AS category, f.code AS product_code,
       (SELECT min(m.booked_on) FROM wealth_movement m
        WHERE m.holding_id = h.id AND m.kind = 'subscribe') AS opened_on,
       h.shares_minor AS amount_minor
FROM wealth_holding h JOIN wealth_fund f ON f.id = h.fund_id WHERE h.shares_minor > 0;
"""
BACKWARD = """
DROP VIEW wealth_holding_v;
"""


class Migration(migrations.Migration):
    dependencies = [("wealth", "0003_purchases_are_dated_anew")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
