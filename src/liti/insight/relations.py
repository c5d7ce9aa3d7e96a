"""What other rooms may read of features in SQL."""

from liti.core.relations import relation
from liti.insight.features import kept

FEATURES = relation(
    "insight_feature_v",
    "the features of one customer on one day",
    party_id="the customer",
    as_of="the day",
    **{f.name: f"{f.name_en} ({f.unit})" for f in kept()},
)
