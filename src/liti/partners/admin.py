"""Raw reference data of the partners room."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.partners.models import ApiClient, Paradigm, Partner


@admin.register(Paradigm)
class ParadigmAdmin(ModelAdmin):
    list_display = ("code", "name_zh", "name_en", "version")


@admin.register(Partner)
class PartnerAdmin(ModelAdmin):
    list_display = ("code", "name_zh", "name_en", "scene", "paradigm", "status", "joined_on")
    list_filter = ("status", "paradigm")
    search_fields = ("code", "name_zh", "name_en")
    # The status moves by the room's command only, along its declared transitions.
    readonly_fields = ("status", "party_id")


@admin.register(ApiClient)
class ApiClientAdmin(ModelAdmin):
    list_display = ("client_id", "partner", "scopes")
    readonly_fields = ("client_id", "partner")
