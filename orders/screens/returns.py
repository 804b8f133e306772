"""Returns: asked for, and moved on, one legal step at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import FormScreen
from merchants.screens.base import Text
from orders.models import Order, Return
from orders.screens.faults import in_words
from orders.screens.placing import LOCAL_TIME
from orders.services import change_return, request_return
from orders.statuses import ReturnStatus


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=60, required=False, help_text=_("Such as size, quality, damaged.")
    )

    def __init__(self, data: Any = None, *, order: Order) -> None:
        super().__init__(data)
        self.lines = {str(item.pk): item for item in order.items.all()}
        if self.lines:
            self.fields["items"] = forms.MultipleChoiceField(
                label=_("Items"),
                required=False,
                choices=[(key, f"{item.name} × {item.quantity}") for key, item in self.lines.items()],
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None: the whole order."),
            )

    def chosen(self) -> list[dict[str, Any]]:
        lines = [self.lines[key] for key in self.cleaned_data.get("items", ())]
        return [{"sku": line.sku, "name": line.name, "quantity": line.quantity} for line in lines]


class ReturnCreate(FormScreen[Order]):
    """A return of goods of the order that the address names."""

    model = Order
    right = Right.CHANGE_ORDERS
    section = "orders"
    button = _("Request the return")
    saved = _("The return is requested.")

    def get_title(self) -> Text:
        return _("Return of order %(number)s") % {"number": self.row.number}

    def get_form(self) -> forms.BaseForm:
        return ReturnForm(self.request.POST if self.request.method == "POST" else None, order=self.row)

    def back_url(self) -> str:
        return reverse("order_detail", args=[self.row.pk])

    def save(self, form: ReturnForm) -> Return:
        with in_words(form.fields):
            return request_return(self.row, reason=form.cleaned_data["reason"], items=form.chosen())


class MoveForm(forms.Form):
    window_start = forms.DateTimeField(label=_("Pickup from"), required=False, widget=LOCAL_TIME)
    window_end = forms.DateTimeField(label=_("Pickup until"), required=False, widget=LOCAL_TIME)
    refund_amount = forms.DecimalField(
        label=_("Refund"), required=False, min_value=0, max_digits=14, decimal_places=2
    )


# What is asked on the way to a status; nothing on the others.
ASKED: dict[str, tuple[str, ...]] = {
    ReturnStatus.PICKUP_SCHEDULED: ("window_start", "window_end"),
    ReturnStatus.REFUNDED: ("refund_amount",),
}


class ReturnMove(FormScreen[Return]):
    """Move a return to the status that the address names."""

    model = Return
    right = Right.CHANGE_ORDERS
    section = "orders"
    saved = _("The return has moved on.")

    @property
    def wanted(self) -> ReturnStatus:
        try:
            return ReturnStatus(self.kwargs["status"])
        except ValueError:
            raise Http404 from None

    @property
    def button(self) -> Text:  # type: ignore[override]  # it depends on the status
        return _("Mark as: %(status)s") % {"status": self.wanted.label}

    @property
    def intro(self) -> Text:  # type: ignore[override]
        return _("It is “%(status)s” now.") % {"status": self.row.get_status_display()}

    def get_queryset(self) -> QuerySet[Return]:
        return super().get_queryset().select_related("order")

    def get_title(self) -> Text:
        return _("Return of order %(number)s") % {"number": self.row.order.number}

    def get_form(self) -> forms.BaseForm:
        asked = ASKED.get(self.wanted, ())
        posted = self.request.POST if self.request.method == "POST" else None
        initial = {name: getattr(self.row, name) for name in asked}
        if "refund_amount" in asked and self.row.refund_amount is None:
            initial["refund_amount"] = self.row.order.total
        form = MoveForm(posted, initial=initial)
        for name in set(form.fields) - set(asked):
            del form.fields[name]
        return form

    def back_url(self) -> str:
        return reverse("order_detail", args=[self.row.order_id])

    def save(self, form: MoveForm) -> Return:
        with in_words(form.fields):
            return change_return(self.row, status=self.wanted, **form.cleaned_data)
