"""Raw reference data of outreach."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.outreach.models import Offer


@admin.register(Offer)
class OfferAdmin(ModelAdmin):
    list_display = ("code", "product_code", "department", "value_minor", "valid_from", "valid_to")
    list_filter = ("department", "product_code")
    search_fields = ("code", "name_zh", "name_en")
