from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.lending.models import Contract


@admin.register(Contract)
class ContractAdmin(ModelAdmin):
    """Raw rows, to look at."""

    list_display = ["number", "principal_minor", "months", "signed_on", "status"]
    list_filter = ["status", "months"]
    search_fields = ["number"]

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission
