"""Monthly figures under /admin/, read only; features are looked up through the console."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.insight.models import BankMonth


@admin.register(BankMonth)
class BankMonthAdmin(ModelAdmin):
    """Computed by `liti insight features`; never edited."""

    list_display = ("month", "customers_active", "in_minor", "out_minor", "assets_minor")
    ordering = ("-month",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
