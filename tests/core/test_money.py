from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liti.core.errors import InvalidInput
from liti.core.money import allocate, format_minor, to_minor
from liti.core.numbers import to_decimal


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12.34", 1234),
        ("1,234.5", 123450),
        ("¥0.01", 1),
        ("-7", -700),
        ("0.10", 10),
        ("1,234,567.80", 123456780),
        ("￥12", 1200),
        ("¥ 12", 1200),
        ("-¥12", -1200),
        ("１２３．４５", 12345),
        ("\u22127", -700),
    ],
)
def test_amounts_are_read_exactly(text, minor):
    assert to_minor(text) == minor


NO_AMOUNTS = """
abc 1.234 NaN Infinity 1e30 --1 1.2.3 12,50 1.200,00 1,2,3 1,234,56.7 1,2345 ,123 1,234,
1e5 1_000 1e999999 .5 5. 0x10 ١٢ ½ 1'000 1.500 12元
"""


@pytest.mark.parametrize("text", ["", "1 000", "9" * 41, "0" * 5000, "\ud800", *NO_AMOUNTS.split()])
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


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_refusal(text):
    with contextlib.suppress(InvalidInput):
        assert type(to_minor(text)) is int


def test_the_largest_amount_is_exact_and_the_next_is_refused():
    assert to_minor("92233720368547758.07") == 2**63 - 1
    with pytest.raises(InvalidInput, match="larger"):
        to_minor("92233720368547758.08")
    assert to_minor("12345678901234567.89") == 1234567890123456789


@pytest.mark.parametrize("text", ["1e999999", "NaN", "1,5", "", "0.07200000001", "9" * 41, "٣"])
def test_a_number_from_outside_is_digits_and_a_point(text):
    with pytest.raises(InvalidInput, match="number"):
        to_decimal(text)


def test_numbers_are_exact():
    assert to_decimal("0.072") == Decimal("0.072")
    assert to_decimal("-１.5") == Decimal("-1.5")
