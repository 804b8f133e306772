"""Which way texts go and how many may: routes, limits, what was used, query codes."""

from __future__ import annotations

from django.contrib import admin

from merchants.operators import Row
from notifications.models import Bucket, QueryCode, Route, SendingLimit, Usage


@admin.register(Route)
class RouteAdmin(Row):
    list_display = ("merchant", "country", "category", "updated_at")
    list_filter = ("category",)
    search_fields = ("merchant__name", "=country")
    list_select_related = ("merchant",)


@admin.register(SendingLimit)
class SendingLimitAdmin(Row):
    list_display = ("merchant", "scope", "period", "most")
    list_filter = ("scope", "period")
    search_fields = ("merchant__name",)
    list_select_related = ("merchant",)


@admin.register(Usage)
class UsageAdmin(Row):
    list_display = ("day", "merchant", "scope", "parts")
    list_filter = ("scope",)
    search_fields = ("merchant__name",)
    list_select_related = ("merchant",)


@admin.register(Bucket)
class BucketAdmin(Row):
    list_display = ("key", "full_at")
    search_fields = ("=key",)


@admin.register(QueryCode)
class QueryCodeAdmin(Row):
    list_display = ("code", "merchant", "order", "created_at")
    search_fields = ("=code", "=order__number", "merchant__name")
    list_select_related = ("merchant", "order")
