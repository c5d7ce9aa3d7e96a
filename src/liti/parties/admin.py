"""Raw reference data of parties; parties themselves are seen masked in the console."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.parties.models import ImportRun, Source


@admin.register(Source)
class SourceAdmin(ModelAdmin):
    list_display = ("code", "name_zh", "name_en", "department", "kind", "trust")
    list_filter = ("kind",)


@admin.register(ImportRun)
class ImportRunAdmin(ModelAdmin):
    list_display = ("source", "file_name", "at", "rows_read", "accepted", "rejected", "actor")
    list_filter = ("source",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
