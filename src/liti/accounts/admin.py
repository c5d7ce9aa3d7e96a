"""Raw rows of the accounts room, to look at: changes go through the room's commands."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.accounts.models import AccountHolder, BoundCard, ElectronicAccount, IssuedCard


class ReadOnlyAdmin(ModelAdmin):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(ElectronicAccount)
class ElectronicAccountAdmin(ReadOnlyAdmin):
    list_display = ["number", "account_class", "status", "opened_on", "origin"]
    list_filter = ["account_class", "status", "origin"]
    search_fields = ["number"]


@admin.register(AccountHolder)
class AccountHolderAdmin(ReadOnlyAdmin):
    list_display = ["account", "role", "valid_from", "valid_to"]
    list_filter = ["role"]
    search_fields = ["account__number"]
    list_select_related = ["account"]


@admin.register(BoundCard)
class BoundCardAdmin(ReadOnlyAdmin):
    list_display = ["account", "pan_masked", "issuer", "status", "is_default", "bound_on"]
    list_filter = ["status"]
    search_fields = ["account__number"]
    exclude = ["pan_token"]
    list_select_related = ["account"]


@admin.register(IssuedCard)
class IssuedCardAdmin(ReadOnlyAdmin):
    list_display = ["reference", "account", "kind", "issued_on", "origin"]
    list_filter = ["kind", "origin"]
    search_fields = ["reference", "account__number"]
    list_select_related = ["account"]
