"""A partner's developer sees his own enterprise only; for everybody else the pages are shut."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from liti.core.models import User
from liti.partners import queries as partners

View = Callable[..., HttpResponse]


def partner_page(view: View) -> View:
    """Only for users of a partner; the view gets that partner. Others are answered 403."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or user.kind != User.Kind.PARTNER or not user.partner_id:
            raise PermissionDenied
        return view(request, partners.partner(user.partner_id), *args, **kwargs)

    return guarded
