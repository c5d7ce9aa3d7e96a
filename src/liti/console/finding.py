"""What the search of the top bar finds: things of all rooms, each with why it matched.

A hit says its kind, the field that fits and the part of it that was typed, as far as the mask
shows it. Values that identify a person are looked for whole (or by the four digits that a mask
shows) by the rooms, which log it; one text counts as one search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liti.accounts import queries as accounts
from liti.console import commands, resources
from liti.console.access import CUSTOMERS, LEDGER, MARKET, SERVICE, STAFF, Roles, may
from liti.console.resources import Page
from liti.console.who import names
from liti.core import staff
from liti.core.errors import TooMany
from liti.core.lookups import one_search
from liti.core.texts import local, money_text, one_of_two
from liti.ledger import queries as ledger
from liti.lending import queries as lending
from liti.market import queries as market
from liti.parties import queries as parties
from liti.payments import queries as payments
from liti.ui.labels import label_of

Text = str | Promise
TEXT_MIN = 2
SHOWN = 6
DOTS = "•••• "


@dataclass(frozen=True, slots=True)
class Hit:
    """One line. `field` is what fits, `before` + `part` + `after` its value with the part that
    was typed; `part` is empty where the mask hides it."""

    title: str
    note: str
    href: str
    icon: str
    field: Text
    before: str = ""
    part: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """Hits of one kind; `more` where there are others that are not shown."""

    name: str
    title: Text
    hits: Sequence[Hit]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a text finds; `refusal` where no more numbers may be looked for now."""

    kinds: Sequence[Kind]
    refusal: TooMany | None = None


CUSTOMER_FIELDS: dict[str, Text] = {
    "name": gettext_lazy("Name"),
    "mobile": gettext_lazy("Mobile"),
    "mobile_end": gettext_lazy("End of the mobile"),
    "id_number": gettext_lazy("ID number"),
    "uscc": gettext_lazy("Credit code"),
    "email": gettext_lazy("E-mail"),
    "card": gettext_lazy("Card bound to an account"),
    "number": gettext_lazy("Number in a department’s file"),
    "record": gettext_lazy("Mobile in a department’s file"),
}


def find(text: str, limit: int = SHOWN) -> Found:
    """Everything that fits and that the actor may open, kind by kind."""
    wanted = " ".join(text.split())
    if not enough(wanted):
        return Found(())
    kinds: dict[str, Kind] = {}
    refusal = None
    for by_number in (False, True):
        # Whoever types a page's title looks for the page: that counts as no search of people.
        of_the_house = not any(c.isdigit() for c in wanted) and bool(
            {"pages", "commands"} & {*kinds}
        )
        with one_search(free=of_the_house):
            for name, title, roles, finder in FINDERS:
                if not may(roles) or (name in BY_NUMBER) is not by_number or refusal:
                    continue
                try:
                    hits = finder(wanted, limit + 1)
                except TooMany as error:
                    refusal = error
                    continue
                if hits:
                    kinds[name] = Kind(name, title, hits[:limit], len(hits) > limit)
    return Found([kinds[name] for name, *_rest in FINDERS if name in kinds], refusal)


def enough(text: str) -> bool:
    """Whether the text is long enough to look for: two characters, or one Chinese one."""
    return len(text.strip()) >= TEXT_MIN or any("\u4e00" <= c <= "\u9fff" for c in text)


def fitting(text: str, value: str) -> tuple[str, str, str] | None:
    """Where a value holds the text, letters large or small: before, the part, after."""
    at = value.casefold().find(text.casefold())
    if at < 0 or len(value.casefold()) != len(value):
        return None
    return value[:at], value[at : at + len(text)], value[at + len(text) :]


def _customers(text: str, limit: int) -> list[Hit]:
    found = []
    for party, kind in parties.search_by(text, limit):
        masked = {
            "mobile": party.mobile_masked,
            "mobile_end": party.mobile_masked,
            "id_number": party.id_number_masked,
            "email": party.email_masked,
        }.get(kind)
        if kind == "mobile_end" and masked:
            why = (masked[:-4], masked[-4:], "")
        else:
            why = (masked, "", "") if masked else ("", text if kind != "card" else "", "")
        note = " · ".join(w for w in (party.id_number_masked, party.mobile_masked) if w)
        icon = "building" if party.kind == "organisation" else "user"
        href = reverse("console:customer", args=[party.id])
        found.append(Hit(party.name_masked, note, href, icon, CUSTOMER_FIELDS[kind], *why))
    return found


def _accounts(text: str, limit: int) -> list[Hit]:
    found = accounts.find_accounts(text, limit)
    owners = names([a.party_id for a in found]) if may(CUSTOMERS) else {}
    hits = []
    for a in found:
        words = (owners.get(a.party_id, ""), label_of(a.account_class, "scope"))
        note = " · ".join(w for w in (*words, label_of(a.status, "account")) if w)
        href = (
            reverse("console:account", args=[a.id])
            if may(LEDGER)
            else reverse("console:customer", args=[a.party_id])
        )
        field = _("Account number") if a.whole else _("End of the account number")
        hits.append(Hit(DOTS + a.end, note, href, "book", field, DOTS, a.end))
    return hits


def _cards(text: str, limit: int) -> list[Hit]:
    found = accounts.find_cards(text, limit)
    owners = names([c.party_id for c in found])
    hits = []
    for c in found:
        kind = _("Card of this bank") if c.issued else c.name
        note = " · ".join(w for w in (owners.get(c.party_id, ""), kind) if w)
        href = reverse("console:customer", args=[c.party_id])
        field = _("Card number") if c.whole else _("End of the card number")
        hits.append(Hit(DOTS + c.end, note, href, "card", field, DOTS, c.end))
    return hits


