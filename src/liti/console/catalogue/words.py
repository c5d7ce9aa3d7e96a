"""Choices that several forms offer, in the words of the bank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liti.console.who import names
from liti.core.texts import local as local
from liti.market import queries as market
from liti.ui.labels import label_of

Choices = Sequence[tuple[str, str | Promise]]
DEPARTMENTS = ("retail", "cards", "lending", "corporate", "payroll", "direct", "wealth")
CHANNELS = ("phone", "sms", "push")
PURPOSES: Choices = (
    ("marketing", _("Marketing")),
    ("data_sharing", _("Sharing of data")),
)
RECIPIENTS: Choices = (("bank", _("This bank")), ("departments", _("Departments")))
ROLES: Choices = (
    ("lead_rm", _("Managing RM")),
    ("assistant_rm", _("Assisting RM")),
    ("referrer", _("Referrer")),
    ("product_specialist", _("Product specialist")),
    ("service_desk", _("Service desk")),
    ("central_pool", _("Central team")),
)
RELATIONS: Choices = (
    ("legal_representative", _("Legal representative")),
    ("beneficial_owner", _("Beneficial owner")),
    ("shareholder", _("Shareholder")),
    ("employee", _("Employee")),
    ("household", _("Household")),
    ("guardian", _("Guardian")),
    ("guarantor", _("Guarantor")),
    ("supplier", _("Supplier")),
    ("co_holder", _("Co-holder")),
)


def labelled(codes: Sequence[str]) -> Callable[[Any], Choices]:
    """Choices of codes under their words."""
    return lambda _filled: [(code, label_of(code)) for code in codes]


def fixed(choices: Choices) -> Callable[[Any], Choices]:
    """The same choices for every row."""
    return lambda _filled: choices


def customer_name(party_id: UUID) -> str:
    """A customer's masked name."""
    return names([party_id]).get(party_id, "")


def customer_href(party_id: UUID) -> str:
    """The customer's page."""
    return reverse("console:customer", args=[party_id])


def product_names(codes: Sequence[str]) -> str:
    """Products by name, in their order; one that is not sold any more by its code."""
    names = {p.code: local(p) for p in market.shelf()} if codes else {}
    return ", ".join(names.get(code, code) for code in codes)


def scope_name(scope: str) -> str:
    """What a parameter's value is for: a class, a channel, a rhythm, a product."""
    word = label_of(scope, "scope")
    return product_names([scope]) if word == scope.replace("_", " ") and scope else word
