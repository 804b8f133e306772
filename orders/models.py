"""What happened: customers, orders, shipments, returns (and the events they leave behind: orders.tracked)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.ownership import Owned
from orders.events import EventKind
from orders.statuses import (
    ORDER_TRANSITIONS,
    RETURN_TRANSITIONS,
    OrderStatus,
    ReturnStatus,
    ShipmentStatus,
    check_transition,
    is_late,
)
from orders.tracked import Event, Tracked

__all__ = ["Customer", "Event", "Item", "ItemKind", "Order", "Return", "Shipment"]


class Customer(Owned):
    """A person who buys from one merchant. Phones are E.164, languages BCP 47, zones IANA."""

    external_id = models.CharField(_("external ID"), max_length=100)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [models.UniqueConstraint(fields=["merchant", "external_id"], name="customer_once")]
        indexes = [
            models.Index(fields=["merchant", "-id"]),
            models.Index(fields=["merchant", "phone"]),
            models.Index(fields=["merchant", "email"]),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class Order(Tracked):
    """What a customer bought. Money is a decimal in `currency` (ISO 4217)."""

    event_group = "order"
    always_saved = frozenset({"updated_at"})
    fresh_items: Sequence[Item] | None = None

    number = models.CharField(_("number"), max_length=64)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="orders"
    )
    status = models.CharField(_("status"), max_length=20, choices=OrderStatus, default=OrderStatus.CREATED)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(
        _("total"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    placed_at = models.DateTimeField(_("placed"), default=clock.now)
    payment_due_at = models.DateTimeField(_("payment due"), null=True, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [models.UniqueConstraint(fields=["merchant", "number"], name="order_once")]
        indexes = [
            models.Index(fields=["merchant", "-id"]),
            models.Index(
                fields=["payment_due_at"],
                name="order_awaiting_payment",
                condition=models.Q(status__in=["created", "payment_failed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def lines(self) -> Iterable[Item]:
        """Return the items: those just written, if this is the copy that wrote them."""
        items: Iterable[Item] = self.items.all() if self.fresh_items is None else self.fresh_items
        return items

    def _first_kinds(self) -> list[str]:
        """An order that arrives further on was created all the same."""
        kinds = [EventKind.ORDER_CREATED.value]
        if self.status != OrderStatus.CREATED:
            kinds.append(f"order.{self.status}")
        return kinds

    def _moved_kinds(self, current: str) -> list[str]:
        check_transition(ORDER_TRANSITIONS, subject="order", current=current, wanted=self.status)
        return [f"order.{self.status}"]

    def _first_moment(self) -> datetime:
        """An order was created when it was placed: imports never tell old news."""
        return min(self.placed_at, clock.now())

    def _links(self) -> dict[str, Any]:
        return {"order_id": self.pk, "customer_id": self.customer_id}


class ItemKind(models.TextChoices):
    PHYSICAL = "physical", _("Physical goods")
    VIRTUAL = "virtual", _("Virtual goods")
    CONSIGNED = "consigned", _("Consigned goods")
    SERVICE = "service", _("Service")


class Item(Owned):
    """A line of an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    sku = models.CharField(_("SKU"), max_length=100, blank=True)
    name = models.CharField(_("name"), max_length=300)
    quantity = models.PositiveIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=2, default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind, default=ItemKind.PHYSICAL)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Shipment(Tracked):
    """A parcel of an order, as the carrier tells its way. `delay_hours` in hours."""

    event_group = "shipment"
    watched = ("status", "eta", "location")
    always_saved = frozenset({"moved_at"})

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=80, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=ShipmentStatus, default=ShipmentStatus.DISPATCHED
    )
    eta = models.DateTimeField(_("expected"), null=True, blank=True)
    window_start = models.DateTimeField(_("window from"), null=True, blank=True)
    window_end = models.DateTimeField(_("window until"), null=True, blank=True)
    courier_name = models.CharField(_("courier"), max_length=60, blank=True)
    courier_phone = models.CharField(_("courier's phone"), max_length=40, blank=True)
    location = models.CharField(_("location"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    delay_hours = models.PositiveIntegerField(_("delay (hours)"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    moved_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        indexes = [
            models.Index(
                fields=["moved_at"],
                name="shipment_under_way",
                condition=~models.Q(status__in=["delivered", "signed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_number or str(self.pk)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and self.occurred_at:
            self.moved_at = self.occurred_at
        super().save(*args, **kwargs)

    def _unmoved_kinds(self, named: set[str]) -> list[str]:
        """The same status at another place is news; so is another date."""
        kinds = self._eta_kinds() if "eta" in named else []
        if "location" in named and self.location and self.location != self._loaded.get("location", ""):
            self.moved_at = self._moment()
            return [f"shipment.{self.status}", *kinds]
        return kinds

    def _moved_kinds(self, current: str) -> list[str]:
        self.moved_at = self._moment()
        # That it is delayed says already that the date is another.
        return [
            f"shipment.{self.status}",
            *(self._eta_kinds() if self.status != ShipmentStatus.DELAYED else []),
        ]

    def _eta_kinds(self) -> list[str]:
        known = self._loaded.get("eta")
        return [EventKind.SHIPMENT_ETA_CHANGED.value] if known and self.eta and self.eta != known else []

    def _is_late(self, current: str) -> bool:
        return is_late(current=current, reported=self.status)

    def _links(self) -> dict[str, Any]:
        return {
            "order_id": self.order_id,
            "shipment_id": self.pk,
            "customer_id": self.order.customer_id,
        }


class Return(Tracked):
    """Goods on their way back."""

    event_group = "return"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="returns")
    status = models.CharField(
        _("status"), max_length=20, choices=ReturnStatus, default=ReturnStatus.REQUESTED
    )
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    items = models.JSONField(_("items"), default=list, blank=True)
    window_start = models.DateTimeField(_("pickup from"), null=True, blank=True)
    window_end = models.DateTimeField(_("pickup until"), null=True, blank=True)
    refund_amount = models.DecimalField(_("refund"), max_digits=14, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")

    def __str__(self) -> str:
        return f"{self.order} · {self.get_status_display()}"

    def _moved_kinds(self, current: str) -> list[str]:
        check_transition(RETURN_TRANSITIONS, subject="return", current=current, wanted=self.status)
        return [f"return.{self.status}"]

    def _links(self) -> dict[str, Any]:
        return {"order_id": self.order_id, "order_return_id": self.pk, "customer_id": self.order.customer_id}
