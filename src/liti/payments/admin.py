"""Raw rows of the payments room, to look at: changes go through the room's commands."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from liti.payments.models import Payment, StandingOrder


class ReadOnlyAdmin(ModelAdmin):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "direction",
        "amount_minor",
        "currency",
        "status",
        "reason_code",
        "booked_on",
    ]
    list_filter = ["status", "direction"]
    search_fields = ["clearing_reference"]


@admin.register(StandingOrder)
class StandingOrderAdmin(ReadOnlyAdmin):
    list_display = ["reference", "bank_to", "account_to", "amount_minor", "kind", "origin"]
    list_filter = ["kind", "bank_to"]
    search_fields = ["reference", "account_to"]
