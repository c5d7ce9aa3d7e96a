from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liti.core.errors import InvalidInput
from liti.core.money import allocate, format_minor, to_minor


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12.34", 1234),
        ("1,234.5", 123450),
        ("¥0.01", 1),
        ("-7", -700),
        ("0.10", 10),
        ("1e3", 100000),
    ],
)
def test_amounts_are_read_exactly(text, minor):
    assert to_minor(text) == minor


@pytest.mark.parametrize("text", ["", "abc", "1.234", "NaN", "Infinity", "1e30", "--1", "1.2.3"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(InvalidInput):
        to_minor(text)


def test_a_currency_that_is_not_known_is_refused():
    with pytest.raises(InvalidInput, match="XXX"):
        to_minor("1", "XXX")


@given(st.integers(-(10**15), 10**15))
def test_text_and_amount_are_inverse(minor):
    assert to_minor(format_minor(minor)) == minor


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=9).filter(lambda w: any(w)),
)
def test_shares_sum_to_the_whole_and_stay_near_their_weight(total, weights):
    parts = allocate(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(
        abs(Decimal(p) - Decimal(total) * w / whole) < 1
        for p, w in zip(parts, weights, strict=True)
    )


def test_shares_need_weights():
    for weights in ([], [0, 0], [1, -1]):
        with pytest.raises(InvalidInput):
            allocate(10, weights)
