"""What happened: customers, orders, shipments, returns, and the events they leave behind.

`save()` is the whole rule: a status that changes is checked against the table of legal
transitions under a row lock, and its Event row is written in the same transaction. It holds for
every way in (API, admin, import, shell), since `update()` and `bulk_create()` refuse a status.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from merchants.ownership import Owned
from orders.events import EventKind, Lane, Silence
from orders.statuses import (
    ORDER_TRANSITIONS,
    RETURN_TRANSITIONS,
    OrderStatus,
    ReturnStatus,
    ShipmentStatus,
    check_transition,
    is_late,
)


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
        indexes = [models.Index(fields=["merchant", "phone"]), models.Index(fields=["merchant", "email"])]

    def __str__(self) -> str:
        return self.name or self.external_id


class StatusQuerySet(models.QuerySet[Any]):
    """Refuses to change a status behind the back of `save()`: no event would be written."""

    def update(self, **fields: Any) -> int:
        if "status" in fields:
            raise TypeError("A status changes through save(), which writes its event; update() would not.")
        return super().update(**fields)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Rows with a status are made one by one with save(), which writes their event.")

    def bulk_update(self, objs: Any, fields: Any, *args: Any, **kwargs: Any) -> int:
        if "status" in fields:
            raise TypeError("A status changes through save(), which writes its event; bulk_update() would not.")
        return super().bulk_update(objs, fields, *args, **kwargs)


StatusManager = models.Manager.from_queryset(StatusQuerySet)


class Tracked(Owned):
    """A row whose change of status is an event.

    `occurred_at` (when the change happened, now if unset), `is_bulk` (it came with many others)
    and `event_data` (more facts for the message) may be set on the instance before saving.
    """

    event_group: ClassVar[str]
    occurred_at: datetime | None = None
    is_bulk: bool = False
    event_data: dict[str, Any] | None = None
    _loaded_status: str | None = None
    # The event that the last save() wrote, if any.
    event: Event | None = None

    objects = ScopedManager(merchant="merchant", _manager_class=StatusManager)

    class Meta:
        abstract = True

    status: Any

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any) -> Any:
        instance = super().from_db(db, field_names, values)
        instance._loaded_status = instance.__dict__.get("status")
        return instance

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and write the event of a changed status in the same transaction.

        Raises `IllegalTransition` (nothing is changed) when the status in the database may not
        be followed by the new one. A status that somebody else already set makes no event.
        """
        self.event = None
        with transaction.atomic():
            kinds = self._event_kinds(kwargs.get("update_fields"))
            super().save(*args, **kwargs)
            for kind, silence in kinds:
                self.event = self.record(kind, silence=silence)
            self._loaded_status = self.status
        self.occurred_at, self.event_data = None, None

    def _event_kinds(self, update_fields: Any) -> list[tuple[str, str]]:
        if self._state.adding:
            return [(kind, Silence.NONE) for kind in self._first_kinds()]
        if update_fields is not None and "status" not in update_fields:
            return []
        if self.status == self._loaded_status:
            return self._unmoved_kinds()
        stored = type(self)._base_manager.select_for_update().values_list("status", flat=True)
        current = stored.get(pk=self.pk)
        if current == self.status:
            return []
        return self._moved_kinds(current)

    def _first_kinds(self) -> list[str]:
        return [f"{self.event_group}.{self.status}"]

    def _unmoved_kinds(self) -> list[tuple[str, str]]:
        return []

    def _moved_kinds(self, current: str) -> list[tuple[str, str]]:
        raise NotImplementedError

    def _links(self) -> dict[str, Any]:
        """Return what the event points at: order, shipment, order_return, customer ids."""
        raise NotImplementedError

    def record(self, kind: str, *, silence: str = Silence.NONE, dedupe: str | None = None) -> Event:
        """Write an event about this row (inside the caller's transaction)."""
        event = Event(
            merchant_id=self.merchant_id,
            kind=kind,
            data=self.event_data or {},
            occurred_at=self.occurred_at or clock.now(),
            lane=Lane.BULK if self.is_bulk else Lane.URGENT,
            silence=silence,
            dedupe=dedupe,
            **self._links(),
        )
        event.save(force_insert=True)
        return event


