"""What parties tells the house."""

MATCHED = "parties.records.matched"
MERGED = "parties.party.merged"
UNMERGED = "parties.party.unmerged"
REGISTERED = "parties.person.registered"
CONSENT_CHANGED = "parties.consent.changed"
SERVICE_ASSIGNED = "parties.service.assigned"
HANDED_OVER = "parties.service.handed_over"
