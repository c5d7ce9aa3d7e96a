"""What other rooms may read of groups in SQL."""

from liti.core.relations import relation

MEMBERS = relation(
    "groups_member_v",
    "one customer in one segment now",
    segment_code="the segment",
    party_id="the customer",
    since="first day in it",
)