class Order(Tracked):
    """What a customer bought. Money is a decimal in `currency` (ISO 4217)."""

    event_group = "order"

    number = models.CharField(_("number"), max_length=64)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(_("status"), max_length=20, choices=OrderStatus, default=OrderStatus.CREATED)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
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

    def _first_kinds(self) -> list[str]:
        """An order that arrives further on was created all the same."""
        kinds = [EventKind.ORDER_CREATED.value]
        if self.status != OrderStatus.CREATED:
            kinds.append(f"order.{self.status}")
        return kinds

    def _moved_kinds(self, current: str) -> list[tuple[str, str]]:
        check_transition(ORDER_TRANSITIONS, subject="order", current=current, wanted=self.status)
        return [(f"order.{self.status}", Silence.NONE)]

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

    def __str__(self) -> str:
        return self.name


class Shipment(Tracked):
    """A parcel of an order, as the carrier tells its way. `delay_hours` in hours."""

    event_group = "shipment"

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
            models.Index(fields=["order"]),
            models.Index(
                fields=["moved_at"],
                name="shipment_under_way",
                condition=~models.Q(status__in=["delivered", "signed"]),
            ),
        ]

    _loaded_eta: datetime | None = None
    _loaded_location: str = ""

    def __str__(self) -> str:
        return self.tracking_number or str(self.pk)

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any) -> Any:
        instance = super().from_db(db, field_names, values)
        instance._loaded_eta = instance.__dict__.get("eta")
        instance._loaded_location = instance.__dict__.get("location", "")
        return instance

    def _unmoved_kinds(self) -> list[tuple[str, str]]:
        """The same status at another place is news; so is another date."""
        kinds = []
        if self.location != self._loaded_location:
            self.moved_at = clock.now()
            kinds.append((f"shipment.{self.status}", Silence.NONE.value))
        return kinds + self._eta_kinds()

    def _eta_kinds(self) -> list[tuple[str, str]]:
        if self._loaded_eta and self.eta and self.eta != self._loaded_eta:
            return [(EventKind.SHIPMENT_ETA_CHANGED.value, Silence.NONE.value)]
        return []

    def _moved_kinds(self, current: str) -> list[tuple[str, str]]:
        if is_late(current=current, reported=self.status):
            late, self.status = self.status, current
            return [(f"shipment.{late}", Silence.LATE)]
        self.moved_at = clock.now()
        eta = self._eta_kinds() if self.status != ShipmentStatus.DELAYED else []
        return [(f"shipment.{self.status}", Silence.NONE), *eta]

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
    status = models.CharField(_("status"), max_length=20, choices=ReturnStatus, default=ReturnStatus.REQUESTED)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    items = models.JSONField(_("items"), default=list, blank=True)
    window_start = models.DateTimeField(_("pickup from"), null=True, blank=True)
    window_end = models.DateTimeField(_("pickup until"), null=True, blank=True)
    refund_amount = models.DecimalField(_("refund"), max_digits=14, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        indexes = [models.Index(fields=["order"])]

    def __str__(self) -> str:
        return f"{self.order} · {self.get_status_display()}"

    def _moved_kinds(self, current: str) -> list[tuple[str, str]]:
        check_transition(RETURN_TRANSITIONS, subject="return", current=current, wanted=self.status)
        return [(f"return.{self.status}", Silence.NONE)]

    def _links(self) -> dict[str, Any]:
        return {"order_id": self.order_id, "order_return_id": self.pk, "customer_id": self.order.customer_id}


class Event(Owned):
    """Something that happened: never changed, except that it is planned once.

    `dedupe` names an event that must exist once only (a sweep's finding, a poster's own id).
    """

    kind = models.CharField(_("kind"), max_length=40, choices=EventKind)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, null=True, related_name="events")
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, null=True, related_name="events")
    order_return = models.ForeignKey(Return, on_delete=models.CASCADE, null=True, related_name="events")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="events")
    data = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"), default=clock.now)
    lane = models.CharField(max_length=6, choices=Lane, default=Lane.URGENT)
    silence = models.CharField(max_length=8, choices=Silence, default="", blank=True)
    dedupe = models.CharField(max_length=160, null=True)
    planned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["merchant", "dedupe"], name="event_once")]
        indexes = [
            models.Index(fields=["lane", "id"], name="event_unplanned", condition=models.Q(planned_at=None)),
            models.Index(fields=["merchant", "-id"]),
            models.Index(fields=["order", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}"
