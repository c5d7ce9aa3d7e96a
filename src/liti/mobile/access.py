"""A customer sees his own things only; everything else does not exist for him (404)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from liti.accounts import queries as accounts
from liti.accounts.queries import AccountView
from liti.core.errors import Forbidden, NotFound
from liti.core.models import User

View = Callable[..., HttpResponse]


def customer_page(view: View) -> View:
    """Only for customers; the view gets the party's id. Others are sent to their own start."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or user.kind != User.Kind.CUSTOMER or not user.party_id:
            return HttpResponseRedirect("/")
        try:
            return view(request, user.party_id, *args, **kwargs)
        except Forbidden as error:
            if error.code != "core.not_yours":
                raise
            raise NotFound("mobile.not_yours", _("You have nothing of this kind.")) from error

    return guarded


def own_account(party_id: UUID, account_id: UUID) -> AccountView:
    """An account of the customer. Raises NotFound for anybody else's."""
    return own(accounts.accounts_of(party_id), account_id)


def own(held: list[AccountView], account_id: UUID | str) -> AccountView:
    """The account among those held. Raises NotFound."""
    found = next((a for a in held if str(a.id) == str(account_id)), None)
    if found is None:
        raise NotFound("mobile.unknown_account", _("You have no such account."))
    return found
