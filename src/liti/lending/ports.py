"""What a loan forbids: closing the account that it is repaid from, forgetting its borrower."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import Max
from django.utils.translation import gettext as _

from liti.core import params
from liti.core.clock import business_date
from liti.core.texts import money_text
from liti.core.vetoes import Reason, veto
from liti.ledger import queries as ledger
from liti.lending.models import Contract


@veto("accounts.close")
def repaid_from_it(account_ids: Collection[UUID]) -> Iterable[Reason]:
    """A loan that is still owed is repaid from the account."""
    loans = list(Contract.objects.filter(account_id__in=account_ids).order_by("number"))
    owed = ledger.balances([loan.loan_account_id for loan in loans])
    for loan in loans:
        if minor := owed.get(loan.loan_account_id, 0):
            yield Reason(
                loan.account_id,
                "lending.running_loan",
                _("Loan %(number)s, of which %(amount)s is owed, is repaid from the account.")
                % {"number": loan.number, "amount": money_text(minor, "CNY")},
                _("Repay the loan first."),
            )


@veto("parties.erase")
def loan_records(party_ids: Collection[UUID]) -> Iterable[Reason]:
    """A loan that is owed, or one whose records the law keeps after its last instalment."""
    on = business_date()
    years = params.find("lending.retention_years", on=on)
    loans = list(Contract.objects.filter(party_id__in=party_ids).order_by("number"))
    owed = ledger.balances([loan.loan_account_id for loan in loans])
    rows = Contract.objects.filter(party_id__in=party_ids)
    ends = dict(rows.annotate(last=Max("lines__due_on")).values_list("id", "last"))
    for loan in loans:
        number = {"number": loan.number}
        if owed.get(loan.loan_account_id, 0):
            yield Reason(
                loan.party_id,
                "lending.running_loan",
                _("Loan %(number)s is still owed.") % number,
                _("Repay the loan first."),
            )
            continue
        ended = ends[loan.id] or loan.signed_on
        if years is not None and (until := ended + relativedelta(years=int(years))) > on:
            yield Reason(
                loan.party_id,
                "lending.keep_records",
                _("The records of loan %(number)s are kept by law until %(day)s.")
                % (number | {"day": until}),
                _("Restrict the use of the data until then; the law asks for no more."),
            )
