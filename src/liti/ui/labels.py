"""Words for codes: states, kinds, departments, roles, in one place and in both languages.

A room that carries name_zh / name_en on its rows does not need an entry here.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GOOD, WARN, BAD, INFO, PLAIN = "good", "warn", "bad", "info", ""

# code: (word, tone of its badge)
LABELS: dict[str, tuple[Promise, str]] = {
    # states
    "active": (_("Active"), GOOD),
    "open": (_("In use"), GOOD),
    "closed": (_("Closed"), PLAIN),
    "frozen": (_("Frozen"), WARN),
    "pending": (_("Waiting"), WARN),
    "approved": (_("Approved"), GOOD),
    "rejected": (_("Rejected"), BAD),
    "replaced": (_("Replaced"), PLAIN),
    "stale": (_("Out of date"), WARN),
    "running": (_("Running"), INFO),
    "done": (_("Done"), GOOD),
    "failed": (_("Failed"), BAD),
    "initiated": (_("Begun"), INFO),
    "sent": (_("Sent"), INFO),
    "settled": (_("Settled"), GOOD),
    "unknown": (_("Outcome not known yet"), WARN),
    "returned": (_("Returned"), BAD),
    "posted": (_("Posted"), GOOD),
    "refused": (_("Refused"), BAD),
    "placed": (_("Placed"), INFO),
    "accepted": (_("Accepted"), INFO),
    "filled": (_("Filled"), GOOD),
    "cancelled": (_("Cancelled"), PLAIN),
    "confirmed": (_("Confirmed"), GOOD),
    "draft": (_("Draft"), PLAIN),
    "proposed": (_("Proposed"), WARN),
    "released": (_("Released"), GOOD),
    "planned": (_("Planned"), INFO),
    "blocked": (_("Blocked"), WARN),
    "on_shelf": (_("On the shelf"), GOOD),
    "listed": (_("On the shelf"), GOOD),
    "suspended": (_("Suspended"), WARN),
    "withdrawn": (_("Withdrawn"), PLAIN),
    "granted": (_("Granted"), GOOD),
    "repaid": (_("Repaid"), GOOD),
    "overdue": (_("Overdue"), BAD),
    "due": (_("Due"), INFO),
    "paid": (_("Paid"), GOOD),
    "finished": (_("Finished"), PLAIN),
    "in_debt": (_("In arrears"), BAD),
    "in_arrears": (_("In arrears"), BAD),
    "ended_unpaid": (_("Ended unpaid"), BAD),
    "defaulted": (_("Defaulted"), BAD),
    "interested": (_("Interested"), GOOD),
    "declined": (_("Declined"), BAD),
    "no_answer": (_("No answer"), PLAIN),
    "bought": (_("Bought"), GOOD),
    # origins of entries
    "live": (_("Live"), GOOD),
    "recorded": (_("Recorded by the real bank"), PLAIN),
    "simulated": (_("Simulated"), WARN),
    "direct_bank": (_("Direct bank"), INFO),
    # sides, kinds
    "debit": (_("Debit"), PLAIN),
    "credit": (_("Credit"), PLAIN),
    "person": (_("Person"), PLAIN),
    "organisation": (_("Enterprise"), INFO),
    "own": (_("Own"), PLAIN),
    "bank": (_("Another bank"), PLAIN),
    "fund": (_("Fund company"), PLAIN),
    "nonbank": (_("Other institution"), PLAIN),
    "non_bank": (_("Other institution"), PLAIN),
    "holder": (_("Holder"), PLAIN),
    "owner": (_("Holder"), PLAIN),
    "dormant": (_("Dormant"), WARN),
    "applied": (_("Applied for"), INFO),
    "verifying": (_("Being verified"), INFO),
    "enterprise": (_("Enterprise"), PLAIN),
    "unbound": (_("Unbound"), PLAIN),
    "co_holder": (_("Authorised user"), PLAIN),
    "in": (_("Top-up"), GOOD),
    "out": (_("Withdrawal"), PLAIN),
    "top_up": (_("Top-up"), GOOD),
    "withdrawal": (_("Withdrawal"), PLAIN),
    "withdraw": (_("Withdrawal"), PLAIN),
    "subscribe": (_("Bought"), GOOD),
    "redeem": (_("Redeemed"), PLAIN),
    "income": (_("Income"), GOOD),
    # kinds of transfers
    "cash_deposit": (_("Cash deposit"), PLAIN),
    "cash_withdrawal": (_("Cash withdrawal"), PLAIN),
    "card_withdrawal": (_("Card withdrawal"), PLAIN),
    "transfer_in": (_("Transfer in"), PLAIN),
    "transfer_out": (_("Transfer out"), PLAIN),
    "pension": (_("Pension"), PLAIN),
    "household_payment": (_("Household payment"), PLAIN),
    "insurance_premium": (_("Insurance premium"), PLAIN),
    "leasing": (_("Leasing"), PLAIN),
    "loan_instalment": (_("Loan instalment"), PLAIN),
    "loan_payout": (_("Loan pay-out"), PLAIN),
    "interest": (_("Interest"), PLAIN),
    "penalty_interest": (_("Penalty interest"), PLAIN),
    "statement_fee": (_("Statement fee"), PLAIN),
    "rounding": (_("Interest rounding"), PLAIN),
    "withdrawal_returned": (_("Withdrawal returned"), PLAIN),
    "payment_suspended": (_("Payment in suspense"), PLAIN),
    "wealth.subscribe": (_("Bought into the fund"), PLAIN),
    "wealth.redeem": (_("Redeemed from the fund"), PLAIN),
    "attribution.sale": (_("Share of a sale"), PLAIN),
    # departments
    "retail": (_("Retail"), PLAIN),
    "cards": (_("Cards"), PLAIN),
    "lending": (_("Lending"), PLAIN),
    "corporate": (_("Corporate"), PLAIN),
    "payroll": (_("Corporate payroll"), PLAIN),
    "direct": (_("Direct bank"), PLAIN),
    "partners": (_("Partners"), PLAIN),
    "partner": (_("Partner"), PLAIN),
    "wealth": (_("Wealth"), PLAIN),
    # channels
    "sms": (_("Text message"), PLAIN),
    "phone": (_("Phone call"), PLAIN),
    "app": (_("App"), PLAIN),
    "push": (_("App message"), PLAIN),
    "mobile": (_("Mobile pages"), PLAIN),
    "email": (_("E-mail"), PLAIN),
    "rm": (_("Relationship manager"), PLAIN),
    "desk": (_("Service desk"), PLAIN),
    "branch": (_("Branch"), PLAIN),
    "console": (_("Console"), PLAIN),
    "api": (_("API"), PLAIN),
    # roles
    "operation_head": (_("Head of customer operation"), PLAIN),
    "marketing_operator": (_("Marketing operator"), PLAIN),
    "relationship_manager": (_("Relationship manager"), PLAIN),
    "service_desk": (_("Service desk"), PLAIN),
    "product_manager": (_("Product manager"), PLAIN),
    "data_steward": (_("Data steward"), PLAIN),
    "risk_officer": (_("Risk officer"), PLAIN),
    "finance_officer": (_("Finance officer"), PLAIN),
    "auditor": (_("Auditor"), PLAIN),
    "engineer": (_("Engineer"), PLAIN),
    "customer": (_("Customer"), PLAIN),
    "partner_developer": (_("Partner’s developer"), PLAIN),
    "staff": (_("Staff"), PLAIN),
    "system": (_("System"), PLAIN),
    # purposes of consent
    "marketing": (_("Marketing"), PLAIN),
    "share_with_departments": (_("Use across departments"), PLAIN),
    "profiling": (_("Analysis of my data"), PLAIN),
    "analysis": (_("Analysis of my data"), PLAIN),
    "service": (_("Service messages"), PLAIN),
    "sharing": (_("Sharing with partners"), PLAIN),
    # relations
    "spouse": (_("Spouse"), PLAIN),
    "parent": (_("Parent"), PLAIN),
    "child": (_("Child"), PLAIN),
    "sibling": (_("Sibling"), PLAIN),
    "household": (_("Same household"), PLAIN),
    "employer": (_("Employer"), PLAIN),
    "employee": (_("Employee"), PLAIN),
    "employed_by": (_("Employed by"), PLAIN),
    "employs": (_("Employs"), PLAIN),
    "shares_account": (_("Shares an account"), PLAIN),
    "member_of": (_("Member of"), PLAIN),
    "authorised_user": (_("Authorised user"), PLAIN),
    # why somebody looked
    "customer_page": (_("Customer page, masked"), PLAIN),
    # sources of parameters
    "A": (_("Article"), PLAIN),
    "L": (_("Law"), INFO),
    "V": (_("Public page"), GOOD),
    "C": (_("Computed"), PLAIN),
    "M": (_("Unverified"), WARN),
    "B": (_("The bank’s choice"), PLAIN),
    # sex
    "male": (_("Male"), PLAIN),
    "female": (_("Female"), PLAIN),
    # life-cycle stages
    "prospect": (_("Prospect"), INFO),
    "acquired": (_("Acquired"), INFO),
    "growth": (_("Growing"), GOOD),
    "retained": (_("Retained"), GOOD),
    "decline": (_("Declining"), WARN),
    "lost": (_("Lapsed"), BAD),
    "win_back": (_("Won back"), GOOD),
    # asset tiers
    "mass": (_("Mass tier"), PLAIN),
    "gold": (_("Gold tier"), INFO),
    "vip": (_("VIP tier"), INFO),
    "diamond": (_("Diamond tier"), INFO),
    "private": (_("Private banking tier"), INFO),
    # plan
    "drafted": (_("Drafted"), PLAIN),
    "superseded": (_("Superseded"), PLAIN),
    "responded": (_("Responded"), GOOD),
    "expired": (_("Expired"), PLAIN),
    "created": (_("Created"), INFO),
    # why a candidate rests
    "no_consent": (_("No consent"), WARN),
    "better_offer": (_("A better offer goes first"), PLAIN),
    "not_worth_it": (_("Not worth a contact"), PLAIN),
    "cap_day": (_("Contacted today"), PLAIN),
    "cap_7_days": (_("Enough in 7 days"), PLAIN),
    "cap_30_days": (_("Enough in 30 days"), PLAIN),
    "cap_channel": (_("Enough on this channel"), PLAIN),
    "product_window": (_("Same product lately"), PLAIN),
    "capacity": (_("No capacity left"), PLAIN),
    "held_out": (_("Held out to compare"), PLAIN),
    "holds_product": (_("Holds it already"), PLAIN),
    "unsuitable": (_("Not suitable"), WARN),
    # suppliers
    "fund_company": (_("Fund company"), PLAIN),
    "insurer": (_("Insurer"), PLAIN),
    "other": (_("Other institution"), PLAIN),
    # orders and splits
    "buy": (_("Buy"), PLAIN),
    "sell": (_("Sell"), PLAIN),
    "share_referral": (_("Referral"), PLAIN),
    "share_seller": (_("Sale"), PLAIN),
    "share_owner": (_("Leads the customer"), PLAIN),
    "share_introducer_corporate": (_("Introduced by corporate"), PLAIN),
    "any": (_("All channels"), PLAIN),
}


def label_of(code: Any) -> str:
    """The word for a code; an unknown code is shown with spaces for underscores."""
    key = str(getattr(code, "value", code))
    found = LABELS.get(key)
    return str(found[0]) if found else key.replace("_", " ")


def tone_of(code: Any) -> str:
    """The tone of a code's badge."""
    found = LABELS.get(str(getattr(code, "value", code)))
    return found[1] if found else PLAIN
