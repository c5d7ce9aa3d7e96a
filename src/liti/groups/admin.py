"""Raw reference data of groups under /admin/: criteria change by proposal."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.groups.models import Criterion, Segment


@admin.register(Segment)
class SegmentAdmin(ModelAdmin):
    """Versions are made by `services.define_segment`; here they are only read."""

    list_display = ("code", "version", "name_zh", "name_en", "owner_department", "valid_from")
    list_filter = ("owner_department",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Criterion)
class CriterionAdmin(ModelAdmin):
    """Stage and diagnosis rules, in the order in which they are asked."""

    list_display = ("code", "purpose", "outcome", "position", "reason_zh", "reason_en")
    list_filter = ("purpose", "outcome")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
