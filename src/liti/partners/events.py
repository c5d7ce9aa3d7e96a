"""Names of what happens here."""

PARTNER_WENT_LIVE = "partners.partner.went_live"
MEMBERS_JOINED = "partners.members.joined"
