"""Who does not want to hear."""

from __future__ import annotations

from django.contrib import admin

from merchants.operators import Row
from notifications.models import OptOut, OptOutImport, Preferences


@admin.register(OptOut)
class OptOutAdmin(Row):
    list_display = ("address", "merchant", "channel", "category", "source", "created_at")
    list_filter = ("channel", "category", "source")
    search_fields = ("=address", "merchant__name")
    list_select_related = ("merchant",)


@admin.register(Preferences)
class PreferencesAdmin(Row):
    list_display = ("customer", "merchant", "refused", "quiet_from", "quiet_until", "updated_at")
    search_fields = ("=customer__external_id", "merchant__name")
    list_select_related = ("merchant", "customer")


@admin.register(OptOutImport)
class OptOutImportAdmin(Row):
    list_display = ("file_name", "merchant", "created_by", "created_at", "rows", "added", "known")
    search_fields = ("file_name", "merchant__name")
    list_select_related = ("merchant", "created_by")
