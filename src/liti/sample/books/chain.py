"""The order in which the bank booked: the one in which its balances follow from each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from liti.core.errors import InvalidInput
from liti.sample.source import Row

# The source rounds interest to 0.10 crowns in its balances, not in its amounts.
ROUNDING_MINOR = 10


@dataclass(frozen=True, slots=True)
class Chained:
    """A row in its place, and what its balance differs by from amount and balance before."""

    row: Row
    difference_minor: int


def chain(rows: Sequence[Row]) -> list[Chained]:
    """Put the rows of one account in the order of booking.

    Within a day the order of the file is not always that of booking. Of all orders in
    which each balance is the one before plus the amount, give or take 0.10, the one with
    the fewest differences is taken. Raises InvalidInput when there is none.
    """
    states: dict[int, tuple[int, list[Chained]]] = {0: (0, [])}
    for day, group in groupby(sorted(rows, key=lambda r: r.day), key=lambda r: r.day):
        todays = tuple(group)
        following: dict[int, tuple[int, list[Chained]]] = {}
        for balance, (cost, done) in states.items():
            for order in _orders(balance, todays):
                total = cost + sum(c.difference_minor != 0 for c in order)
                end = order[-1].row.balance_minor
                if end not in following or total < following[end][0]:
                    following[end] = (total, [*done, *order])
        if not following:
            raise InvalidInput(
                "sample.no_chain",
                f"account {rows[0].account_id}: the balances of {day} don't follow",
            )
        states = following
    return min(states.values(), key=lambda state: state[0])[1]


def _orders(balance: int, rows: tuple[Row, ...]) -> Iterator[list[Chained]]:
    """All orders of a day's rows that fit, each row used once."""
    if not rows:
        yield []
        return
    tried: set[tuple[int, int]] = set()
    for index, row in enumerate(rows):
        difference = row.balance_minor - balance - row.change_minor
        alike = (row.change_minor, row.balance_minor)
        if difference not in (0, ROUNDING_MINOR, -ROUNDING_MINOR) or alike in tried:
            continue
        tried.add(alike)
        rest = rows[:index] + rows[index + 1 :]
        for tail in _orders(row.balance_minor, rest):
            yield [Chained(row, difference), *tail]
