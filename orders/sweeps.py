"""What happens by nothing happening: orders that stay unpaid, parcels that stand still.

Each finding is an event that exists once. Call them from time to time, across merchants or inside one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone as clock

from orders.events import EventKind
from orders.models import Event, Order, Shipment
from orders.statuses import OrderStatus, ShipmentStatus

BATCH = 200
STALLED_AFTER = (timedelta(hours=72), timedelta(hours=48), timedelta(hours=24))
# Told by the next threshold, or no news any more.
STEP = timedelta(hours=24)
# No merchant's news is older (Merchant.news_hours).
NO_NEWS_AFTER = timedelta(days=30)
UNPAID = (OrderStatus.CREATED, OrderStatus.PAYMENT_FAILED)
# A parcel that waits to be fetched does not stand still.
AT_REST = (ShipmentStatus.DELIVERED, ShipmentStatus.SIGNED, ShipmentStatus.READY_FOR_PICKUP)


def find_unpaid() -> int:
    """Write `order.unpaid` for each order whose time to pay has run out. Return how many were found."""
    now = clock.now()
    told = Event.objects.filter(order=OuterRef("pk"), kind=EventKind.ORDER_UNPAID)
    due = Order.objects.filter(
        ~Exists(told),
        status__in=UNPAID,
        payment_due_at__lte=now,
        payment_due_at__gt=now - NO_NEWS_AFTER,
    ).order_by("payment_due_at")
    count = 0
    while found := _write_unpaid(due):
        count += found
    return count


def _write_unpaid(due: QuerySet[Order]) -> int:
    with transaction.atomic():
        orders = _batch(due)
        for order in orders:
            order.occurred_at = order.payment_due_at
            order.record(EventKind.ORDER_UNPAID, dedupe=f"unpaid:{order.pk}")
    return len(orders)


def find_stalled() -> int:
    """Write `shipment.stalled` for parcels without movement for 24, 48, 72 hours. Return how many.

    `data.hours` says for how long. Of thresholds that were passed unseen only the last is told.
    """
    now = clock.now()
    return sum(_find_stalled(after, now=now) for after in STALLED_AFTER)


def _find_stalled(after: timedelta, *, now: datetime) -> int:
    # Within this window of `moved_at` an event of this threshold, and of no other, is a day old at most.
    told = Event.objects.filter(
        shipment=OuterRef("pk"), kind=EventKind.SHIPMENT_STALLED, occurred_at__gt=now - STEP
    )
    standing = (
        Shipment.objects.filter(~Exists(told), moved_at__lte=now - after, moved_at__gt=now - after - STEP)
        .exclude(status__in=AT_REST)
        .order_by("moved_at")
        .select_related("order")
    )
    count = 0
    while found := _write_stalled(standing, after):
        count += found
    return count


def _write_stalled(standing: QuerySet[Shipment], after: timedelta) -> int:
    hours = int(after.total_seconds()) // 3600
    with transaction.atomic():
        shipments = _batch(standing)
        for shipment in shipments:
            shipment.occurred_at = shipment.moved_at + after
            shipment.event_data = {"hours": hours}
            since = int(shipment.moved_at.timestamp())
            shipment.record(EventKind.SHIPMENT_STALLED, dedupe=f"stalled:{shipment.pk}:{since}:{hours}")
    return len(shipments)


def _batch(rows: QuerySet[Any]) -> list[Any]:
    """Return the next rows, locked: what changes meanwhile is left to whoever changes it."""
    return list(rows.select_related("merchant").select_for_update(skip_locked=True, of=("self",))[:BATCH])
