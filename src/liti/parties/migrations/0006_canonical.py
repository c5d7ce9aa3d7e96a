"""Which party an id stands for, for every room's SQL: a view and two functions."""

from django.db import migrations

FORWARD = """
CREATE VIEW parties_canonical_v WITH (security_invoker = true) AS
    SELECT alias_id, party_id, at AS since FROM parties_partyalias;
COMMENT ON VIEW parties_canonical_v IS
    'An id that was merged away, the living party it stands for, and since when. Owner: parties';

CREATE FUNCTION parties_living(given uuid) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT party_id FROM parties_partyalias WHERE alias_id = given), given)
$$;
COMMENT ON FUNCTION parties_living IS 'The party that an id stands for today. Owner: parties';

CREATE FUNCTION parties_ids_of(given uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2 AS $$
    SELECT parties_living(given)
    UNION ALL SELECT alias_id FROM parties_partyalias WHERE party_id = parties_living(given)
$$;
COMMENT ON FUNCTION parties_ids_of IS
    'All ids that stand for the party of an id, the living one first. Owner: parties';
"""
BACKWARD = """
DROP FUNCTION parties_ids_of(uuid);
DROP FUNCTION parties_living(uuid);
DROP VIEW parties_canonical_v;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_merging")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
