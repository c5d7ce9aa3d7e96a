"""The views that other rooms read in SQL; declared in relations.py."""

from django.db import migrations

FORWARD = """
CREATE VIEW market_holder_v WITH (security_invoker = true) AS
SELECT p.code AS product_code, h.party_id
FROM market_product p JOIN wealth_holding_v h ON h.product_code = p.code
WHERE p.category = 'wealth'
UNION ALL
SELECT p.code, h.party_id FROM market_product p CROSS JOIN lending_holding_v h
WHERE p.category = 'loan';

CREATE VIEW market_guarded_v WITH (security_invoker = true) AS
SELECT p.code AS product_code, v.valid_from, v.valid_to
FROM market_productversion v JOIN market_product p ON p.id = v.product_id
WHERE v.risk_level > 1;

CREATE VIEW market_proposable_v WITH (security_invoker = true) AS
SELECT p.code AS product_code, a.party_id, v.valid_from, v.valid_to, a.valid_until
FROM (SELECT DISTINCT ON (party_id) party_id, level, lowest, valid_until
      FROM market_riskassessment ORDER BY party_id, id DESC) a
JOIN market_productversion v ON v.risk_level > 1 AND a.level >= v.risk_level
JOIN market_product p ON p.id = v.product_id
WHERE NOT a.lowest;
"""
BACKWARD = """
DROP VIEW market_proposable_v;
DROP VIEW market_guarded_v;
DROP VIEW market_holder_v;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("market", "0002_append_only"),
        ("wealth", "0004_relations"),
        ("lending", "0003_relations"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
