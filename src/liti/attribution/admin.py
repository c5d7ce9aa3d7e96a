"""Raw reference data of attribution."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.attribution.models import SplitPolicy


@admin.register(SplitPolicy)
class SplitPolicyAdmin(ModelAdmin):
    list_display = ("code", "category", "weights", "source_tag", "valid_from", "valid_to")
    list_filter = ("category",)
