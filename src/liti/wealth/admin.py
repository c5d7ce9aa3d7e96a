"""Raw reference data of the wealth cloud."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.wealth.models import Fund, FundYield


@admin.register(Fund)
class FundAdmin(ModelAdmin):
    list_display = ("code", "name_zh", "name_en", "manager_code", "currency")
    search_fields = ("code", "name_zh", "name_en")


@admin.register(FundYield)
class FundYieldAdmin(ModelAdmin):
    list_display = ("fund", "on", "income_per_10000", "origin")
    list_filter = ("fund", "origin")
    date_hierarchy = "on"
