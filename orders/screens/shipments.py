"""Shipments: a new parcel of an order, and what is heard of one on its way."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import FormScreen
from merchants.screens.base import Text
from orders.events import Silence
from orders.models import Order, Shipment
from orders.screens.faults import in_words
from orders.screens.placing import LOCAL_TIME
from orders.services import report_shipment
from orders.statuses import ShipmentStatus


class ShipmentForm(forms.Form):
    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=80, required=False)
    status = forms.ChoiceField(label=_("Status"), choices=ShipmentStatus.choices)
    location = forms.CharField(label=_("Location"), max_length=120, required=False)
    occurred_at = forms.DateTimeField(
        label=_("Happened"), required=False, widget=LOCAL_TIME, help_text=_("Empty: now.")
    )
    eta = forms.DateTimeField(label=_("Expected"), required=False, widget=LOCAL_TIME)
    window_start = forms.DateTimeField(label=_("Window from"), required=False, widget=LOCAL_TIME)
    window_end = forms.DateTimeField(label=_("Window until"), required=False, widget=LOCAL_TIME)
    courier_name = forms.CharField(label=_("Courier"), max_length=60, required=False)
    courier_phone = forms.CharField(label=_("Courier's phone"), max_length=40, required=False)
    reason = forms.CharField(
        label=_("Reason of a delay"),
        max_length=120,
        required=False,
        help_text=_("Traffic, weather, customs…"),
    )
    delay_hours = forms.IntegerField(label=_("Hours of delay"), min_value=0, max_value=10_000, required=False)


class _ShipmentScreen(FormScreen[Any]):
    form_class = ShipmentForm
    right = Right.CHANGE_ORDERS
    section = "orders"

    def report(self, order: Order, shipment: Shipment | None, form: ShipmentForm) -> Shipment:
        """Report what was changed on the form: what stood there may be older than what came meanwhile."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        values["status"] = form.cleaned_data["status"]
        moment = values.pop("occurred_at", None)
        with in_words(form.fields):
            return report_shipment(order, shipment=shipment, occurred_at=moment, **values)

    def done(self, row: Shipment) -> HttpResponseBase:
        if row.event and row.event.silence == Silence.LATE:
            text = _("Kept, but announced to nobody: the shipment is further on already.")
            messages.warning(self.request, text)
        elif row.event and row.event.silence:
            messages.warning(self.request, _("Kept, but announced to nobody: it happened too long ago."))
        else:
            messages.success(self.request, _("The shipment is saved."))
        return HttpResponseRedirect(reverse("order_detail", args=[row.order_id]))


class ShipmentCreate(_ShipmentScreen):
    """A new parcel of the order that the address names."""

    model: type[Model] = Order  # type: ignore[misc]

    def get_title(self) -> Text:
        return _("New shipment of order %(number)s") % {"number": self.row.number}

    def get_form(self) -> forms.BaseForm:
        return ShipmentForm(self.request.POST if self.request.method == "POST" else None)

    def back_url(self) -> str:
        return reverse("order_detail", args=[self.row.pk])

    def save(self, form: ShipmentForm) -> Shipment:
        return self.report(self.row, None, form)


class ShipmentReport(_ShipmentScreen):
    """What is heard of a parcel."""

    model: type[Model] = Shipment  # type: ignore[misc]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("order__merchant")

    def get_title(self) -> Text:
        return _("Shipment of order %(number)s") % {"number": self.row.order.number}

    def get_form(self) -> forms.BaseForm:
        posted = self.request.POST if self.request.method == "POST" else None
        known = {name: getattr(self.row, name) for name in ShipmentForm.base_fields if name != "occurred_at"}
        return ShipmentForm(posted, initial=known)

    def back_url(self) -> str:
        return reverse("order_detail", args=[self.row.order_id])

    def save(self, form: ShipmentForm) -> Shipment:
        return self.report(self.row.order, self.row, form)
