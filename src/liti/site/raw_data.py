"""`/admin/`: raw rows to look at, for engineers and auditors. Nothing is written here.

The site itself keeps it so, whatever a room registers: only reading methods pass, every admin
of a room is made read-only when it is registered, and what is not Liti's own (tokens,
authenticators, sessions, groups, jobs) is not registered at all. Personal columns are masked,
and opening a row that has some leaves a trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import RedirectView
from unfold.admin import ModelAdmin as DressedAdmin
from unfold.sites import UnfoldAdminSite

from liti.core import audit, params
from liti.core.context import current_actor
from liti.core.lookups import searched
from liti.core.roles import RAW_DATA

READING = ("GET", "HEAD", "OPTIONS")
LIST = UUID(int=0)
KEPT = 4
# Columns that say who somebody is or where his money lies, by name, in whatever table.
PERSONAL = frozenset({
    "account", "account_id", "account_no", "account_to", "address", "birth_date", "email",
    "first_name", "holder", "holder_name", "id_number", "id_number_claimed", "last_name",
    "legal_representative_id", "member_no", "mobile", "name_pinyin", "name_simplified", "number",
    "pan_masked", "pan_token", "party", "party_id", "phone", "raw",
})  # fmt: skip


def masked(value: object) -> str:
    """The end of a value, enough to tell two apart."""
    text = str(value)
    return f"…{text[-KEPT:]}" if len(text) > KEPT else "…"


def _personal(path: str) -> bool:
    """Whether a search, filter or sort by this path would reach a personal column."""
    return any(part.lstrip("^=@-") in PERSONAL for part in path.split("__"))


def may_look() -> bool:
    """Whether the actor may look at raw data: by role, not by a flag of the user."""
    actor = current_actor()
    return actor.kind == "staff" and bool(actor.roles & RAW_DATA)


class RawDataSite(UnfoldAdminSite):
    """The read-only site, behind the house's own sign-in with its lock-out."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register Liti's own models, read-only; others are left out."""
        given = model_or_iterable
        several: list[Any] = [given] if isinstance(given, type) else list(given)
        for model in several:
            if model.__module__.startswith("liti."):
                shown = read_only(admin_class or DressedAdmin, model)
                super().register(model, shown, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and may_look() and not self._second_step_lacks(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Only reading passes; a stranger is sent to the house's own sign-in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return self._sign_in(request)
            if request.method not in READING:
                raise PermissionDenied
            if may_look() and self._second_step_lacks(request):
                messages.warning(request, _("Raw data needs a second step at sign-in."))
                return redirect("mfa_index")
            if not self.has_permission(request):
                raise PermissionDenied
            return cast(HttpResponseBase, inner(request, *args, **kwargs))

        return guarded

    def get_urls(self) -> list[Any]:
        """Without the pages on which one signs in, out or changes a password: not ours."""
        gone = {"login", "logout", "password_change", "password_change_done", "view_on_site"}
        kept = [url for url in super().get_urls() if getattr(url, "name", None) not in gone]
        return [*self._elsewhere(), *kept]

    def _elsewhere(self) -> list[Any]:
        from_theme = {"login": "account_login", "logout": "account_logout"}
        from_theme |= {"password_change": "account_change_password"}
        return [
            path(f"{name}/", RedirectView.as_view(pattern_name=target), name=name)
            for name, target in from_theme.items()
        ]

    def _sign_in(self, request: HttpRequest) -> HttpResponse:
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_login')}?{query}")

    def _second_step_lacks(self, request: HttpRequest) -> bool:
        """Who has a second step must have taken it; the bank may ask everybody for one."""
        if not is_mfa_enabled(request.user):
            return bool(params.get("core.raw_data.second_step"))
        records = get_authentication_records(request, cast(Any, request.user))
        return not any(record.get("method") == "mfa" for record in records)


class ReadOnly:
    """Mixed into every room's admin: nothing is added, changed, deleted or acted upon."""

    actions = None
    list_editable: Sequence[str] = ()
    masked_columns: Sequence[str] = ()
    model: type[models.Model]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        shown: Any = super().get_list_display(request)  # type: ignore[misc]  # the admin's
        return [self._shown(name) for name in shown]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """What is masked is found by its whole value only."""
        given: Any = super().get_search_fields(request)  # type: ignore[misc]  # the admin's
        return [f"{name.lstrip('^=@')}__exact" if _personal(name) else name for name in given]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """A search that reaches what is masked is one of the searches that a person has."""
        if search_term and any(map(_personal, self.get_search_fields(request))):
            searched("raw_data", search_term)
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]  # the admin's

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Django lets an address filter by any column, `mobile__startswith` too: not here."""
        if _personal(lookup):
            return False
        return bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]  # the admin's

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        hidden = getattr(self, "exclude", None) or ()
        return [
            self._shown(f.name)
            for f in self.model._meta.fields
            if f.name not in hidden and not isinstance(f, models.CompositePrimaryKey)
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [(None, {"fields": self.get_fields(request, obj)})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self._trace(LIST, "list")
        return cast(HttpResponse, super().changelist_view(request, extra_context))  # type: ignore[misc]  # the admin's

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One row; its title says the key's end, for a name would be personal."""
        if self.masked_columns:
            try:
                self._trace(UUID(object_id), "row")
            except ValueError:
                self._trace(LIST, f"row {object_id}")
            title = masked(object_id)
            extra_context = {**(extra_context or {}), "original": title, "subtitle": title}
        return cast(
            HttpResponse,
            super().change_view(request, object_id, form_url, extra_context),  # type: ignore[misc]  # the admin's
        )

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """The admin's own log is empty; history is on the thing's page in the console."""
        raise PermissionDenied

    def _shown(self, name: Any) -> Any:
        if not isinstance(name, str) or name not in self.masked_columns:
            return name
        field = self.model._meta.get_field(name)

        def column(row: Any) -> str:
            value = getattr(row, getattr(field, "attname", name))
            return "" if value in (None, "") else masked(value)

        column.__name__ = f"masked_{name}"
        column.short_description = field.verbose_name  # type: ignore[attr-defined,union-attr]  # the admin's mark
        return column

    def _trace(self, subject: UUID, what: str) -> None:
        if self.masked_columns:
            purpose = f"/admin/ {self.model._meta.label} {what}"
            audit.record_access("raw_data", subject, purpose, list(self.masked_columns))


class _ReadOnlyInline:
    extra = max_num = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


def read_only(admin_class: type[ModelAdmin[Any]], model: type[models.Model]) -> Any:
    """A room's admin, made read-only, without what could write and with personal columns masked."""
    names = {f.name for f in model._meta.fields}
    # A name is somebody's where a number of his stands beside it.
    hidden = PERSONAL | {"name"} if "id_number" in names else PERSONAL
    columns = tuple(f.name for f in model._meta.fields if f.name in hidden)
    inlines = [type(f"Raw{i.__name__}", (_ReadOnlyInline, i), {}) for i in admin_class.inlines]
    own = {"masked_columns": columns, "inlines": inlines}
    return type(f"Raw{admin_class.__name__}", (ReadOnly, admin_class), own)
