"""What merchants set up: to look at, and to switch off."""

from __future__ import annotations

from django.contrib import admin

from merchants.operators import Lines, Row
from notifications.models import (
    GatewayAccount,
    Rule,
    Signature,
    Template,
    TemplateVersion,
    VendorSignature,
    VendorTemplate,
)


class VersionLines(Lines):
    model = TemplateVersion
    fields = readonly_fields = ("number", "created_by", "created_at")


class VendorTemplateLines(Lines):
    model = VendorTemplate
    fields = readonly_fields = ("gateway", "code", "state", "reason", "updated_at")


class VendorSignatureLines(Lines):
    model = VendorSignature
    fields = readonly_fields = ("gateway", "state", "reason", "updated_at")


@admin.register(GatewayAccount)
class GatewayAccountAdmin(Row):
    changeable = ("is_active", "priority")
    # The token is the secret of the address by which the vendor reports.
    secret = frozenset({"credentials", "token"})
    list_display = ("name", "merchant", "kind", "priority", "is_active", "paused_until", "archived_at")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "merchant__name")
    list_select_related = ("merchant",)


@admin.register(Signature)
class SignatureAdmin(Row):
    list_display = ("text", "merchant", "channel", "is_default", "archived_at")
    search_fields = ("text", "merchant__name")
    list_select_related = ("merchant",)
    inlines = (VendorSignatureLines,)


@admin.register(VendorSignature)
class VendorSignatureAdmin(Row):
    changeable = ("state", "reason")
    list_display = ("signature", "gateway", "merchant", "state", "updated_at")
    list_filter = ("state",)
    search_fields = ("signature__text", "merchant__name")
    list_select_related = ("merchant", "signature", "gateway")


@admin.register(Template)
class TemplateAdmin(Row):
    changeable = ("is_active",)
    list_display = ("code", "merchant", "event", "channel", "language", "version", "is_active", "archived_at")
    list_filter = ("channel", "category", "is_active", "event")
    search_fields = ("code", "merchant__name")
    list_select_related = ("merchant",)
    inlines = (VersionLines, VendorTemplateLines)


@admin.register(TemplateVersion)
class TemplateVersionAdmin(Row):
    list_display = ("template", "merchant", "number", "created_by", "created_at")
    search_fields = ("template__code", "merchant__name")
    list_select_related = ("merchant", "template", "created_by")


@admin.register(VendorTemplate)
class VendorTemplateAdmin(Row):
    changeable = ("state", "reason")
    list_display = ("template", "gateway", "merchant", "code", "state", "updated_at")
    list_filter = ("state",)
    search_fields = ("code", "template__code", "merchant__name")
    list_select_related = ("merchant", "template", "gateway")


@admin.register(Rule)
class RuleAdmin(Row):
    changeable = ("is_active",)
    list_display = ("name", "merchant", "event", "template", "delay_seconds", "is_active", "archived_at")
    list_filter = ("event", "is_active", "strategy")
    search_fields = ("name", "template", "merchant__name")
    list_select_related = ("merchant",)
