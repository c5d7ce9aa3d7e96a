"""The diagrams in the docs are those of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from liti.market.rules import ORDER_STATES, PRODUCT_STATES
from liti.outreach.rules import ITEM_STATES, PLAN_STATES

DOCS = Path(__file__).parents[2] / "docs" / "rooms"


@pytest.mark.parametrize(
    ("page", "machine"),
    [
        ("market", ORDER_STATES),
        ("market", PRODUCT_STATES),
        ("outreach", PLAN_STATES),
        ("outreach", ITEM_STATES),
    ],
)
def test_a_page_draws_the_declared_moves(page, machine):
    assert machine.mermaid() in (DOCS / f"{page}.md").read_text("utf-8")
