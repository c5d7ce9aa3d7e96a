"""What other rooms may read of the books in SQL."""

from liti.core.relations import relation

ENTRIES = relation(
    "ledger_entry_v",
    "one entry of one account",
    account_id="the account",
    seq="1, 2, 3 … within the account",
    transfer_id="the transfer that made it",
    booked_on="day of booking",
    change_minor="signed change, minor units",
    balance_after_minor="balance after it, minor units",
)
TRANSFERS = relation(
    "ledger_transfer_v",
    "one transfer with both sides",
    id="the transfer",
    debit_account_id="the account that it debits",
    credit_account_id="the account that it credits",
    debit_seq="its entry on the debited account",
    credit_seq="its entry on the credited account",
    amount_minor="what it moved, minor units",
    currency="currency of both accounts",
    kind="kind of the transfer",
    booked_on="day of booking",
    value_on="value date",
    booked_at="moment of posting",
    origin="where it comes from: live, recorded, simulated",
    narrative="its text, or empty",
)
POSTINGS = relation(
    "ledger_posting_v",
    "one entry with its transfer and the other side",
    gl_code="subject of the account",
    account_id="the account",
    seq="1, 2, 3 … within the account",
    booked_on="day of booking",
    change_minor="signed change, minor units",
    balance_after_minor="balance after it, minor units",
    kind="kind of the transfer",
    origin="where the transfer comes from",
    counter_code="code of the counter-account where it is the bank's own, else NULL",
    transfer_id="the transfer that made it",
)
POSTING_MONTHS = relation(
    "ledger_posting_month_v",
    "one month of booking of one subject's accounts; entries are never changed or deleted,"
    " so an equal count means an equal month",
    gl_code="subject of the accounts",
    month="first day of the month",
    entries="how many entries",
)
BALANCES = relation(
    "ledger_balance_v",
    "one account as it stands",
    account_id="the account",
    gl_code="its subject",
    balance_minor="balance now, minor units",
)
TURNOVER = relation(
    "ledger_turnover_v",
    "turnover of one subject on one day of booking: a row as it was folded, and one for each"
    " account with entries since",
    gl_code="subject of the accounts",
    currency="their currency",
    booked_on="day of booking",
    debits_minor="debited on it, minor units",
    credits_minor="credited on it, minor units",
)
