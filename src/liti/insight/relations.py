"""What other rooms may read of features in SQL."""

from liti.core.relations import relation
from liti.insight.features import kept

# A view grows at its end only (CREATE OR REPLACE VIEW): what came after the first, as it came.
LATER = ("accounts_acted_on",)
_FIRST = [f for f in kept() if f.name not in LATER]
_THEN = [f for name in LATER for f in kept() if f.name == name]

FEATURES = relation(
    "insight_feature_v",
    "the features of one customer on one day",
    party_id="the customer",
    as_of="the day",
    **{f.name: f"{f.name_en} ({f.unit})" for f in (*_FIRST, *_THEN)},
)
