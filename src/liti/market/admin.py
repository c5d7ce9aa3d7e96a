"""Raw reference data of the marketplace."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from liti.market.models import Product, ProductVersion, Supplier


class VersionInline(TabularInline):
    model = ProductVersion
    extra = 0


@admin.register(Supplier)
class SupplierAdmin(ModelAdmin):
    list_display = ("code", "kind", "name_zh", "name_en")
    list_filter = ("kind",)


@admin.register(Product)
class ProductAdmin(ModelAdmin):
    list_display = ("code", "category", "department", "supplier", "status", "engine")
    list_filter = ("status", "category", "department")
    search_fields = ("code",)
    # The status moves by the room's command only, along its declared transitions.
    readonly_fields = ("status", "engine")
    inlines = (VersionInline,)
