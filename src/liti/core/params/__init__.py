"""What a bank would change: typed, dated values, asked for on a day, never constants in code.

Each room declares its parameters in `parameters.yaml` (declared.py); they are read once per
request and day (reading.py) and change by a proposal that another person decides (changing.py).
"""

from liti.core.params.changing import end_parameter, propose_parameter, propose_parameter_end
from liti.core.params.changing import set_parameter as set_parameter
from liti.core.params.declared import Declared, declaration, declarations, load
from liti.core.params.reading import (
    ParameterView,
    Snapshot,
    count,
    find,
    get,
    history_of,
    parameter,
    rows,
    snapshot,
)

__all__ = [
    "Declared", "ParameterView", "Snapshot", "count", "declaration", "declarations",
    "end_parameter", "find", "get", "history_of", "load", "parameter", "propose_parameter",
    "propose_parameter_end", "rows", "set_parameter", "snapshot",
]  # fmt: skip
