from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from orders.models import Event, Return, Shipment
from tests.builders import a_merchant, a_return, a_shipment, an_order
from tests.orders.screens.given import logged_in

pytestmark = pytest.mark.django_db


def test_a_shipment_is_added():
    shop = a_merchant()
    order = an_order(shop)
    data = {
        "carrier": "SF Express",
        "tracking_number": "SF1",
        "status": "dispatched",
        "eta": "2030-05-01T18:00",
    }
    logged_in(shop).post(reverse("shipment_create", args=[order.pk]), data)
    shipment = Shipment.objects.get()
    assert (shipment.order, shipment.tracking_number, shipment.status) == (order, "SF1", "dispatched")
    # What is written on screen is in the merchant's zone.
    assert shipment.eta == datetime(2030, 5, 1, 10, tzinfo=UTC)


def test_a_report_changes_only_what_was_changed_on_the_form():
    shop = a_merchant()
    shipment = a_shipment(an_order(shop), location="Hangzhou")
    client = logged_in(shop)
    url = reverse("shipment_report", args=[shipment.pk])
    assert 'value="Hangzhou"' in client.get(url).content.decode()
    page = client.post(
        url,
        {
            "carrier": shipment.carrier,
            "tracking_number": shipment.tracking_number,
            "location": "Hangzhou",
            "status": "out_for_delivery",
        },
    )
    assert page["Location"] == reverse("order_detail", args=[shipment.order_id])
    shipment.refresh_from_db()
    assert (shipment.status, shipment.location) == ("out_for_delivery", "Hangzhou")


def test_a_late_report_is_kept_and_says_that_nobody_hears_of_it():
    shop = a_merchant()
    shipment = a_shipment(an_order(shop), status="delivered")
    url = reverse("shipment_report", args=[shipment.pk])
    page = logged_in(shop).post(
        url,
        {
            "carrier": shipment.carrier,
            "tracking_number": shipment.tracking_number,
            "status": "in_transit",
        },
        follow=True,
    )
    assert "announced to nobody" in page.content.decode()
    shipment.refresh_from_db()
    assert shipment.status == "delivered"
    assert Event.objects.get(shipment=shipment, kind="shipment.in_transit").silence == "late"


def test_a_window_that_ends_before_it_begins_is_refused_beside_its_field():
    shop = a_merchant()
    order = an_order(shop)
    data = {"status": "dispatched", "window_start": "2030-05-01T18:00", "window_end": "2030-05-01T16:00"}
    page = logged_in(shop).post(reverse("shipment_create", args=[order.pk]), data)
    assert page.status_code == 422
    assert page.context["form"].errors["window_end"]
    assert not Shipment.objects.exists()


def test_a_return_is_requested_for_some_items():
    shop = a_merchant()
    order = an_order(shop)
    item = order.items.get()
    url = reverse("return_create", args=[order.pk])
    logged_in(shop).post(url, {"reason": "size", "items": [str(item.pk)]})
    made = Return.objects.get()
    assert (made.status, made.reason) == ("requested", "size")
    assert made.items == [{"sku": "TEA-1", "name": "Green tea", "quantity": 1}]


def test_a_return_moves_on_and_takes_what_is_asked():
    shop = a_merchant()
    moved = a_return(an_order(shop))
    client = logged_in(shop)
    client.post(reverse("return_move", args=[moved.pk, "approved"]))
    client.post(reverse("return_move", args=[moved.pk, "refunded"]), {"refund_amount": "20.50"})
    moved.refresh_from_db()
    assert (moved.status, moved.refund_amount) == ("refunded", Decimal("20.50"))


def test_an_illegal_step_of_a_return_says_what_may_follow():
    shop = a_merchant()
    moved = a_return(an_order(shop))
    page = logged_in(shop).post(reverse("return_move", args=[moved.pk, "refunded"]), {"refund_amount": "1"})
    assert page.status_code == 422
    assert "What may follow: Approved, Rejected." in page.content.decode()


def test_only_legal_steps_of_a_return_are_offered():
    shop = a_merchant()
    moved = a_return(an_order(shop))
    page = logged_in(shop).get(reverse("order_detail", args=[moved.order_id])).content.decode()
    assert reverse("return_move", args=[moved.pk, "approved"]) in page
    assert reverse("return_move", args=[moved.pk, "refunded"]) not in page
