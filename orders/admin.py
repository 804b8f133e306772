"""What happened, as operators see it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from merchants.operators import Lines, Row
from orders.models import Customer, Event, Item, Order, Return, Shipment
from orders.screens.faults import sentence
from orders.statuses import IllegalTransition


class Moving(Row):
    """Rows whose status can be moved on, by the same rules as everywhere."""

    changeable = ("status",)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer; what the status may not become is an error beside it."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IllegalTransition as refusal:
            # Only saving can tell, under its lock: the form is shown once more, and now it knows.
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        form = super().get_form(request, obj, change, **kwargs)
        refusal: IllegalTransition | None = getattr(request, "refusal", None)
        return form if refusal is None else _refusing(form, refusal)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        wanted = obj.status
        super().save_model(request, obj, form, change)
        if obj.status != wanted:
            note = _("It was already further on: this was kept as an event, and the status stays.")
            messages.warning(request, note)


def _refusing(form: type[forms.ModelForm[Any]], refusal: IllegalTransition) -> type[forms.ModelForm[Any]]:
    """Return a form that refuses the status."""

    def clean_status(self: forms.ModelForm[Any]) -> str:
        raise forms.ValidationError(sentence(refusal), code="illegal_transition")

    return type("RefusingForm", (form,), {"clean_status": clean_status})


class ItemLines(Lines):
    model = Item
    fields = readonly_fields = ("sku", "name", "quantity", "unit_price", "kind")


class EventLines(Lines):
    model = Event
    fields = readonly_fields = ("kind", "occurred_at", "recorded_at", "silence", "planned_at")


@admin.register(Customer)
class CustomerAdmin(Row):
    list_display = ("external_id", "name", "merchant", "country", "language", "created_at", "erased_at")
    search_fields = ("=external_id", "=email", "=phone", "name", "merchant__name")
    list_select_related = ("merchant",)


@admin.register(Order)
class OrderAdmin(Moving):
    list_display = ("number", "merchant", "status", "total", "currency", "placed_at")
    list_filter = ("status", "currency")
    search_fields = ("=number", "=customer__external_id", "merchant__name")
    list_select_related = ("merchant",)
    inlines = (ItemLines, EventLines)


@admin.register(Item)
class ItemAdmin(Row):
    list_display = ("name", "sku", "order", "quantity", "unit_price", "kind")
    list_filter = ("kind",)
    search_fields = ("=order__number", "=sku", "name")
    list_select_related = ("order",)


@admin.register(Shipment)
class ShipmentAdmin(Moving):
    list_display = ("tracking_number", "carrier", "order", "merchant", "status", "eta", "moved_at")
    list_filter = ("status",)
    search_fields = ("=tracking_number", "=order__number", "merchant__name")
    list_select_related = ("merchant", "order")


@admin.register(Return)
class ReturnAdmin(Moving):
    list_display = ("order", "merchant", "status", "reason", "refund_amount", "created_at")
    list_filter = ("status",)
    search_fields = ("=order__number", "merchant__name")
    list_select_related = ("merchant", "order")


@admin.register(Event)
class EventAdmin(Row):
    list_display = ("kind", "merchant", "order", "occurred_at", "lane", "silence", "planned_at")
    list_filter = ("kind", "lane", "silence")
    search_fields = ("=order__number", "=dedupe", "merchant__name")
    list_select_related = ("merchant", "order")
