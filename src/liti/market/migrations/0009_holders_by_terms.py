"""Who holds a product goes by the terms of its versions, not by its code: a second fund."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE VIEW market_holder_v WITH (security_invoker = true) AS
SELECT p.code AS product_code, h.party_id
FROM market_product p
CROSS JOIN LATERAL (
    SELECT DISTINCT t.value FROM market_productversion v
    CROSS JOIN jsonb_each_text(v.engine_terms) t WHERE v.product_id = p.id) sold
JOIN wealth_holding_v h ON h.product_code = sold.value
WHERE p.category = 'wealth'
UNION ALL
SELECT p.code, h.party_id FROM market_product p CROSS JOIN lending_holding_v h
WHERE p.category = 'loan';
"""
BACKWARD = """
CREATE OR REPLACE VIEW market_holder_v WITH (security_invoker = true) AS
SELECT p.code AS product_code, h.party_id
FROM market_product p JOIN wealth_holding_v h ON h.product_code = p.code
WHERE p.category = 'wealth'
UNION ALL
SELECT p.code, h.party_id FROM market_product p CROSS JOIN lending_holding_v h
WHERE p.category = 'loan';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("market", "0008_what_an_order_holds"),
        ("wealth", "0004_relations"),
        ("lending", "0003_relations"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
