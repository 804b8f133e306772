"""Two at the same time, on a database that really commits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orders import services
from orders.errors import AlreadyExists
from orders.inputs import ShipmentFields
from orders.models import Customer, Event, Order, Shipment
from orders.statuses import IllegalTransition
from tests.builders import a_merchant, an_order
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_number_makes_one_order():
    merchant = a_merchant()

    def place(_: int) -> Order:
        return services.place_order(merchant, number="1", total=Decimal(1), customer={"external_id": "u1"})

    answers = at_once(12, place)
    assert [type(answer) for answer in answers].count(Order) == 1
    assert [type(answer) for answer in answers].count(AlreadyExists) == 11
    assert Event.objects.count() == Customer.objects.count() == 1


def test_one_new_customer_of_many_orders_is_made_once():
    merchant = a_merchant()

    def place(place: int) -> Order:
        return services.place_order(
            merchant, number=str(place), total=Decimal(1), customer={"external_id": "u1", "name": "Li"}
        )

    assert {type(answer) for answer in at_once(8, place)} == {Order}
    assert (Customer.objects.count(), Order.objects.count()) == (1, 8)


def test_a_status_set_by_many_makes_one_event():
    order = an_order(a_merchant())
    answers = at_once(12, lambda _: services.change_order(order, status="paid"))
    assert {type(answer) for answer in answers} == {Order}
    assert Event.objects.filter(kind="order.paid").count() == 1


def test_of_two_changes_that_exclude_each_other_one_is_made():
    order = an_order(a_merchant(), status="paid")
    wanted = ["cancelled", "completed"] * 4
    answers = at_once(8, lambda place: services.change_order(order, status=wanted[place]))
    order.refresh_from_db()
    assert [type(answer) for answer in answers].count(IllegalTransition) == 4
    assert list(order.events.order_by("id").values_list("kind", flat=True)) == [
        "order.created",
        "order.paid",
        f"order.{order.status}",
    ]


def test_a_parcel_reported_by_many_is_one_parcel_with_one_event():
    order = an_order(a_merchant())
    report: ShipmentFields = {"carrier": "SF", "tracking_number": "SF1", "status": "in_transit"}
    answers = at_once(8, lambda _: services.report_shipment(order, **report))
    assert {type(answer) for answer in answers} == {Shipment}
    assert Shipment.objects.count() == Event.objects.filter(kind="shipment.in_transit").count() == 1


def test_another_date_told_by_many_is_one_event():
    order = an_order(a_merchant())
    shipment = services.report_shipment(order, eta=order.placed_at)
    eta = order.placed_at.replace(year=order.placed_at.year + 1)
    at_once(8, lambda _: services.report_shipment(order, shipment=shipment, eta=eta))
    assert Event.objects.filter(kind="shipment.eta_changed").count() == 1
