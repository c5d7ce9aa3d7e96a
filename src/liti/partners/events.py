"""Names of what happens here."""

PARTNER_WENT_LIVE = "partners.partner.went_live"
MANDATE_CHANGED = "partners.mandate.changed"
MEMBERS_JOINED = "partners.members.joined"
