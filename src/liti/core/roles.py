"""The roles that staff hold, and the sets of them that commands and pages are declared with."""

from __future__ import annotations

Roles = frozenset[str]

STAFF_ROLES = (
    "operation_head",
    "marketing_operator",
    "relationship_manager",
    "service_desk",
    "product_manager",
    "data_steward",
    "risk_officer",
    "finance_officer",
    "auditor",
    "engineer",
)
OTHER_ROLES = ("customer", "partner_developer")
ROLES = (*STAFF_ROLES, *OTHER_ROLES)


def roles(*names: str) -> Roles:
    """A set of role names; a name that is no role is a mistake of ours."""
    assert set(names) <= set(ROLES), set(names) - set(ROLES)
    return frozenset(names)


OPERATION = roles("operation_head", "marketing_operator")
SERVICE = roles("relationship_manager", "service_desk")
CONTROL = roles("risk_officer", "auditor")
# Who works with customers' records; marketing sees groups and plans, and the masked customer.
CUSTOMERS = OPERATION | SERVICE | CONTROL | roles("data_steward")
UNMASK = SERVICE | roles("operation_head", "data_steward", "risk_officer", "auditor")
# Who orders and claims for a customer.
DESK = SERVICE | roles("operation_head")
GROUPS = OPERATION | SERVICE | roles("product_manager", "auditor")
PLAN = OPERATION | SERVICE | roles("auditor")
MARKET = OPERATION | SERVICE | roles("product_manager", "risk_officer", "auditor")
PARTNERS = OPERATION | roles("product_manager", "engineer", "auditor")
# Who sees customers' masked names in lists.
MASKED = CUSTOMERS | GROUPS | MARKET
LEDGER = roles("finance_officer", "auditor", "risk_officer", "operation_head")
RUNS = roles("engineer", "finance_officer", "operation_head", "data_steward", "auditor")
# Who looks at raw rows under /admin/, which nobody changes there.
RAW_DATA = roles("engineer", "auditor")
PARAMETERS = CONTROL | roles("operation_head", "product_manager", "finance_officer", "engineer")
STAFF = frozenset(STAFF_ROLES)
