"""Suppliers, products, their terms and their place on the shelf change by proposal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import changes, engines
from liti.core.approvals import Link
from liti.core.authority import command
from liti.core.changes import Dated, Field, Key, Values
from liti.core.errors import InvalidInput, NotFound
from liti.core.history import Revision, history
from liti.core.money import format_minor
from liti.core.roles import roles
from liti.core.texts import local
from liti.core.versions import follow, holding
from liti.market.models import Order, Product, ProductVersion, Supplier
from liti.market.rules import PRODUCT_STATES
from liti.market.shelving import move_product

PROPOSERS = roles("product_manager", "operation_head")
DECIDERS = roles("operation_head", "risk_officer")
TERMS = (
    "name_zh", "name_en", "summary_zh", "summary_en", "risk_level",
    "amount_min_minor", "amount_max_minor", "account_classes", "engine_terms",
)  # fmt: skip
CLASSES = ("II", "III", "enterprise")
RISK_MAX, TERMS_TEXT = 5, {"name_zh": 60, "name_en": 80, "summary_zh": 300, "summary_en": 300}


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_product_version(
    code: str,
    valid_from: date,
    name_zh: str,
    name_en: str,
    summary_zh: str,
    summary_en: str,
    risk_level: int,
    amount_min_minor: int,
    amount_max_minor: int,
    account_classes: Sequence[str],
    engine_terms: str = "",
) -> UUID:
    """Propose a product's terms from a day on; returns the approval's id.

    `engine_terms`: what its engine asks for, as a JSON object (`{"fund": "LTYEB1"}`); empty
    keeps what holds on that day.

    Raises NotFound (product), InvalidInput naming the field, Refused (day), Conflict (no change).
    """
    terms = {
        "name_zh": name_zh.strip(),
        "name_en": name_en.strip(),
        "summary_zh": summary_zh.strip(),
        "summary_en": summary_en.strip(),
        "risk_level": risk_level,
        "amount_min_minor": amount_min_minor,
        "amount_max_minor": amount_max_minor,
        "account_classes": list(account_classes),
        "engine_terms": _read_terms(code, engine_terms, valid_from),
    }
    return changes.propose(VERSION, {"code": code}, terms, valid_from)


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_product_status(code: str, status: str) -> UUID:
    """Propose to put a product on the shelf, suspend or withdraw it; returns the approval's id.

    Raises NotFound, Conflict (a move that its states do not allow).
    """
    return changes.propose(STATUS, {"code": code}, {"status": status}, None)


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_product(
    code: str, supplier: str, department: str, category: str, engine: str = ""
) -> UUID:
    """Propose a new product, a draft until it has terms and is put on the shelf.

    Raises NotFound (supplier), InvalidInput (code, category), Conflict (the code is taken).
    """
    given = {
        "supplier": supplier,
        "department": department.strip(),
        "category": category,
        "engine": engine,
    }
    return changes.propose(PRODUCT, {"code": code}, given, None)


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_supplier(code: str, kind: str, name_zh: str, name_en: str) -> UUID:
    """Propose a supplier, or another name or kind of one. Raises InvalidInput, Conflict."""
    given = {"kind": kind, "name_zh": name_zh.strip(), "name_en": name_en.strip()}
    return changes.propose(SUPPLIER, {"code": code}, given, None)


def terms_history(code: str) -> list[Revision]:
    """Who wrote which terms of a product, and when."""
    product = _product(code)
    return history(ProductVersion, name=("version", "valid_from"), product_id=product.id)


def shelf_history(code: str) -> list[Revision]:
    """Who moved a product on the shelf, and when."""
    return history(Product, name=("code",), code=code)


def _product(code: str) -> Product:
    row = Product.objects.filter(code=code).first()
    if row is None:
        raise NotFound(
            "market.unknown_product", _("There is no product %(code)s.") % {"code": code}
        )
    return row


def _named(key: Key) -> str:
    latest = ProductVersion.objects.filter(product__code=key["code"]).order_by("-version").first()
    return f"{local(latest)} ({key['code']})" if latest else key["code"]


def _versions(key: Key) -> Any:
    return ProductVersion.objects.filter(product__code=key["code"])


def _terms(key: Key, day: date) -> Values | None:
    row = holding(_versions(key), day)
    return {name: getattr(row, name) for name in TERMS} if row else None


def _read_terms(code: str, text: str, day: date) -> dict[str, Any]:
    if not text.strip():
        row = holding(_versions({"code": code}), day)
        return dict(row.engine_terms) if row else {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _wrong("engine_terms", _("The engine’s terms are a JSON object."))
    return found


def _check_terms(key: Key, values: Values | None, day: date) -> None:
    product = _product(key["code"])
    assert values is not None
    for name, longest in TERMS_TEXT.items():
        if not 0 < len(values[name]) <= longest:
            raise _wrong(name, _("1 to %(count)d characters are needed.") % {"count": longest})
    if not 0 <= values["risk_level"] <= RISK_MAX:
        raise _wrong("risk_level", _("A risk level is 0 to 5."))
    if not 0 <= values["amount_min_minor"] <= values["amount_max_minor"] <= 2**62:
        raise _wrong("amount_max_minor", _("The largest order may not be below the smallest."))
    if odd := set(values["account_classes"]) - set(CLASSES):
        raise _wrong("account_classes", _("No such class: %(odd)s.") % {"odd": ", ".join(odd)})
    if product.engine:
        engines.check_terms(product.engine, values.get("engine_terms", {}))
    begun = _versions(key).filter(valid_from=day).first()
    if begun and Order.objects.filter(product=product, version=begun).exists():
        raise _wrong("valid_from", _("Orders were placed under the terms that begin that day."))


def _write_terms(key: Key, values: Values | None, day: date) -> None:
    product = Product.objects.select_for_update().get(code=key["code"])
    follow(ProductVersion.objects.all(), {"product_id": product.id}, values, day, numbered=True)


def _status(key: Key, _day: date) -> Values | None:
    return {"status": _product(key["code"]).status}


def _check_status(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    PRODUCT_STATES.require(_product(key["code"]).status, values["status"])


def _write_status(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    move_product(key["code"], values["status"])


def _orders_open(key: Key, _values: Values | None, _day: date) -> str:
    parties = Order.objects.filter(product__code=key["code"]).values("party_id").distinct().count()
    return _("%(count)s customers have ordered it.") % {"count": f"{parties:,}"}


def _new_product(key: Key, _day: date) -> Values | None:
    row = Product.objects.select_related("supplier").filter(code=key["code"]).first()
    if row is None:
        return None
    return {
        "supplier": row.supplier.code,
        "department": row.department,
        "category": row.category,
        "engine": row.engine,
    }


def _check_product(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    _check_code(key["code"])
    if Product.objects.filter(code=key["code"]).exists():
        raise _wrong("code", _("Product %(code)s is there already.") % {"code": key["code"]})
    if values["category"] not in Product.Category.values:
        raise _wrong("category", _("Choose one of: %(known)s.") % {
            "known": ", ".join(Product.Category.values)})  # fmt: skip
    if not Supplier.objects.filter(code=values["supplier"]).exists():
        raise NotFound(
            "market.unknown_supplier",
            _("There is no supplier %(code)s.") % {"code": values["supplier"]},
            remedy=_("Propose the supplier first."),
        )


def _write_product(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    supplier = Supplier.objects.get(code=values["supplier"])
    Product.objects.create(code=key["code"], **values | {"supplier": supplier})


def _supplier(key: Key, _day: date) -> Values | None:
    row = Supplier.objects.filter(code=key["code"]).first()
    return {"kind": row.kind, "name_zh": row.name_zh, "name_en": row.name_en} if row else None


def _check_supplier(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    _check_code(key["code"])
    if values["kind"] not in Supplier.Kind.values:
        raise _wrong("kind", _("Choose one of: %(known)s.") % {
            "known": ", ".join(Supplier.Kind.values)})  # fmt: skip
    for name, longest in (("name_zh", 60), ("name_en", 80)):
        if not 0 < len(values[name]) <= longest:
            raise _wrong(name, _("1 to %(count)d characters are needed.") % {"count": longest})


def _write_supplier(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    Supplier.objects.update_or_create(code=key["code"], defaults=values)


def _check_code(code: str) -> None:
    if not code.isascii() or not code.replace("-", "").isalnum() or len(code) > 20:
        raise _wrong("code", _("A code has 1 to 20 letters, digits and hyphens."))


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput("market.bad_terms", message, field=field)


def _money(minor: Any) -> str:
    return f"¥{format_minor(minor)}"


def _words(choices: Any) -> Any:
    found = dict(choices)
    return lambda code: str(found.get(code, code))


def _product_link(key: Key) -> tuple[Link, ...]:
    return (Link(_("The product"), "products", key["code"]),)


VERSION = changes.declare(
    Dated(
        kind="market.product_version",
        title=gettext_lazy("Terms of a product"),
        propose=PROPOSERS,
        decide=DECIDERS,
        fields=(
            Field("name_zh", gettext_lazy("Name in Chinese")),
            Field("name_en", gettext_lazy("Name in English")),
            Field("summary_zh", gettext_lazy("Summary in Chinese")),
            Field("summary_en", gettext_lazy("Summary in English")),
            Field("risk_level", gettext_lazy("Risk level"), lambda level: f"R{level}"),
            Field("amount_min_minor", gettext_lazy("Minimum order"), _money),
            Field("amount_max_minor", gettext_lazy("Maximum order"), _money),
            Field("account_classes", gettext_lazy("Account classes"), ", ".join),
            Field("engine_terms", gettext_lazy("Terms of its engine"), json.dumps),
        ),
        current=_terms,
        write=_write_terms,
        named=_named,
        check=_check_terms,
        reach=_orders_open,
        links=_product_link,
    )
)
STATUS = changes.declare(
    Dated(
        kind="market.product_status",
        title=gettext_lazy("A product’s place on the shelf"),
        propose=PROPOSERS,
        decide=DECIDERS,
        fields=(
            Field("status", gettext_lazy("State"), lambda s: _words(Product.Status.choices)(s)),
        ),
        current=_status,
        write=_write_status,
        named=_named,
        check=_check_status,
        reach=_orders_open,
        links=_product_link,
        undated=True,
    )
)
PRODUCT = changes.declare(
    Dated(
        kind="market.product",
        title=gettext_lazy("New product"),
        propose=PROPOSERS,
        decide=DECIDERS,
        fields=(
            Field("supplier", gettext_lazy("Supplier")),
            Field("department", gettext_lazy("Department")),
            Field(
                "category",
                gettext_lazy("Category"),
                lambda c: _words(Product.Category.choices)(c),
            ),
            Field("engine", gettext_lazy("Carried out by")),
        ),
        current=_new_product,
        write=_write_product,
        named=_named,
        check=_check_product,
        undated=True,
    )
)
SUPPLIER = changes.declare(
    Dated(
        kind="market.supplier",
        title=gettext_lazy("Supplier"),
        propose=PROPOSERS,
        decide=DECIDERS,
        fields=(
            Field("kind", gettext_lazy("Kind"), lambda k: _words(Supplier.Kind.choices)(k)),
            Field("name_zh", gettext_lazy("Name in Chinese")),
            Field("name_en", gettext_lazy("Name in English")),
        ),
        current=_supplier,
        write=_write_supplier,
        named=lambda key: key["code"],
        check=_check_supplier,
        undated=True,
    )
)
