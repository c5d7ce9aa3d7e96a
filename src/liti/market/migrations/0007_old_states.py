"""Orders of before stand where the new life of an order has them; their story stays as written.

What was `confirmed` had been told to the house as filled, so it goes on from there: its money
is in the fund's pool, and its day of settlement has still to come. No order was ever left in
another state between. The sweep's product says which fund it sells.
"""

from django.db import migrations

FORWARD = """
UPDATE market_order o SET
    engine = p.engine,
    filled_minor = CASE WHEN o.status IN ('confirmed', 'settled') THEN o.amount_minor ELSE 0 END,
    final = o.status IN ('confirmed', 'settled', 'rejected', 'cancelled'),
    confirms_on = o.settles_on,
    status = CASE o.status WHEN 'created' THEN 'agreed' WHEN 'paid' THEN 'funded'
             WHEN 'settled' THEN 'in_position' WHEN 'rejected' THEN 'refused' ELSE o.status END
FROM market_product p WHERE p.id = o.product_id;
UPDATE market_productversion v SET engine_terms = jsonb_build_object('fund', p.code)
FROM market_product p
WHERE p.id = v.product_id AND p.engine = 'wealth.sweep' AND v.engine_terms = '{}'::jsonb;
"""
# Sell orders and the new states have no other word in the old life than these.
BACKWARD = """
UPDATE market_order SET status = CASE status
    WHEN 'quoted' THEN 'created' WHEN 'suitable' THEN 'created' WHEN 'agreed' THEN 'created'
    WHEN 'funded' THEN 'paid' WHEN 'in_part' THEN 'confirmed' WHEN 'in_position' THEN 'settled'
    WHEN 'refused' THEN 'rejected' ELSE status END;
"""


class Migration(migrations.Migration):
    dependencies = [("market", "0006_order_life")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
