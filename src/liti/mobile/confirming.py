"""What a customer confirms: exactly what he was shown, and by himself.

He shows that it is he by his second factor where he has one, by his password again otherwise.
A wrong one counts, and is limited, like one at the first sign-in.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeForm
from allauth.mfa.utils import is_mfa_enabled
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput, Refused, TooMany
from liti.core.models import User

SALT = "liti.mobile.confirming"
LIMITED = "too_many_login_attempts"


def proof_of(request: HttpRequest) -> str:
    """How this customer shows that it is he: `code` or `password`."""
    return "code" if is_mfa_enabled(cast(User, request.user)) else "password"


def require_himself(request: HttpRequest) -> None:
    """Check the code or password of a form (field `proof`).

    Raises Refused for a wrong one, TooMany when there were too many wrong ones.
    """
    given, user = request.POST.get("proof", ""), cast(User, request.user)
    by_code = proof_of(request) == "code"
    form: Any = CodeForm({"code": given}, user=user) if by_code else None
    form = form or ReauthenticateForm({"password": given}, user=user)
    if form.is_valid():
        if by_code:
            form.authenticator.record_usage()
        return
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    if LIMITED in codes:
        raise TooMany(
            "mobile.too_many_tries",
            _("There were too many wrong tries."),
            remedy=_("Nothing was done. Try again later."),
        )
    raise Refused(
        "mobile.wrong_proof",
        _("The code is not right.") if by_code else _("The password is not right."),
        remedy=_("Nothing was done. Enter it again."),
    )


def shown(request: HttpRequest, what: dict[str, Any]) -> str:
    """What a page shows for confirmation, as a text that nobody but this customer can send
    back, and not changed."""
    return signing.dumps({"user": str(request.user.pk), **what}, salt=SALT)


def confirmed(request: HttpRequest, minutes: int) -> dict[str, Any]:
    """What was shown and is sent back (field `shown`). Raises InvalidInput when it is no such
    text of this customer, or older than so many minutes."""
    try:
        found: dict[str, Any] = signing.loads(
            request.POST.get("shown", ""), salt=SALT, max_age=minutes * 60
        )
    except signing.BadSignature as error:
        raise _again() from error
    if found.pop("user") != str(request.user.pk):
        raise _again()
    return found


def _again() -> InvalidInput:
    return InvalidInput(
        "mobile.not_as_shown",
        _("What you confirm is not what was shown, or it was shown too long ago."),
        remedy=_("Nothing was done. Begin again."),
    )
