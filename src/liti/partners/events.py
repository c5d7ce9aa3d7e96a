"""Names of what happens here."""

PARTNER_WENT_LIVE = "partners.partner.went_live"
MANDATE_CHANGED = "partners.mandate.changed"
# A delivery came in; nobody of it is a member before he says so.
MEMBERS_JOINED = "partners.members.joined"
# The customer confirmed; that he declined is no event, for a partner's ears or anybody's.
ENROLMENT_CONFIRMED = "partners.enrolment.confirmed"
MEMBER_LEFT = "partners.member.left"
