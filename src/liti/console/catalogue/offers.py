"""Pages of what is offered and how a sale is shared."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.attribution import queries as attribution
from liti.attribution.queries import PolicyView
from liti.console.access import MARKET, PLAN, roles
from liti.console.catalogue.words import local
from liti.console.history import history_panel
from liti.console.resources import Column, Detail, Fact, Query, Resource, register
from liti.outreach import queries as outreach
from liti.outreach.queries import OfferView
from liti.ui import figures
from liti.ui.labels import label_of


def _offers(query: Query) -> Sequence[OfferView]:
    text = query.text.lower()
    return [o for o in outreach.offers() if text in f"{o.code} {o.name_zh} {o.name_en}".lower()]


def _offer(code: str) -> Detail:
    found = outreach.offer(code)
    return Detail(
        title=local(found),
        subtitle=found.code,
        facts=[
            Fact(_("Product"), found.product_code, "mono"),
            Fact(_("Department"), found.department, "label"),
            Fact(_("Groups"), ", ".join(found.segments)),
            Fact(_("Channels"), found.channels, "labels"),
            Fact(
                _("Says of the customer"),
                ", ".join(w for code, w in outreach.premise_choices() if code in found.premises),
            ),
            Fact(_("Worth of one acceptance"), found.value_minor, "money"),
            Fact(_("In force from"), found.valid_from, "date"),
        ],
        panels=[history_panel(outreach.offer_history(code), OFFER, OFFER_SHOWN)],
    )


def _policies(_query: Query) -> Sequence[PolicyView]:
    return attribution.policies()


def _policy(code: str) -> Detail:
    found = attribution.policy(code)
    weights = ", ".join(f"{part} {weight}" for part, weight in found.weights.items())
    return Detail(
        title=local(found),
        subtitle=found.code,
        facts=[
            Fact(_("Category"), found.category or _("All products"), "label"),
            Fact(_("Weights"), weights),
            Fact(_("In force from"), found.valid_from, "date"),
        ],
        panels=[history_panel(attribution.policy_history(code), POLICY, POLICY_SHOWN)],
    )


NAMES = {"name_zh": _("Name in Chinese"), "name_en": _("Name in English")}
DAYS = {"valid_from": _("From"), "valid_to": _("To")}
OFFER = {
    **NAMES,
    "product_code": _("Product"),
    "department": _("Department"),
    "segments": _("Groups"),
    "channels": _("Channels"),
    "value_minor": _("Worth of one acceptance"),
    **DAYS,
}
OFFER_SHOWN = {
    "department": label_of,
    "segments": ", ".join,
    "channels": lambda codes: ", ".join(label_of(code) for code in codes),
    "value_minor": figures.money,
}
POLICY = {**NAMES, "category": _("Category"), "weights": _("Weights"), **DAYS}
POLICY_SHOWN = {
    "category": label_of,
    "weights": lambda parts: ", ".join(f"{part} {weight}" for part, weight in parts.items()),
}


register(
    Resource(
        name="offers",
        title=_("Offers"),
        group="operation",
        icon="target",
        roles=PLAN | roles("product_manager"),
        order=32,
        about=_("What the plan may propose, to whom and on which channels."),
        search=_("Name or code"),
        columns=[
            Column("name", _("Offer"), "local", value=lambda o: o),
            Column("code", _("Code"), "mono"),
            Column("department", _("Department"), "label"),
            Column("value_minor", _("Worth of one acceptance"), "money"),
            Column("valid_from", _("In force from"), "date"),
        ],
        whole=_offers,
        link=lambda o: reverse("console:detail", args=["offers", o.code]),
        detail=_offer,
        empty=_("No offers yet"),
    ),
    Resource(
        name="split-policies",
        title=_("Sharing of sales"),
        group="market",
        icon="scale",
        roles=MARKET | roles("finance_officer"),
        order=43,
        about=_("How the benefit of a sale is shared among those who brought it."),
        columns=[
            Column("name", _("Way of sharing"), "local", value=lambda p: p),
            Column("code", _("Code"), "mono"),
            Column("category", _("Category"), "label"),
            Column("valid_from", _("In force from"), "date"),
        ],
        whole=_policies,
        link=lambda p: reverse("console:detail", args=["split-policies", p.code]),
        detail=_policy,
        empty=_("No way of sharing yet"),
    ),
)
