"""Which status may follow which, whatever is tried in whatever order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orders.events import EventKind, Silence
from orders.models import Event, Order, Shipment
from orders.statuses import (
    ORDER_TRANSITIONS,
    RETURN_TRANSITIONS,
    SHIPMENT_STAGES,
    IllegalTransition,
    OrderStatus,
    ReturnStatus,
    ShipmentStatus,
    is_late,
)
from tests.builders import a_merchant, a_shipment, an_order


@pytest.mark.parametrize(
    ("group", "statuses"), [("order", OrderStatus), ("shipment", ShipmentStatus), ("return", ReturnStatus)]
)
def test_each_status_has_its_event_and_its_row_in_the_table(group, statuses):
    table: Any = {"order": ORDER_TRANSITIONS, "shipment": SHIPMENT_STAGES, "return": RETURN_TRANSITIONS}[
        group
    ]
    assert set(table) == set(statuses)
    assert {f"{group}.{status}" for status in statuses} <= set(EventKind.values)


def test_a_final_status_stays():
    for table, finals in (
        (ORDER_TRANSITIONS, {"cancelled", "completed"}),
        (RETURN_TRANSITIONS, {"rejected", "refunded"}),
    ):
        assert {status for status, followers in table.items() if not followers} == finals


class TestWhateverIsTried(TestCase):
    @settings(max_examples=25)
    @given(st.lists(st.sampled_from(OrderStatus.values), max_size=8))
    def test_an_order_goes_legal_ways_and_each_step_has_its_event(self, wanted):
        order = an_order(a_merchant())
        way = ["created"]
        for status in wanted:
            order = Order.objects.get(pk=order.pk)
            order.status = status
            legal = ORDER_TRANSITIONS[way[-1]]
            if status in legal or status == way[-1]:
                order.save()
                way += [status] if status != way[-1] else []
            else:
                with pytest.raises(IllegalTransition) as caught:
                    order.save()
                assert caught.value.legal == sorted(legal)
        assert Order.objects.get(pk=order.pk).status == way[-1]
        kinds = Event.objects.filter(order=order).order_by("id").values_list("kind", flat=True)
        assert list(kinds) == [f"order.{status}" for status in way]

    @settings(max_examples=25)
    @given(st.lists(st.sampled_from(ShipmentStatus.values), max_size=8))
    def test_a_parcel_never_goes_back_and_forgets_nothing(self, reported):
        shipment = a_shipment(an_order(a_merchant()))
        current, told = "dispatched", 1
        for status in reported:
            shipment = Shipment.objects.get(pk=shipment.pk)
            shipment.status = status
            shipment.save()
            told += status != current
            if not is_late(current=current, reported=status):
                current = status
            assert shipment.status == current
        assert Shipment.objects.get(pk=shipment.pk).status == current
        events = Event.objects.filter(shipment=shipment).order_by("id")
        assert len(events) == told
        heard = [SHIPMENT_STAGES[event.kind.partition(".")[2]] for event in events if not event.silence]
        assert heard == sorted(heard)
        assert {event.silence for event in events} <= {Silence.NONE, Silence.LATE}


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["lost", "", "DELIVERED"])
def test_a_status_that_is_none_is_refused(status):
    for row in (an_order(a_merchant()), a_shipment(an_order(a_merchant()))):
        row.status = status
        with pytest.raises(IllegalTransition):
            row.save()


@pytest.mark.django_db
def test_a_status_changes_by_save_alone():
    order = an_order(a_merchant())
    with pytest.raises(TypeError, match="event"):
        Order.objects.filter(pk=order.pk).update(status="paid")
    with pytest.raises(TypeError, match="event"):
        Order.objects.bulk_update([order], ["status"])
    with pytest.raises(TypeError, match="event"):
        Order.objects.bulk_create([order])
