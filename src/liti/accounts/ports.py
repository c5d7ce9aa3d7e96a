"""Why an account stays open, a card bound and a person on file, as far as this room knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.utils.translation import gettext as _

from liti.accounts.models import BoundCard, ElectronicAccount, Freeze
from liti.accounts.rules import pan_token
from liti.core import params
from liti.core.clock import business_date
from liti.core.texts import money_text
from liti.core.vetoes import Reason, veto
from liti.ledger import queries as ledger
from liti.parties import queries as parties


@veto("accounts.close")
def holds_money(account_ids: Collection[UUID]) -> Iterable[Reason]:
    """Money on the account, or an overdraft that is drawn."""
    rows = dict(ElectronicAccount.objects.filter(id__in=account_ids).values_list("id", "number"))
    for account_id, minor in ledger.balances(list(rows)).items():
        amount = {"number": rows[account_id], "amount": money_text(abs(minor), "CNY")}
        if minor > 0:
            yield Reason(
                account_id,
                "accounts.holds_money",
                _("Account %(number)s still holds %(amount)s.") % amount,
                _("Pay the balance out first."),
            )
        if minor < 0:
            yield Reason(
                account_id,
                "accounts.overdrawn",
                _("Account %(number)s is overdrawn by %(amount)s.") % amount,
                _("Pay in what is owed first."),
            )


@veto("cards.unbind")
def last_way_out(card_ids: Collection[UUID]) -> Iterable[Reason]:
    """The last active card is the way out of the money (银发〔2016〕302号)."""
    cards = list(BoundCard.objects.filter(id__in=card_ids).values_list("id", "account_id"))
    accounts = {account_id for _card, account_id in cards}
    others = set(
        BoundCard.objects.filter(account_id__in=accounts, status="active")
        .exclude(id__in=card_ids)
        .values_list("account_id", flat=True)
    )
    balances = ledger.balances(list(accounts))
    for card_id, account_id in cards:
        if account_id not in others and balances.get(account_id, 0):
            yield Reason(
                card_id,
                "accounts.last_card",
                _("The last card can't be unbound while the account holds money."),
                _("Bind another card first, or pay the balance out."),
            )


@veto("parties.erase")
def accounts_on_file(party_ids: Collection[UUID]) -> Iterable[Reason]:
    """An open account, or one whose records the law keeps (反洗钱法 第三十四条)."""
    on = business_date()
    years = int(params.get("accounts.retention_years", on=on))
    rows = ElectronicAccount.objects.filter(party_id__in=party_ids).order_by("party_id", "number")
    for party_id, number, status, closed_on in rows.values_list(
        "party_id", "number", "status", "closed_on"
    ):
        if status != "closed":
            yield Reason(
                party_id,
                "accounts.open",
                _("Account %(number)s is open.") % {"number": number},
                _("Close the account first."),
            )
        elif closed_on is None or (until := closed_on + relativedelta(years=years)) > on:
            # A closed account of which no day of closing is known is kept until somebody knows.
            yield Reason(
                party_id,
                "accounts.keep_records",
                _("The records of account %(number)s are kept by law until %(day)s.")
                % {"number": number, "day": until if closed_on else "–"},
                _("Restrict the use of the data until then; the law asks for no more."),
            )


@veto("parties.merge")
def frozen_by_risk(party_ids: Collection[UUID]) -> Iterable[Reason]:
    """Whose account risk has stopped stays who he is until risk has decided."""
    rows = Freeze.objects.filter(
        account__party_id__in=party_ids, kind=Freeze.Kind.RISK, lifted_at=None
    ).order_by("account__party_id", "account__number")
    for party_id, number in rows.values_list("account__party_id", "account__number").distinct():
        yield Reason(
            party_id,
            "accounts.risk_freeze",
            _("Account %(number)s was frozen by risk.") % {"number": number},
            _("Ask the risk officer or the head of operation to lift it."),
        )


def owners_of_card(number: str) -> Collection[UUID]:
    """Whose account a card is bound to, by its whole number: by its token, no number is kept."""
    token = pan_token(number, settings.SECRET_KEY)
    bound = BoundCard.objects.filter(pan_token=token).exclude(status="unbound")
    return set(bound.values_list("account__party_id", flat=True))


parties.register_finder("card", owners_of_card)
