"""The marketplace: what lies on the shelf, and orders whose day has come."""

from __future__ import annotations

from datetime import datetime

import click
from rich.table import Table

from liti.cli.days import reached
from liti.cli.entering import DAY
from liti.cli.progress import console
from liti.core.doors import door
from liti.market import queries, services


@click.group()
def market() -> None:
    """Marketplace: one shelf for own, bank and outside products."""


@market.command()
def shelf() -> None:
    """What is on the shelf today."""
    table = Table("code", "name", "supplier", "department", "risk", "orders")
    for product in queries.shelf():
        table.add_row(
            product.code,
            f"{product.name_zh} / {product.name_en}",
            f"{product.supplier_zh} ({product.supplier_kind})",
            product.department,
            f"R{product.risk_level}" if product.risk_level else "–",
            "taken here" if product.takes_orders else "service team",
        )
    console.print(table)


@market.command()
@click.option("--on", type=DAY, help="Day; default: business date.")
@door("market.settle_orders")
def settle(on: datetime | None) -> None:
    """Settle confirmed orders whose day has come."""
    day = reached(on)
    total = 0
    while settled := services.settle_orders(day):
        total += settled
    console.print(f"{day}: {total:,} orders settled")


@market.command()
@click.argument("code")
@click.argument("status", type=click.Choice(["on_shelf", "suspended", "withdrawn"]))
@door("market.propose_product_status")
def move(code: str, status: str) -> None:
    """Propose to put a product on the shelf, suspend or withdraw it; a second person decides."""
    approval = services.propose_product_status(code, status)
    console.print(f"{code}: {status} waits for a second person, approval {approval}")
