"""Orders: the list, one order's whole story, its next status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from merchants import places
from merchants.masking import contact
from merchants.models import Membership
from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, DetailScreen, ListScreen
from merchants.screens.base import Text
from orders.models import Event, Order, Return, Shipment
from orders.screens import sections, tones
from orders.screens.customers import name_of
from orders.screens.faults import in_words
from orders.services import change_order
from orders.statuses import ORDER_TRANSITIONS, RETURN_TRANSITIONS, OrderStatus, ReturnStatus
from orders.templatetags.orders import money

# Somebody who has thousands of parcels or events on an order is a script; the newest are shown.
MOST = 200


class OrderFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    status = django_filters.ChoiceFilter(label=_("Status"), choices=OrderStatus.choices, empty_label=_("any"))
    placed_from = django_filters.DateFilter(
        label=_("Placed from"),
        field_name="placed_at",
        lookup_expr="date__gte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    placed_until = django_filters.DateFilter(
        label=_("Until"),
        field_name="placed_at",
        lookup_expr="date__lte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = Order
        fields = ()


class OrderList(ListScreen[Order]):
    model = Order
    section = "orders"
    title = _("Orders")
    search = (
        "number__icontains",
        "customer__name__icontains",
        "customer__phone__icontains",
        "customer__email__icontains",
    )
    search_hint = _("Number, customer or phone")
    filterset_class = OrderFilter
    actions = (Action(_("New order"), "order_create", Right.CHANGE_ORDERS, "primary", "plus"),)
    empty = _("No orders yet. They appear as soon as your shop posts one.")
    export = "orders"

    def get_search(self) -> Sequence[str]:
        # Whoever may not read a number may not find it out by searching either.
        return self.search if self.membership.can(Right.SEE_CONTACTS) else self.search[:2]

    def get_queryset(self) -> QuerySet[Order]:
        return super().get_queryset().select_related("customer")

    def get_columns(self) -> Sequence[Column]:
        who = self.membership
        return (
            Column(_("Number"), "number", link="order_detail"),
            Column(_("Status"), "get_status_display", badge=lambda row: tones.ORDER[row.status]),
            Column(_("Customer"), lambda row: name_of(row.customer, who)),
            Column(_("Phone"), lambda row: contact(row.customer.phone, who)),
            Column(
                _("Total"),
                lambda row: money(row.total, row.currency),
                align="end",
                csv=lambda row: f"{row.total} {row.currency}",
            ),
            Column(_("Placed"), "placed_at"),
        )


class OrderDetail(DetailScreen[Order]):
    model = Order
    template_name = "orders/order.html"
    section = "orders"

    def get_queryset(self) -> QuerySet[Order]:
        return super().get_queryset().select_related("customer")

    def get_title(self) -> Text:
        return _("Order %(number)s") % {"number": self.row.number}

    def get_actions(self) -> list[dict[str, Any]]:
        if not self.membership.can(Right.CHANGE_ORDERS):
            return []
        legal = ORDER_TRANSITIONS[self.row.status]
        buttons = [_status_button(self.row, status) for status in OrderStatus if status in legal]
        return sorted(buttons, key=lambda button: button["tone"] == "btn-outline-danger")

    def get_facts(self) -> Sequence[Column]:
        who, order = self.membership, self.row
        sees = who.can(Right.SEE_CONTACTS)
        facts = [
            Column(_("Status"), "get_status_display", badge=lambda row: tones.ORDER[row.status]),
            Column(_("Total"), lambda row: money(row.total, row.currency)),
            Column(
                _("Customer"),
                lambda row: name_of(row.customer, who),
                link=lambda row: reverse("customer_detail", args=[row.customer_id]),
            ),
            Column(_("Phone"), lambda row: contact(row.customer.phone, who)),
            Column(_("Email"), lambda row: contact(row.customer.email, who)),
            Column(_("Language"), lambda row: places.language_name(row.language or row.customer.language)),
            Column(_("Placed"), "placed_at"),
        ]
        if order.payment_due_at:
            facts.append(Column(_("Payment due"), "payment_due_at"))
        if order.source:
            facts.append(Column(_("Source"), "source"))
        if order.ip and sees:
            facts.append(Column(_("IP address"), "ip"))
        return facts

    def get_context(self) -> dict[str, Any]:
        order, who = self.row, self.membership
        events = list(Event.objects.filter(order=order).order_by("-occurred_at", "-pk")[:MOST])
        added = sections.of_events(order, events, who)
        return {
            "items": list(order.items.all()),
            "shipments": [_shipment(row, who) for row in order.shipments.order_by("pk")[:MOST]],
            "returns": [_return(row) for row in order.returns.order_by("pk")[:MOST]],
            "timeline": [(event, added.get(event.pk, ())) for event in events],
            "attributes": order.attributes if who.can(Right.SEE_CONTACTS) else {},
            "sections": sections.of_order(order, who),
            "can_change": who.can(Right.CHANGE_ORDERS),
        }


def _shipment(row: Shipment, who: Membership) -> dict[str, Any]:
    phone = contact(row.courier_phone, who)
    return {"row": row, "tone": tones.of_shipment(row.status), "courier_phone": phone}


def _return(row: Return) -> dict[str, Any]:
    after = [status for status in ReturnStatus if status in RETURN_TRANSITIONS[row.status]]
    after.sort(key=lambda status: status == ReturnStatus.REJECTED)
    moves = [
        {
            "label": _("Mark as: %(status)s") % {"status": status.label},
            "href": reverse("return_move", args=[row.pk, status.value]),
            "tone": "btn-outline-danger" if status == ReturnStatus.REJECTED else "",
        }
        for status in after
    ]
    return {"row": row, "tone": tones.of_return(row.status), "moves": moves}


def _status_button(order: Order, status: OrderStatus) -> dict[str, Any]:
    is_cancel = status == OrderStatus.CANCELLED
    return {
        "label": _("Cancel order") if is_cancel else _("Mark as: %(status)s") % {"status": status.label},
        "href": reverse("order_status", args=[order.pk, status.value]),
        "tone": "btn-outline-danger" if is_cancel else "",
        "icon": "",
        # What cannot be undone is asked first.
        "is_post": not is_cancel,
    }


class OrderStatusChange(ActionScreen[Order]):
    """Move an order to the status that the address names."""

    model = Order
    right = Right.CHANGE_ORDERS
    section = "orders"
    back = "order_detail"
    back_takes_row = True

    @property
    def wanted(self) -> OrderStatus:
        try:
            return OrderStatus(self.kwargs["status"])
        except ValueError:
            raise Http404 from None

    @property
    def is_cancel(self) -> bool:
        return self.wanted == OrderStatus.CANCELLED

    @property
    def button(self) -> Text:  # type: ignore[override]  # it depends on the status
        return _("Cancel order") if self.is_cancel else self.wanted.label

    @property
    def is_dangerous(self) -> bool:  # type: ignore[override]
        return self.is_cancel

    def get_title(self) -> Text:
        return _("Order %(number)s") % {"number": self.row.number}

    def get_question(self) -> Text:
        if self.is_cancel:
            return _(
                "Cancel this order? The rules for cancelled orders apply at once. This cannot be undone."
            )
        return _("Mark this order as “%(status)s”?") % {"status": self.wanted.label}

    def perform(self, row: Order) -> Text:
        if self.wanted == row.status:
            raise ValidationError(_("It is so already."))
        with in_words():
            order = change_order(row, status=self.wanted)
        return _("The order is now “%(status)s”.") % {"status": order.get_status_display()}
