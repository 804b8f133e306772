"""customers/, shipments/, returns/ and events/ over the API."""

from __future__ import annotations

import pytest

from orders.models import Event, Shipment
from tests.api import a_caller
from tests.builders import a_customer, a_merchant, a_return, a_shipment, an_event, an_order

pytestmark = pytest.mark.django_db

API = "/api/v1/"


@pytest.fixture
def merchant():
    return a_merchant()


@pytest.fixture
def client(merchant):
    return a_caller(merchant)


def test_a_customer_lives(client):
    made = client.post(
        f"{API}customers/", {"external_id": "a@b.example", "name": "Li", "phone": "13800000001"}
    )
    assert (made.status_code, made.json()["phone"]) == (201, "+8613800000001")
    assert client.post(f"{API}customers/", {"external_id": "a@b.example"}).json()["code"] == "already_exists"
    path = f"{API}customers/a%40b.example/"
    assert client.patch(path, {"country": "DE", "phone": "030 123456"}).json()["phone"] == "+4930123456"
    assert client.patch(path, {"external_id": "other"}).json()["errors"][0]["code"] == "immutable"
    assert client.get(path).json()["name"] == "Li"
    assert client.get(f"{API}customers/?phone=%2B4930123456").json()["results"][0]["name"] == "Li"
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.get(f"{API}customers/").json()["results"] == []


def test_a_parcel_goes_its_way(client, merchant):
    order = an_order(merchant)
    path = f"{API}orders/{order.number}/shipments/"
    made = client.post(path, {"carrier": "SF", "tracking_number": "SF1", "status": "dispatched"})
    assert (made.status_code, made.json()["order"]) == (201, order.number)
    one = f"{API}shipments/{made.json()['id']}/"
    change = {"status": "at_hub", "location": "Wuhan", "courier_phone": "139 0000 0002", "delay_hours": 3}
    assert client.patch(one, change).json()["courier_phone"] == "+8613900000002"
    again = client.post(path, {"carrier": "SF", "tracking_number": "SF1", "status": "delivered"})
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    assert client.patch(one, {"status": "in_transit", "location": "Hub"}).json()["location"] == "Wuhan"
    assert client.get(one).json() == client.get(path).json()["results"][0]
    events = client.get(f"{API}events/?order={order.number}").json()["results"]
    assert [(event["kind"], event["silence"]) for event in events] == [
        ("shipment.in_transit", "late"),
        ("shipment.delivered", ""),
        ("shipment.at_hub", ""),
        ("shipment.dispatched", ""),
        ("order.created", ""),
    ]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"status": "lost"}, "status", "invalid_choice"),
        ({"courier_phone": "abc"}, "courier_phone", "impossible_phone"),
        (
            {"window_start": "2026-05-01T10:00:00Z", "window_end": "2026-05-01T09:00:00Z"},
            "window_end",
            "before_start",
        ),
        ({"delay_hours": -1}, "delay_hours", "min_value"),
        ({"eta": "2026-05-01"}, "eta", "naive_time"),
        ({"occurred_at": "2199-01-01T00:00:00Z"}, "occurred_at", "in_future"),
    ],
)
def test_a_report_that_makes_no_sense_changes_nothing(client, merchant, change, field, code):
    shipment = a_shipment(an_order(merchant))
    events = Event.objects.count()
    answer = client.patch(f"{API}shipments/{shipment.pk}/", change)
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert Event.objects.count() == events
    assert Shipment.objects.get().status == "dispatched"


def test_a_return_goes_its_way(client, merchant):
    order = an_order(merchant)
    path = f"{API}orders/{order.number}/returns/"
    made = client.post(path, {"reason": "size", "items": [{"sku": "TEA-1", "quantity": 1}]})
    assert (made.status_code, made.json()["status"]) == (201, "requested")
    one = f"{API}returns/{made.json()['id']}/"
    assert (
        client.patch(one, {"status": "approved", "refund_amount": "88.00"}).json()["refund_amount"] == "88.00"
    )
    refused = client.patch(one, {"status": "inspected"})
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_transition")
    assert client.get(path).json()["results"] == [client.get(one).json()]


def test_events_of_no_order_are_posted(client, merchant):
    a_customer(merchant, external_id="u1")
    body = {"kind": "membership.expiring", "customer": "u1", "data": {"days": 7}, "external_id": "m-1"}
    made = client.post(f"{API}events/", body)
    assert made.status_code == 201, made.json()
    assert (made.json()["customer"], made.json()["data"], made.json()["order"]) == ("u1", {"days": 7}, None)
    assert client.post(f"{API}events/", body).json()["code"] == "already_exists"
    assert client.get(f"{API}events/{made.json()['id']}/").json() == made.json()
    assert (
        client.post(f"{API}events/", {"kind": "order.paid"}).json()["errors"][0]["code"] == "invalid_choice"
    )
    unknown = client.post(f"{API}events/", {"kind": "stock.low", "customer": "u2"})
    assert unknown.json()["errors"][0]["code"] == "unknown_customer"
    assert len(client.get(f"{API}events/?kind=membership.expiring&customer=u1").json()["results"]) == 1


def test_another_merchants_things_are_nowhere(client):
    other = a_merchant()
    order = an_order(other)
    paths = [
        f"customers/{order.customer.external_id}/",
        f"shipments/{a_shipment(order).pk}/",
        f"returns/{a_return(order).pk}/",
        f"events/{an_event(other).pk}/",
    ]
    for path in paths:
        assert client.get(API + path).status_code == 404
        assert client.patch(API + path, {}).status_code in {404, 405}
        assert client.delete(API + path).status_code in {404, 405}
    for path in ("customers/", "events/"):
        assert client.get(API + path).json()["results"] == []


@pytest.mark.parametrize(
    "path", ["shipments/x/", "returns/x/", "events/x/", "shipments/%00/", "customers/%00/"]
)
def test_what_is_no_id_is_nowhere(client, path):
    assert client.get(API + path).status_code == 404
