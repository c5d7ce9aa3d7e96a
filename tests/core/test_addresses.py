from __future__ import annotations

import pytest

from liti.core.addresses import number_in
from liti.core.errors import NotFound


@pytest.mark.parametrize(
    ("text", "number"), [("", None), ("0", 0), ("007", 7), ("9223372036854775807", 2**63 - 1)]
)
def test_a_number_in_an_address(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize(
    "text", ["-1", "1.0", "1e3", "٣", "²", "x", " 1", "9223372036854775808", "9" * 20, "9" * 5000]
)
def test_what_no_number_of_the_database_can_be_is_nowhere(text):
    with pytest.raises(NotFound):
        number_in(text)


def test_a_lists_end_is_an_end():
    assert number_in("100", most=100) == 100
    with pytest.raises(NotFound):
        number_in("101", most=100)
