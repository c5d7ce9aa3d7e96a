"""What a row of the source is in the bank's own words, and which account stands against it."""

from __future__ import annotations

from liti.sample.source import Row

# (operation, symbol) → (kind, code of the bank's own account); None: look at the operation alone
_BY_SYMBOL = {
    "UROK": ("interest", "interest.expense"),
    "SANKC. UROK": ("penalty_interest", "penalty.income"),
    "SLUZBY": ("statement_fee", "fee.income"),
    "DUCHOD": ("pension", "clearing.interbank"),
    "POJISTNE": ("insurance_premium", "clearing.interbank"),
    "SIPO": ("household_payment", "clearing.interbank"),
    "LEASING": ("leasing", "clearing.interbank"),
    "UVER": ("loan_instalment", "clearing.interbank"),
}
_BY_OPERATION = {
    "VKLAD": ("cash_deposit", "cash"),
    "VYBER": ("cash_withdrawal", "cash"),
    "VYBER KARTOU": ("card_withdrawal", "clearing.card"),
    "PREVOD Z UCTU": ("transfer_in", "clearing.interbank"),
    "PREVOD NA UCET": ("transfer_out", "clearing.interbank"),
}


def kind_and_counter(row: Row) -> tuple[str, str]:
    """Kind of the transfer and the code of the counter-account.

    A household payment in cash goes against cash. A loan instalment goes to the contract's
    own account where the borrower has one; the importer decides that.
    """
    if row.symbol in _BY_SYMBOL:
        kind, code = _BY_SYMBOL[row.symbol]
        in_cash = row.operation == "VYBER" and code == "clearing.interbank"
        return kind, "cash" if in_cash else code
    return _BY_OPERATION[row.operation]


def order_kind(symbol: str) -> str:
    """Kind of a standing order."""
    return _BY_SYMBOL[symbol][0] if symbol in _BY_SYMBOL else "transfer_out"