def _loans(text: str, limit: int) -> list[Hit]:
    found = lending.find_contracts(text, limit)
    owners = names([c.party_id for c in found]) if may(CUSTOMERS) else {}
    return [
        Hit(
            c.number,
            " · ".join(w for w in (owners.get(c.party_id, ""), label_of(c.status, "loan")) if w),
            reverse("console:detail", args=["loans", c.id]),
            "loan",
            _("Contract number"),
            "",
            c.number,
        )
        for c in found
    ]


def _orders(text: str, limit: int) -> list[Hit]:
    return [
        Hit(
            local(o, "product"),
            f"{money_text(o.amount_minor, o.currency)} · {label_of(o.status)}",
            reverse("console:detail", args=["orders", o.id]),
            "list",
            _("Reference"),
            "",
            text,
        )
        for o in market.find_orders(text, limit)
    ]


def _payments(text: str, limit: int) -> list[Hit]:
    return [
        Hit(
            f"{label_of(p.direction)} {money_text(p.amount_minor)}",
            label_of(p.status, "payment"),
            reverse("console:detail", args=["payments", p.id]),
            "transfer",
            _("Reference"),
            "",
            text,
        )
        for p in payments.find(text, limit)
    ]


def _subjects(text: str, limit: int) -> list[Hit]:
    """The bank's own ledger accounts; customers' are found by their number."""
    hits = []
    for account in ledger.own_accounts(text, limit):
        shown = one_of_two(account.name)
        name = fitting(text, shown) or fitting(text, account.name)
        why = name or fitting(text, account.code or "")
        if why:
            field = _("Name") if name else _("Code")
            href = reverse("console:account", args=[account.id])
            hits.append(Hit(shown, account.gl_code, href, "book", field, *why))
    return hits


def _employees(text: str, limit: int) -> list[Hit]:
    hits: list[Hit] = []
    known = set()
    for person in staff.people():
        known.add(person.staff_code)
        fields = [
            (_("Name"), person.name),
            (_("User name"), person.username),
            (_("Staff code"), person.staff_code),
        ]
        if found := _first(text, fields):
            words = [label_of(person.department), *(label_of(r) for r in person.roles)]
            href = reverse("console:detail", args=["staff", person.username])
            hits.append(Hit(person.name, " · ".join(w for w in words if w), href, "user", *found))
    for served in parties.serving_staff(text, limit) if may(CUSTOMERS) else []:
        found = _first(text, [(_("Staff code"), served.staff_code)])
        if found and served.staff_code not in known:
            href = reverse("console:detail", args=["managers", served.staff_code])
            note = label_of(served.department)
            hits.append(Hit(served.staff_code, note, href, "user", *found))
    return hits[:limit]


def _pages(text: str, limit: int) -> list[Hit]:
    hits = []
    for page in resources.declared():
        if may(page.roles) and (why := _titled(text, page.title)):
            href = (
                reverse(page.url_name)
                if isinstance(page, Page)
                else reverse("console:list", args=[page.name])
            )
            hits.append(Hit(str(page.title), "", href, page.icon, _("Title"), *why))
    return hits[:limit]


def _commands(text: str, limit: int) -> list[Hit]:
    """Forms that stand beside a list at once; what is done to one thing leads to its list."""
    hits = []
    for command in commands.declared():
        why = _titled(text, command.title)
        if not why or not commands.may(command):
            continue
        if command.level == commands.LIST:
            hits.append(Hit(str(command.title), "", command.href(), command.icon, _("Title"), *why))
        elif place := resources.href_of(page := STANDS_ON.get(command.on, command.on)):
            where = _("Choose in the list: %(list)s") % {"list": resources.title_of(page)}
            hits.append(Hit(str(command.title), where, place, command.icon, _("Title"), *why))
    return hits[:limit]


def _titled(text: str, title: Text) -> tuple[str, str, str] | None:
    """Where a title fits in the reader's language, else in the other of the two."""
    own = translation.get_language() or "en"
    for code in (own, *(c for c in ("zh-hans", "en") if c != own)):
        with translation.override(code):
            if why := fitting(text, str(title)):
                return why
    return None


def _first(text: str, fields: Sequence[tuple[str, str]]) -> tuple[str, str, str, str] | None:
    """The first field whose value holds the text."""
    for field, value in fields:
        if value and (why := fitting(text, value)):
            return (field, *why)
    return None


# Where the things stand that have no list of their own.
STANDS_ON = {
    "customer_accounts": "customers",
    "cards": "customers",
    "service": "customers",
    "plan_items": "plan",
}
Finder = Callable[[str, int], list[Hit]]
# In the order of the page. Those of BY_NUMBER ask rooms that log and limit.
FINDERS: Sequence[tuple[str, Text, Roles, Finder]] = (
    ("customers", gettext_lazy("Customers"), CUSTOMERS, _customers),
    ("accounts", gettext_lazy("Accounts"), CUSTOMERS | LEDGER, _accounts),
    ("cards", gettext_lazy("Cards"), CUSTOMERS, _cards),
    ("loans", gettext_lazy("Loans"), CUSTOMERS | LEDGER, _loans),
    ("orders", gettext_lazy("Orders"), MARKET, _orders),
    ("payments", gettext_lazy("Payments"), LEDGER | SERVICE, _payments),
    ("subjects", gettext_lazy("Ledger accounts"), LEDGER, _subjects),
    ("employees", gettext_lazy("Staff"), STAFF, _employees),
    ("pages", pgettext_lazy("search", "Pages"), STAFF, _pages),
    ("commands", pgettext_lazy("search", "What can be done"), STAFF, _commands),
)
BY_NUMBER = frozenset({"customers", "accounts", "cards", "loans", "orders", "payments"})
