from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.accounts.models import ElectronicAccount


@admin.register(ElectronicAccount)
class ElectronicAccountAdmin(ModelAdmin):
    """Raw rows, to look at: changes go through the room's commands."""

    list_display = ["number", "account_class", "status", "opened_on", "origin"]
    list_filter = ["account_class", "status", "origin"]
    search_fields = ["number"]

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission
