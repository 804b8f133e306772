"""What happens by nothing happening."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from orders import services, sweeps
from orders.events import Silence
from orders.models import Event
from tests.builders import a_merchant, a_shipment, an_order

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def stalled():
    events = Event.objects.filter(kind="shipment.stalled").order_by("id")
    return [event.data["hours"] for event in events]


def test_it_tells_once_that_an_order_is_unpaid(clock):
    order = an_order(a_merchant(), payment_due_at=NOON)
    assert sweeps.find_unpaid() == 1
    assert sweeps.find_unpaid() == 0
    event = Event.objects.get(kind="order.unpaid")
    assert (event.order, event.occurred_at, event.silence) == (order, NOON, Silence.NONE)


@pytest.mark.parametrize(
    ("status", "due"), [("paid", NOON), ("cancelled", NOON), ("created", NOON + HOUR), ("created", None)]
)
def test_it_leaves_orders_that_are_not_overdue(clock, status, due):
    an_order(a_merchant(), status=status, payment_due_at=due)
    assert sweeps.find_unpaid() == 0


def test_an_order_that_was_due_long_ago_is_no_news(clock):
    an_order(a_merchant(), payment_due_at=NOON - 25 * HOUR, placed_at=NOON - 26 * HOUR)
    assert sweeps.find_unpaid() == 1
    assert Event.objects.get(kind="order.unpaid").silence == Silence.OLD


def test_it_tells_of_each_threshold_once(clock):
    a_shipment(an_order(a_merchant()))
    for _ in range(100):
        sweeps.find_stalled()
        clock.shift(HOUR)
    assert stalled() == [24, 48, 72]


def test_of_thresholds_passed_unseen_it_tells_the_last(clock):
    a_shipment(an_order(a_merchant()))
    clock.shift(50 * HOUR)
    assert sweeps.find_stalled() == 1
    assert stalled() == [48]


def test_a_parcel_that_moved_starts_anew(clock):
    shipment = a_shipment(an_order(a_merchant()))
    clock.shift(25 * HOUR)
    sweeps.find_stalled()
    services.report_shipment(shipment.order, shipment=shipment, status="in_transit")
    sweeps.find_stalled()
    clock.shift(24 * HOUR)
    sweeps.find_stalled()
    assert stalled() == [24, 24]


@pytest.mark.parametrize("status", ["delivered", "signed", "ready_for_pickup"])
def test_a_parcel_at_rest_does_not_stand_still(clock, status):
    a_shipment(an_order(a_merchant()), status=status)
    clock.shift(25 * HOUR)
    assert sweeps.find_stalled() == 0


def test_it_works_through_more_than_a_batch(clock, monkeypatch):
    monkeypatch.setattr(sweeps, "BATCH", 2)
    merchant = a_merchant()
    for _ in range(5):
        an_order(merchant, payment_due_at=NOON)
    assert sweeps.find_unpaid() == 5
