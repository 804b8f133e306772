"""Messages and what came of them: facts, which nobody changes."""

from __future__ import annotations

from django.contrib import admin

from merchants.operators import Lines, Row
from notifications.models import Attempt, Message, Receipt, SandboxDelivery


class AttemptLines(Lines):
    model = Attempt
    fields = readonly_fields = (
        "number",
        "gateway",
        "outcome",
        "error",
        "code",
        "text",
        "provider_id",
        "started_at",
        "finished_at",
    )


class ReceiptLines(Lines):
    model = Receipt
    fields = readonly_fields = ("kind", "code", "text", "error", "received_at")


@admin.register(Message)
class MessageAdmin(Row):
    list_display = ("created_at", "merchant", "channel", "template", "address", "state", "reason", "due_at")
    list_filter = ("state", "channel", "lane", "error", "reason")
    search_fields = ("=id", "=order__number", "=address", "=template", "merchant__name")
    list_select_related = ("merchant",)
    inlines = (AttemptLines, ReceiptLines)


@admin.register(Attempt)
class AttemptAdmin(Row):
    list_display = ("started_at", "merchant", "message", "number", "gateway", "outcome", "error", "code")
    list_filter = ("outcome", "error")
    search_fields = ("=id", "=provider_id", "=message__id", "merchant__name")
    list_select_related = ("merchant", "message", "gateway")


@admin.register(Receipt)
class ReceiptAdmin(Row):
    list_display = ("received_at", "merchant", "channel", "kind", "code", "message", "look_at")
    list_filter = ("kind", "channel")
    search_fields = ("=reference", "=provider_id", "=address", "merchant__name")
    list_select_related = ("merchant", "message")


@admin.register(SandboxDelivery)
class SandboxDeliveryAdmin(Row):
    list_display = ("created_at", "merchant", "channel", "address", "subject")
    list_filter = ("channel",)
    search_fields = ("=address", "subject")
    list_select_related = ("merchant",)
