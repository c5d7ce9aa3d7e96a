"""The first shelf: suppliers, products and their first version."""

from __future__ import annotations

from datetime import date
from importlib import resources
from typing import Any

import yaml

from liti.core import engines
from liti.market.models import Product, ProductVersion, Supplier

SINCE = date(2018, 8, 15)
_PRODUCT = ("code", "department", "category", "engine")


def load() -> None:
    """Load data/shelf.yaml; what a bank has changed stays."""
    text = (resources.files("liti.market") / "data" / "shelf.yaml").read_text("utf-8")
    shelf = yaml.safe_load(text)
    Supplier.objects.bulk_create(
        [Supplier(**row) for row in shelf["suppliers"]], ignore_conflicts=True
    )
    for row in shelf["products"]:
        _load_product(row)


def _load_product(row: dict[str, Any]) -> None:
    product, created = Product.objects.get_or_create(
        code=row["code"],
        defaults={name: row[name] for name in _PRODUCT}
        | {
            "supplier": Supplier.objects.get(code=row["supplier"]),
            "status": Product.Status.ON_SHELF,
        },
    )
    if created:
        terms = {k: v for k, v in row.items() if k not in {*_PRODUCT, "supplier"}}
        if row["engine"]:
            engines.check_terms(row["engine"], terms.get("engine_terms", {}))
        ProductVersion.objects.create(product=product, version=1, valid_from=SINCE, **terms)
