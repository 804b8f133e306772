"""The polite way to write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone as clock

from orders import services
from orders.errors import AlreadyExists, InvalidInput
from orders.events import Lane, Silence
from orders.inputs import CustomerFields
from orders.models import Customer, Event, Order, Shipment
from orders.statuses import IllegalTransition
from tests.builders import a_customer, a_merchant, a_shipment, an_order

pytestmark = pytest.mark.django_db

BUYER: CustomerFields = {
    "external_id": "u1",
    "name": "Li Na",
    "phone": "138 0000 0001",
    "email": "LI@Mail.example",
}


def kinds(**about):
    return list(Event.objects.filter(**about).order_by("id").values_list("kind", flat=True))


def test_it_places_an_order_with_its_customer_items_and_event():
    merchant = a_merchant()
    order = services.place_order(
        merchant,
        number=" A-1 ",
        currency="cny",
        total=Decimal("176.00"),
        customer=BUYER,
        items=[{"name": "Green\ntea", "quantity": 2, "unit_price": Decimal("88")}, {"name": "Cup"}],
    )
    assert (order.number, order.currency, order.status) == ("A-1", "CNY", "created")
    assert (order.customer.phone, order.customer.email) == ("+8613800000001", "li@mail.example")
    assert [item.name for item in order.items.all()] == ["Green tea", "Cup"]
    assert kinds(order=order) == ["order.created"]


def test_it_tells_of_an_order_that_arrives_paid_that_it_was_created_and_paid():
    order = services.place_order(a_merchant(), number="1", total=Decimal(1), customer=BUYER, status="paid")
    assert kinds(order=order) == ["order.created", "order.paid"]


def test_it_refuses_a_number_that_the_merchant_has():
    merchant = a_merchant()
    services.place_order(merchant, number="1", total=Decimal(1), customer=BUYER)
    with pytest.raises(AlreadyExists):
        services.place_order(merchant, number="1", total=Decimal(2), customer=BUYER | {"name": "Other"})
    assert Order.objects.get().total == 1
    assert Customer.objects.get().name == "Li Na"


def test_two_merchants_may_have_the_same_number_and_customer():
    for merchant in (a_merchant(), a_merchant()):
        services.place_order(merchant, number="1", total=Decimal(1), customer=BUYER)
    assert Order.objects.count() == Customer.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"currency": "XQQ"}, "currency", "unknown_currency"),
        ({"status": "shipped"}, "status", "unknown_status"),
        ({"total": Decimal("-1")}, "total", "impossible_amount"),
        ({"total": Decimal("NaN")}, "total", "impossible_amount"),
        ({"total": Decimal("1.005")}, "total", "too_precise"),
        ({"currency": "JPY", "total": Decimal("1.5")}, "total", "too_precise"),
        ({"number": " "}, "number", "invalid_number"),
        ({"number": "a/b"}, "number", "invalid_number"),
        ({"language": "klingon"}, "language", "unknown_language"),
        ({"placed_at": datetime(2026, 1, 1)}, "placed_at", "naive_time"),
        ({"attributes": {"a": "\0"}}, "attributes", "invalid_text"),
        ({"attributes": []}, "attributes", "not_an_object"),
        ({"customer": {}}, "customer.external_id", "required"),
        ({"customer": BUYER | {"phone": "12345"}}, "customer.phone", "impossible_phone"),
        ({"customer": BUYER | {"email": "li@"}}, "customer.email", "invalid_email"),
        ({"customer": BUYER | {"country": "UK"}}, "customer.country", "unknown_country"),
        ({"customer": BUYER | {"timezone": "Mars/One"}}, "customer.timezone", "unknown_timezone"),
        ({"items": [{"name": "Tea"}, {"name": " "}]}, "items.1.name", "required"),
        ({"items": [{"name": "Tea", "quantity": 0}]}, "items.0.quantity", "impossible_quantity"),
    ],
)
def test_it_says_which_field_is_wrong_and_changes_nothing(change, field, code):
    order = {"number": "1", "total": Decimal(1), "currency": "CNY", "customer": BUYER}
    with pytest.raises(InvalidInput) as caught:
        services.place_order(a_merchant(), **order | change)
    assert (caught.value.field, caught.value.code) == (field, code)
    assert not Customer.objects.exists()
    assert not Event.objects.exists()


def test_it_records_an_order_of_long_ago_in_silence():
    placed = clock.now() - timedelta(hours=25)
    order = services.place_order(
        a_merchant(), number="1", total=Decimal(1), customer=BUYER, status="paid", placed_at=placed
    )
    assert {(event.silence, event.occurred_at) for event in order.events.all()} == {(Silence.OLD, placed)}


def test_how_old_news_may_be_is_for_the_merchant_to_say():
    placed = clock.now() - timedelta(hours=25)
    order = services.place_order(
        a_merchant(news_hours=48), number="1", total=Decimal(1), customer=BUYER, placed_at=placed
    )
    assert order.events.get().silence == Silence.NONE


def test_a_change_of_an_old_order_is_news():
    order = an_order(a_merchant(), placed_at=clock.now() - timedelta(days=9))
    services.change_order(order, status="paid")
    assert order.events.get(kind="order.paid").silence == Silence.NONE


def test_a_change_that_happened_long_ago_is_not_news():
    order = an_order(a_merchant())
    services.change_order(order, status="paid", occurred_at=clock.now() - timedelta(days=2))
    assert order.events.get(kind="order.paid").silence == Silence.OLD


def test_it_refuses_an_illegal_change_and_keeps_everything():
    order = an_order(a_merchant(), status="cancelled")
    with pytest.raises(IllegalTransition) as caught:
        services.change_order(order, status="paid", source="web")
    assert (caught.value.current, caught.value.wanted, caught.value.legal) == ("cancelled", "paid", [])
    order.refresh_from_db()
    assert (order.status, order.source) == ("cancelled", "")
    assert kinds(order=order) == ["order.created", "order.cancelled"]


def test_the_same_status_again_is_no_event():
    order = an_order(a_merchant(), status="paid")
    services.change_order(order, status="paid", source="web")
    assert kinds(order=order, kind="order.paid") == ["order.paid"]


def test_a_stale_copy_does_not_turn_a_status_back():
    order = an_order(a_merchant(), status="paid")
    stale = Order.objects.get(pk=order.pk)
    services.change_order(order, status="cancelled")
    stale.source = "web"
    stale.save()
    stale.refresh_from_db()
    assert (stale.status, stale.source) == ("cancelled", "web")


def test_a_copy_that_was_refreshed_knows_what_is_a_change():
    order = an_order(a_merchant())
    services.change_order(order, status="paid")
    order.refresh_from_db()
    order.status = "created"
    with pytest.raises(IllegalTransition):
        order.save()


def test_items_are_replaced_when_given():
    order = an_order(a_merchant())
    services.change_order(order, items=[{"name": "Cup"}, {"name": "Tea"}])
    assert [item.name for item in order.items.all()] == ["Cup", "Tea"]
    services.change_order(order, source="web")
    assert order.items.count() == 2


def test_bulk_orders_go_by_the_bulk_lane():
    order = services.place_order(a_merchant(), number="1", total=Decimal(1), customer=BUYER, is_bulk=True)
    assert order.events.get().lane == Lane.BULK


def test_a_report_makes_a_shipment_and_moves_it():
    order = an_order(a_merchant())
    shipment = services.report_shipment(
        order, carrier="SF", tracking_number="SF1", courier_phone="13900000002"
    )
    assert shipment.courier_phone == "+8613900000002"
    services.report_shipment(order, shipment=shipment, status="out_for_delivery", location="Hangzhou")
    assert kinds(shipment=shipment) == ["shipment.dispatched", "shipment.out_for_delivery"]


def test_a_report_of_a_known_tracking_number_is_about_that_shipment():
    order = an_order(a_merchant())
    first = services.report_shipment(order, carrier="SF", tracking_number="SF1")
    again = services.report_shipment(order, carrier="SF", tracking_number="SF1", status="delivered")
    assert again == first
    assert kinds(shipment=first) == ["shipment.dispatched", "shipment.delivered"]


def test_a_late_report_is_kept_in_silence_and_overwrites_nothing():
    eta = datetime(2026, 5, 1, tzinfo=UTC)
    shipment = a_shipment(an_order(a_merchant()), status="delivered", location="Door", eta=eta)
    services.report_shipment(
        shipment.order, shipment=shipment, status="in_transit", location="Hub", eta=eta + timedelta(days=1)
    )
    kept = Shipment.objects.get()
    assert (kept.status, kept.location, kept.eta) == ("delivered", "Door", eta)
    event = Event.objects.get(kind="shipment.in_transit")
    assert event.silence == Silence.LATE
    assert not Event.objects.filter(kind="shipment.eta_changed").exists()


def test_another_place_and_another_date_are_news():
    eta = datetime(2026, 5, 1, tzinfo=UTC)
    shipment = a_shipment(an_order(a_merchant()), status="at_hub", location="Wuhan", eta=eta)
    for _ in range(2):
        services.report_shipment(
            shipment.order, shipment=shipment, location="Hangzhou", eta=eta + timedelta(days=1)
        )
    assert kinds(shipment=shipment) == ["shipment.at_hub", "shipment.at_hub", "shipment.eta_changed"]


def test_a_delay_says_already_that_the_date_is_another():
    eta = datetime(2026, 5, 1, tzinfo=UTC)
    shipment = a_shipment(an_order(a_merchant()), eta=eta)
    services.report_shipment(
        shipment.order, shipment=shipment, status="delayed", reason="weather", eta=eta + timedelta(days=1)
    )
    assert kinds(shipment=shipment) == ["shipment.dispatched", "shipment.delayed"]


def test_a_window_does_not_end_before_it_begins():
    start = datetime(2026, 5, 1, 8, tzinfo=UTC)
    shipment = a_shipment(an_order(a_merchant()), window_start=start)
    with pytest.raises(InvalidInput, match="before_start"):
        services.report_shipment(shipment.order, shipment=shipment, window_end=start - timedelta(hours=1))


def test_a_return_goes_its_way():
    order = an_order(a_merchant())
    made = services.request_return(order, reason="size", items=[{"sku": "TEA-1", "quantity": 1}])
    services.change_return(made, status="approved")
    services.change_return(made, status="refunded", refund_amount=Decimal("88.00"))
    assert kinds(order_return=made) == ["return.requested", "return.approved", "return.refunded"]
    with pytest.raises(IllegalTransition):
        services.change_return(made, status="approved")


def test_a_system_posts_events_that_are_no_orders():
    merchant = a_merchant()
    event = services.record_event(merchant, kind="stock.low", data={"sku": "TEA-1"}, external_id="e1")
    assert event.data == {"sku": "TEA-1"}
    with pytest.raises(AlreadyExists):
        services.record_event(merchant, kind="stock.low", external_id="e1")
    with pytest.raises(InvalidInput, match="unknown_kind"):
        services.record_event(merchant, kind="order.paid")
    with pytest.raises(InvalidInput, match="in_future"):
        services.record_event(merchant, kind="stock.low", occurred_at=clock.now() + timedelta(hours=1))


def test_a_customer_without_an_id_goes_by_email_or_phone():
    merchant = a_merchant()
    assert services.upsert_customer(merchant, email="Li@Mail.example").external_id == "li@mail.example"
    assert services.upsert_customer(merchant, phone="13800000001").external_id == "+8613800000001"


def test_a_known_customer_keeps_what_is_not_given():
    customer = a_customer(a_merchant(), external_id="u1", name="Li Na", country="DE")
    services.upsert_customer(customer.merchant, external_id="u1", phone="030 123456")
    customer.refresh_from_db()
    assert (customer.name, customer.phone) == ("Li Na", "+4930123456")
