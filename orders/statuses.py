"""The statuses of orders, shipments and returns, and which may follow which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderStatus(models.TextChoices):
    CREATED = "created", pgettext_lazy("status of an order", "Created")
    PAID = "paid", _("Paid")
    PAYMENT_FAILED = "payment_failed", _("Payment failed")
    FLAGGED = "flagged", _("Flagged")
    APPROVED = "approved", _("Approved")
    CANCELLED = "cancelled", _("Cancelled")
    COMPLETED = "completed", _("Completed")


class ShipmentStatus(models.TextChoices):
    DISPATCHED = "dispatched", _("Dispatched")
    IN_TRANSIT = "in_transit", _("In transit")
    AT_HUB = "at_hub", _("At hub")
    CUSTOMS = "customs", _("In customs")
    CUSTOMS_CLEARED = "customs_cleared", _("Customs cleared")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    READY_FOR_PICKUP = "ready_for_pickup", _("Ready for pickup")
    DELAYED = "delayed", _("Delayed")
    FAILED_ATTEMPT = "failed_attempt", _("Failed attempt")
    DELIVERED = "delivered", _("Delivered")
    SIGNED = "signed", _("Signed for")


class ReturnStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    PICKUP_SCHEDULED = "pickup_scheduled", _("Pickup scheduled")
    PICKED_UP = "picked_up", _("Picked up")
    INSPECTED = "inspected", _("Inspected")
    REFUNDED = "refunded", _("Refunded")


class IllegalTransition(Exception):
    """A status that may not follow the present one. Carries both, and what would be legal."""

    def __init__(self, *, subject: str, current: str, wanted: str, legal: list[str]) -> None:
        self.subject, self.current, self.wanted, self.legal = subject, current, wanted, legal
        super().__init__(f"{subject}: {current} → {wanted} is not a legal change")


_O, _R = OrderStatus, ReturnStatus
ORDER_TRANSITIONS: dict[str, frozenset[str]] = {
    _O.CREATED: frozenset({_O.PAID, _O.PAYMENT_FAILED, _O.FLAGGED, _O.CANCELLED}),
    _O.PAYMENT_FAILED: frozenset({_O.PAID, _O.FLAGGED, _O.CANCELLED}),
    _O.PAID: frozenset({_O.FLAGGED, _O.APPROVED, _O.CANCELLED, _O.COMPLETED}),
    _O.FLAGGED: frozenset({_O.APPROVED, _O.CANCELLED}),
    _O.APPROVED: frozenset({_O.PAID, _O.PAYMENT_FAILED, _O.CANCELLED, _O.COMPLETED}),
    _O.CANCELLED: frozenset(),
    _O.COMPLETED: frozenset(),
}
RETURN_TRANSITIONS: dict[str, frozenset[str]] = {
    _R.REQUESTED: frozenset({_R.APPROVED, _R.REJECTED}),
    _R.APPROVED: frozenset({_R.PICKUP_SCHEDULED, _R.PICKED_UP, _R.REFUNDED, _R.REJECTED}),
    _R.PICKUP_SCHEDULED: frozenset({_R.PICKED_UP, _R.REJECTED}),
    _R.PICKED_UP: frozenset({_R.INSPECTED, _R.REFUNDED}),
    _R.INSPECTED: frozenset({_R.REFUNDED, _R.REJECTED}),
    _R.REJECTED: frozenset(),
    _R.REFUNDED: frozenset(),
}
# A parcel's news comes from the road in any order. Within a stage any status may follow any other;
# news of an earlier stage is late: kept as an event, never announced, and the status stays.
SHIPMENT_STAGES: dict[str, int] = {
    ShipmentStatus.DISPATCHED: 1,
    ShipmentStatus.IN_TRANSIT: 2,
    ShipmentStatus.AT_HUB: 2,
    ShipmentStatus.CUSTOMS: 2,
    ShipmentStatus.CUSTOMS_CLEARED: 2,
    ShipmentStatus.DELAYED: 2,
    ShipmentStatus.OUT_FOR_DELIVERY: 2,
    ShipmentStatus.READY_FOR_PICKUP: 2,
    ShipmentStatus.FAILED_ATTEMPT: 2,
    ShipmentStatus.DELIVERED: 3,
    ShipmentStatus.SIGNED: 4,
}


def check_transition(table: dict[str, frozenset[str]], *, subject: str, current: str, wanted: str) -> None:
    """Raise `IllegalTransition` unless `wanted` may follow `current`."""
    if wanted not in table[current]:
        raise IllegalTransition(subject=subject, current=current, wanted=wanted, legal=sorted(table[current]))


def is_late(*, current: str, reported: str) -> bool:
    """Say whether a shipment's reported status is old news. Raise `IllegalTransition` if it is none."""
    if reported not in SHIPMENT_STAGES:
        raise IllegalTransition(
            subject="shipment", current=current, wanted=reported, legal=sorted(SHIPMENT_STAGES)
        )
    return SHIPMENT_STAGES[reported] < SHIPMENT_STAGES[current]
