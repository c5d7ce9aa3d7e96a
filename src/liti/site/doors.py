"""Commands that nobody reaches from outside, each with the reason why.

Everything else has a door: the console's commands are declared (`console/catalogue`), views,
API calls and CLI commands are marked with `@door`. `tests/test_doors.py` compares both with
the declarations at the faces.
"""

from __future__ import annotations

from liti.core.doors import internal

BOOKS = "takes over books that exist, by the import of the sample or of another bank's data"
ENGINE = "an engine of the market: orders are its door"
APPROVED = "carried out when its proposal is approved"
DAY = "a step of the day, which the day's page runs again"
HANDLER = "follows from an event, never from a person"

internal(
    {
        "accounts.bind_cards": BOOKS,
        "accounts.issue_cards": BOOKS,
        "accounts.open_accounts": BOOKS,
        "attribution.bonus_account": "opened by the first share that is posted to it",
        "attribution.reverse_benefit": f"{HANDLER}: the cancelling of the order",
        "attribution.share_benefit": f"{HANDLER}: the filling of the order",
        "care.escalate_requests": DAY,
        "core.end_parameter": APPROVED,
        "core.set_parameter": APPROVED,
        "day.close_if_current": "what a close that was asked for does when its turn comes",
        "day.close_due": "the scheduler's own, at the cut-off",
        "day.keep_calendars": "a step of the day",
        "day.load_calendar": "what both ways of loading a calendar end in",
        "groups.define_segment": APPROVED,
        "groups.refresh_stale": "every minute by itself, after a merge",
        "insight.refresh_stale": "every minute by itself, after a merge",
        "ledger.move_account": "follows the electronic account, which is frozen or closed above it",
        "ledger.open_accounts": BOOKS,
        "ledger.post_history": BOOKS,
        "ledger.post_one": "a batch of one: the call of the API is the batch",
        "lending.open_contracts": BOOKS,
        "market.advance_orders": "rung by each order and every minute by itself",
        "market.move_product": APPROVED,
        "market.record_outcome": "an engine's own answer, asked for or called back",
        "outreach.close_by_order": f"{HANDLER}: the sale answers the open contacts",
        "outreach.leave_in_peace": f"{HANDLER}: a consent is withdrawn",
        "parties.relate_many": "the many of `relate`, for imports",
        "parties.register_people": "the many of `register_person`, for imports",
        "parties.release_served": f"{HANDLER}: a member of the staff leaves",
        "partners.create_client": "the demonstration's own; a bank's clients are proposed",
        "partners.go_live": "the demonstration's own; a bank's partners go live by proposal",
        "partners.link_members": BOOKS,
        "partners.publish_figures": DAY,
        "partners.move_partner": APPROVED,
        "partners.register_partner": APPROVED,
        "payments.begin_return": DAY,
        "payments.import_standing_orders": BOOKS,
        "wealth.record_yields": "comes in with the fund's own figures, not from a form",
        "wealth.cancel_subscription": ENGINE,
        "wealth.distribute_due": DAY,
        "wealth.distribute_income": DAY,
        "wealth.redeem": ENGINE,
        "wealth.subscribe": ENGINE,
    }
)
