"""The arithmetic of double entry: pure, exact, in the order given."""

from liti.ledger.rules.accounts import ACCOUNT_STATES, Position, Side, Status
from liti.ledger.rules.book import Book, Decided, HoldMove, Known, Original
from liti.ledger.rules.codes import PRECEDENCE, Code
from liti.ledger.rules.deciding import decide
from liti.ledger.rules.holds import HOLD_STATES, HoldState, HoldStatus
from liti.ledger.rules.limits import Limit, Uses
from liti.ledger.rules.limits import Side as LimitSide
from liti.ledger.rules.limits import Window as LimitWindow
from liti.ledger.rules.requests import NIL, Phase, TransferRequest, TransferResult
from liti.ledger.rules.windows import Window

__all__ = [
    "ACCOUNT_STATES", "HOLD_STATES", "NIL", "PRECEDENCE", "Book", "Code", "Decided", "HoldMove",
    "HoldState", "HoldStatus", "Known", "Limit", "LimitSide", "LimitWindow", "Original", "Phase",
    "Position", "Side", "Status", "TransferRequest", "TransferResult", "Uses", "Window", "decide",
]  # fmt: skip
