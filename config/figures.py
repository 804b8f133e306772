"""The figures of a running system, by queries that indexes answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from merchants.ownership import across_merchants
from notifications import queueing
from notifications.models import Message, Receipt, State
from notifications.models.messages import OPEN
from orders.events import Lane
from orders.models import Event

CONTENT_TYPE = CONTENT_TYPE_LATEST
UNDER_WAY = (State.SENDING, State.UNKNOWN)
# Counting a day's messages takes a moment when there are a million: nobody needs it more often.
COUNT_EVERY = 30


def waiting() -> dict[str, float]:
    """Return for how many seconds the oldest of each thing has been waiting; 0 when none does."""
    now = timezone.now()
    with across_merchants():
        oldest: dict[str, datetime | None] = {
            f"due_{lane}": _oldest_due(lane, now=now) for lane in Lane.values
        }
        oldest["unplanned"] = Event.objects.filter(planned_at=None).aggregate(at=Min("recorded_at"))["at"]
        oldest["receipts"] = Receipt.objects.filter(look_at__lte=now).aggregate(at=Min("look_at"))["at"]
    ages = {name: (now - at).total_seconds() if at else 0.0 for name, at in oldest.items()}
    queued = [since for name in queueing.TASKS if (since := queueing.waiting_since(name)) is not None]
    ages["wake_ups"] = now.timestamp() - min(queued, default=now.timestamp())
    return {name: round(max(age, 0.0), 3) for name, age in ages.items()}


def exposition() -> bytes:
    """Return the figures in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return generate_latest(registry)


class Figures(Collector):
    """Asks the database when Prometheus asks us: every process gives the same answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        ages = GaugeMetricFamily(
            "orderbell_waiting_seconds", "How long the oldest of each has been waiting.", labels=["what"]
        )
        for what, seconds in waiting().items():
            ages.add_metric([what], seconds)
        yield ages

        messages = GaugeMetricFamily(
            "orderbell_messages_last_day",
            "Messages made in the last 24 hours, by channel and state.",
            labels=["channel", "state"],
        )
        for channel, state, number in _messages_of_last_day():
            messages.add_metric([channel, state], number)
        yield messages

        with across_merchants():
            under_way = Message.objects.filter(state__in=UNDER_WAY).order_by().values_list("state")
            numbers = dict(under_way.annotate(Count("pk")))
            unplanned = Event.objects.filter(planned_at=None).count()
            to_do = Receipt.objects.exclude(look_at=None).count()
        claims = GaugeMetricFamily(
            "orderbell_messages_under_way",
            "Messages in a worker's hands or of unknown outcome.",
            labels=["state"],
        )
        for state in UNDER_WAY:
            claims.add_metric([state], numbers.get(state, 0))
        yield claims
        yield GaugeMetricFamily("orderbell_events_unplanned", "Events not yet planned.", value=unplanned)
        yield GaugeMetricFamily("orderbell_receipts_waiting", "Receipts not yet worked off.", value=to_do)


def _oldest_due(lane: str, *, now: datetime) -> datetime | None:
    rows = Message.objects.filter(lane=lane, state__in=OPEN, due_at__lte=now)
    at: datetime | None = rows.aggregate(at=Min("due_at"))["at"]
    return at


def _messages_of_last_day() -> list[tuple[str, str, int]]:
    def count() -> list[tuple[str, str, int]]:
        with across_merchants():
            rows = Message.objects.filter(pk__gte=first_id(timezone.now() - timedelta(days=1))).order_by()
            return list(rows.values_list("channel", "state").annotate(Count("pk")))

    found = cache.get("figures.messages")
    if found is None:
        found = count()
        cache.set("figures.messages", found, COUNT_EVERY)
    return list(found)


def first_id(at: datetime) -> UUID:
    """Return the smallest UUIDv7 of a moment: ids are in the order of time, and indexed."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62)
