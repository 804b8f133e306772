"""What can happen: the closed catalogue of event kinds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    ORDER_CREATED = "order.created", _("Order created")
    ORDER_PAID = "order.paid", _("Order paid")
    ORDER_PAYMENT_FAILED = "order.payment_failed", _("Payment failed")
    ORDER_UNPAID = "order.unpaid", _("Order unpaid for too long")
    ORDER_CANCELLED = "order.cancelled", _("Order cancelled")
    ORDER_FLAGGED = "order.flagged", _("Order flagged")
    ORDER_APPROVED = "order.approved", _("Order approved")
    ORDER_COMPLETED = "order.completed", _("Order completed")
    SHIPMENT_DISPATCHED = "shipment.dispatched", _("Shipment dispatched")
    SHIPMENT_IN_TRANSIT = "shipment.in_transit", _("Shipment in transit")
    SHIPMENT_AT_HUB = "shipment.at_hub", _("Shipment reached a hub")
    SHIPMENT_CUSTOMS = "shipment.customs", _("Customs clearance started")
    SHIPMENT_CUSTOMS_CLEARED = "shipment.customs_cleared", _("Customs cleared")
    SHIPMENT_OUT_FOR_DELIVERY = "shipment.out_for_delivery", _("Out for delivery")
    SHIPMENT_READY_FOR_PICKUP = "shipment.ready_for_pickup", _("Ready for pickup")
    SHIPMENT_DELAYED = "shipment.delayed", _("Shipment delayed")
    SHIPMENT_FAILED_ATTEMPT = "shipment.failed_attempt", _("Delivery attempt failed")
    SHIPMENT_DELIVERED = "shipment.delivered", _("Shipment delivered")
    SHIPMENT_SIGNED = "shipment.signed", _("Shipment signed for")
    SHIPMENT_STALLED = "shipment.stalled", _("No movement for a while")
    SHIPMENT_ETA_CHANGED = "shipment.eta_changed", _("Expected delivery changed")
    RETURN_REQUESTED = "return.requested", _("Return requested")
    RETURN_APPROVED = "return.approved", _("Return approved")
    RETURN_REJECTED = "return.rejected", _("Return rejected")
    RETURN_PICKUP_SCHEDULED = "return.pickup_scheduled", _("Return pickup scheduled")
    RETURN_PICKED_UP = "return.picked_up", _("Return picked up")
    RETURN_INSPECTED = "return.inspected", _("Return inspected")
    RETURN_REFUNDED = "return.refunded", _("Return refunded")
    STOCK_IN = "stock.in", _("Stock arrived")
    STOCK_OUT = "stock.out", _("Stock left")
    STOCK_LOW = "stock.low", _("Stock low")
    CARDS_LOW = "cards.low", _("Card pool low")
    MEMBERSHIP_EXPIRING = "membership.expiring", _("Membership expires soon")
    WEATHER_ALERT = "weather.alert", _("Weather alert")
    GATEWAY_SWITCHED = "gateway.switched", _("A gateway rests, texts take another way")
    GATEWAY_BACK = "gateway.back", _("A gateway is used again")
    GATEWAY_BALANCE_LOW = "gateway.balance_low", _("A gateway's balance is low")
    LIMIT_NEAR = "limit.near", _("A sending limit is nearly used up")
    LIMIT_REACHED = "limit.reached", _("A sending limit is used up")
    REVIEW_DECIDED = "review.decided", _("A vendor decided on a signature or template")


def group_of(kind: str) -> str:
    """Return what an event kind is about: order, shipment, return, stock, gateway, …"""
    return kind.partition(".")[0]


# What we find out about our own sending, for the merchant's team.
OWN_KINDS: tuple[EventKind, ...] = tuple(
    kind for kind in EventKind if group_of(kind) in {"gateway", "limit", "review"}
)
# What a system may post itself: events that follow from no order, shipment or return, nor from our work.
FREE_KINDS: tuple[EventKind, ...] = tuple(
    kind
    for kind in EventKind
    if group_of(kind) not in {"order", "shipment", "return"} and kind not in OWN_KINDS
)


class Lane(models.TextChoices):
    URGENT = "urgent", _("Urgent")
    BULK = "bulk", _("Bulk")


class Silence(models.TextChoices):
    """Why a recorded event is announced to nobody."""

    NONE = "", ""
    OLD = "old", _("It happened too long ago to be news")
    LATE = "late", _("The shipment was already further on")
