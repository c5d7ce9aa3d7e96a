"""What the bank offers and under which terms: every change is proposed, then agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.attribution import queries as attribution
from liti.attribution import services as attribution_services
from liti.console.catalogue.words import CHANNELS, DEPARTMENTS, fixed, labelled, local
from liti.console.commands import LIST, Command, Input, register
from liti.core.clock import business_date
from liti.core.context import current_actor
from liti.core.errors import InvalidInput
from liti.groups import queries as groups
from liti.market import queries as market
from liti.market import services as market_services
from liti.outreach import queries as outreach
from liti.outreach import services as outreach_services
from liti.wealth import services as wealth_services

CLASSES = (("II", "Ⅱ"), ("III", "Ⅲ"), ("enterprise", _("Enterprise account")))
CATEGORIES = (("wealth", _("Wealth")), ("loan", _("Loan")), ("account", _("Account")))
KINDS = (
    ("own", _("Own department")),
    ("bank", _("Another bank")),
    ("fund_company", _("Fund company")),
    ("insurer", _("Insurer")),
    ("other", _("Other institution")),
)
YIELD_BACK_DAYS = 31
NAMES = {
    "name_zh": Input(_("Name in Chinese"), length=60),
    "name_en": Input(_("Name in English"), length=80),
}


def _list(name: str) -> Any:
    return lambda _key="": reverse("console:list", args=[name])


def _row(name: str) -> Any:
    return lambda key: reverse("console:detail", args=[name, key])


def _proposal(name: str, function: Any, title: Any, on: str, level: str, **more: Any) -> Command:
    """What all of these have in common: a colleague decides, and the proposal is the result."""
    back = _list(on) if level == LIST else _row(on)
    if level != LIST:
        more.setdefault("fills", lambda code: {"code": code})
        more.setdefault("subject", lambda code: code)
    return Command(
        name,
        function,
        title,
        on,
        level,
        back=back,
        approval=True,
        **more,
    )


def _begins(title: Any) -> Input:
    return Input(title, low=business_date, initial=lambda _f: business_date())


def _of_product(field: str) -> Any:
    return lambda filled: getattr(market.product(filled["code"]), field)


def _of_offer(field: str) -> Any:
    return lambda filled: getattr(outreach.offer(filled["code"]), field)


def _of_policy(field: str) -> Any:
    return lambda filled: getattr(attribution.policy(filled["code"]), field)


def _department(_filled: Any) -> str:
    return current_actor().department


def _segments(_filled: Any) -> list[tuple[str, str]]:
    return [(s.code, local(s)) for s in groups.segments()]


def _products(_filled: Any) -> list[tuple[str, str]]:
    return [(p.code, local(p)) for p in market.shelf()]


def _offer(first: Mapping[str, Any]) -> dict[str, Input]:
    """The questions of an offer, with what holds today where it is there already."""
    return {
        "valid_from": _begins(_("In force from")),
        "product_code": Input(_("Product"), choices=_products, initial=first.get("product_code")),
        "department": Input(
            _("Department"),
            choices=labelled(DEPARTMENTS),
            initial=first.get("department", _department),
        ),
        "segments": Input(_("Groups"), choices=_segments, initial=first.get("segments")),
        "channels": Input(_("Channels"), choices=labelled(CHANNELS), initial=first.get("channels")),
        "premises": Input(
            _("Says of the customer"),
            choices=lambda _filled: outreach.premise_choices(),
            initial=first.get("premises"),
            help=_("The offer goes to nobody of whom the bank does not know this to be true."),
        ),
        "value_minor": Input(
            _("Worth of one acceptance, in yuan"), initial=first.get("value_minor")
        ),
        "name_zh": Input(_("Name in Chinese"), length=60, initial=first.get("name_zh")),
        "name_en": Input(_("Name in English"), length=80, initial=first.get("name_en")),
    }


def _policy(
    code: str, valid_from: date, weights: tuple[str, ...], name_zh: str, name_en: str,
    category: str = "",
) -> UUID:  # fmt: skip
    return attribution_services.propose_split_policy(
        code, valid_from, _weights(weights), name_zh, name_en, category or ""
    )


def _weights(lines: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for line in lines:
        part, _sign, weight = line.replace("：", ":").partition(":")
        if not weight.strip().isascii() or not weight.strip().isdigit():
            raise InvalidInput(
                "console.bad_weight", str(_("Write each line as part: weight.")), field="weights"
            )
        found[part.strip()] = int(weight)
    return found


def _policy_inputs(first: Mapping[str, Any]) -> dict[str, Input]:
    return {
        "valid_from": _begins(_("In force from")),
        "weights": Input(
            _("Weights"),
            kind="lines",
            initial=first.get("weights"),
            help=_("One line a part (referral, seller, owner, corporate, retail), as seller: 5."),
        ),
        "name_zh": Input(_("Name in Chinese"), length=80, initial=first.get("name_zh")),
        "name_en": Input(_("Name in English"), length=80, initial=first.get("name_en")),
        "category": Input(
            _("Category"),
            choices=fixed(CATEGORIES),
            initial=first.get("category"),
            help=_("Left empty it is for all products."),
        ),
    }


def _known_weights(filled: Any) -> list[str]:
    return [
        f"{part}: {weight}" for part, weight in attribution.policy(filled["code"]).weights.items()
    ]


CODE = Input(_("Code"), length=20, help=_("Letters, digits and hyphens; it never changes."))
register(
    _proposal(
        "propose-terms", market_services.propose_product_version, _("Propose new terms"),
        "products", "row",
        inputs={
            "valid_from": _begins(_("In force from")),
            **{
                name: Input(title, length=length, rows=rows, initial=_of_product(name))
                for name, title, length, rows in (
                    ("name_zh", _("Name in Chinese"), 60, 1),
                    ("name_en", _("Name in English"), 80, 1),
                    ("summary_zh", _("Summary in Chinese"), 300, 3),
                    ("summary_en", _("Summary in English"), 300, 3),
                )
            },
            "risk_level": Input(
                _("Risk"),
                choices=fixed([(str(n), f"R{n}" if n else "—") for n in range(6)]),
                initial=_of_product("risk_level"),
            ),
            "amount_min_minor": Input(
                _("Minimum order"), low=lambda: 0, initial=_of_product("amount_min_minor")
            ),
            "amount_max_minor": Input(_("Maximum order"), initial=_of_product("amount_max_minor")),
            "account_classes": Input(
                _("Account classes"),
                choices=fixed(CLASSES),
                initial=lambda f: list(market.product(f["code"]).account_classes),
            ),
        },
    ),
    _proposal(
        "propose-product", market_services.propose_product, _("Propose a product"),
        "products", LIST,
        inputs={
            "code": CODE,
            "supplier": Input(_("Code of the supplier"), length=20),
            "department": Input(
                _("Department"), choices=labelled(DEPARTMENTS), initial=_department
            ),
            "category": Input(_("Category"), choices=fixed(CATEGORIES)),
        },
    ),
    _proposal(
        "propose-supplier", market_services.propose_supplier, _("Propose a supplier"),
        "products", LIST,
        inputs={"code": CODE, "kind": Input(_("Kind"), choices=fixed(KINDS)), **NAMES},
    ),
    _proposal(
        "propose-yield", wealth_services.propose_yield, _("Propose a day’s yield"),
        "products", "row",
        fills=lambda code: {"fund_code": code},
        offered=lambda code: market.product(code).category == "wealth",
        inputs={
            "on": Input(
                _("Day"),
                low=lambda: business_date() - timedelta(days=YIELD_BACK_DAYS),
                high=business_date,
            ),
            "income_per_10000": Input(
                _("Income per 10,000 shares"), length=12, help=_("As published, such as 0.3651.")
            ),
        },
    ),
    _proposal(
        "propose-offer", outreach_services.propose_offer, _("Propose an offer"), "offers", LIST,
        inputs={"code": CODE, **_offer({})},
        primary=True,
    ),
    _proposal(
        "propose-offer-version", outreach_services.propose_offer, _("Propose a change"),
        "offers", "row",
        inputs=_offer({n: _of_offer(n) for n in (
            "product_code", "department", "value_minor", "name_zh", "name_en")} | {
            n: (lambda name: lambda f: list(getattr(outreach.offer(f["code"]), name)))(n)
            for n in ("segments", "channels", "premises")}),
    ),
    _proposal(
        "propose-offer-end", outreach_services.propose_offer_end, _("Propose that it ends"),
        "offers", "row", inputs={"valid_from": _begins(_("First day without it"))},
    ),
    _proposal(
        "propose-split-policy", attribution_services.propose_split_policy,
        _("Propose a way of sharing"), "split-policies", LIST,
        calls=_policy, inputs={"code": CODE, **_policy_inputs({})}, primary=True,
    ),
    _proposal(
        "propose-split-policy-version", attribution_services.propose_split_policy,
        _("Propose a change"), "split-policies", "row", calls=_policy,
        inputs=_policy_inputs({
            "weights": _known_weights, "name_zh": _of_policy("name_zh"),
            "name_en": _of_policy("name_en"), "category": _of_policy("category"),
        }),
    ),
    _proposal(
        "propose-split-policy-end", attribution_services.propose_split_policy_end,
        _("Propose that it ends"), "split-policies", "row",
        inputs={"valid_from": _begins(_("First day without it"))},
    ),
)  # fmt: skip
