"""In which colour each status is shown, and how each is said."""

from __future__ import annotations

from merchants.screens.base import Text, Tone
from orders.statuses import OrderStatus, ReturnStatus, ShipmentStatus

ORDER: dict[str, Tone] = {
    OrderStatus.CREATED: "plain",
    OrderStatus.PAID: "info",
    OrderStatus.PAYMENT_FAILED: "bad",
    OrderStatus.FLAGGED: "wait",
    OrderStatus.APPROVED: "info",
    OrderStatus.CANCELLED: "bad",
    OrderStatus.COMPLETED: "good",
}
SHIPMENT: dict[str, Tone] = {
    ShipmentStatus.DELAYED: "wait",
    ShipmentStatus.FAILED_ATTEMPT: "wait",
    ShipmentStatus.DELIVERED: "good",
    ShipmentStatus.SIGNED: "good",
}
RETURN: dict[str, Tone] = {
    ReturnStatus.REQUESTED: "wait",
    ReturnStatus.REJECTED: "bad",
    ReturnStatus.REFUNDED: "good",
}
LABELS: dict[str, type[OrderStatus | ShipmentStatus | ReturnStatus]] = {
    "order": OrderStatus,
    "shipment": ShipmentStatus,
    "return": ReturnStatus,
}


def label(subject: str, status: str) -> Text:
    """Return a status of an order, shipment or return in words."""
    return LABELS[subject](status).label


def of_shipment(status: str) -> Tone:
    return SHIPMENT.get(status, "info")


def of_return(status: str) -> Tone:
    return RETURN.get(status, "info")
