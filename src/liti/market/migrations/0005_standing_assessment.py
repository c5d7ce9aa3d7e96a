"""Which assessment stands, of one customer and of all: also of who was two before a merge.

The latest answers stand. Of a customer who answered as two people before a merge, the stricter
of the two does until the questionnaire is answered anew: nobody gets past his class by being
two people (金融机构产品适当性管理办法: of two ratings, the stricter).
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION market_standing_of(given uuid)
RETURNS TABLE (id uuid, party_id uuid, level smallint, lowest boolean, valid_until date)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT told.id, parties_living(given), told.level, told.lowest, told.valid_until FROM (
        SELECT l.*, c.since, max(l.at) FILTER (WHERE c.alias_id IS NULL) OVER () AS own_at
        FROM (SELECT DISTINCT ON (r.party_id) r.* FROM market_riskassessment r
              WHERE r.party_id IN (SELECT parties_ids_of(given))
              ORDER BY r.party_id, r.id DESC) l
        LEFT JOIN parties_canonical_v c ON c.alias_id = l.party_id) told
    WHERE told.since IS NULL OR told.own_at IS NULL OR told.own_at <= told.since
    ORDER BY told.lowest DESC, told.level, told.valid_until, told.id DESC LIMIT 1
$$;
COMMENT ON FUNCTION market_standing_of IS
    'The risk assessment that stands for a customer, under whatever id. Owner: market';

CREATE OR REPLACE VIEW market_proposable_v WITH (security_invoker = true) AS
SELECT p.code AS product_code, a.party_id, v.valid_from, v.valid_to, a.valid_until
FROM (SELECT DISTINCT coalesce(c.party_id, r.party_id) AS party_id
      FROM market_riskassessment r
      LEFT JOIN parties_canonical_v c ON c.alias_id = r.party_id) assessed
CROSS JOIN LATERAL market_standing_of(assessed.party_id) a
JOIN market_productversion v ON v.risk_level > 1 AND a.level >= v.risk_level
JOIN market_product p ON p.id = v.product_id
WHERE NOT a.lowest;
"""
BACKWARD = """
CREATE OR REPLACE VIEW market_proposable_v WITH (security_invoker = true) AS
SELECT p.code AS product_code, a.party_id, v.valid_from, v.valid_to, a.valid_until
FROM (SELECT DISTINCT ON (party_id) party_id, level, lowest, valid_until
      FROM market_riskassessment ORDER BY party_id, id DESC) a
JOIN market_productversion v ON v.risk_level > 1 AND a.level >= v.risk_level
JOIN market_product p ON p.id = v.product_id
WHERE NOT a.lowest;
DROP FUNCTION market_standing_of(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("market", "0004_history"), ("parties", "0006_canonical")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
