from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone as clock

from merchants.roles import Role
from orders.models import Customer, Event, Order
from tests.builders import a_customer, a_merchant, a_return, a_shipment, an_order
from tests.orders.screens.given import logged_in

pytestmark = pytest.mark.django_db


def text_of(page):
    return page.content.decode()


def new_order(**fields):
    items = [{"name": "Green tea", "quantity": "2", "unit_price": "44.00", "kind": "physical"}]
    data = {
        "number": "A-900",
        "status": "created",
        "currency": "CNY",
        "name": "Li Na",
        "phone": "13800000000",
        "items-TOTAL_FORMS": "1",
        "items-INITIAL_FORMS": "0",
        **{f"items-{row}-{name}": value for row, item in enumerate(items) for name, value in item.items()},
    }
    return data | fields


def test_the_list_shows_number_status_customer_and_total():
    shop = a_merchant()
    an_order(shop, number="A-17", status="paid")
    page = text_of(logged_in(shop).get(reverse("order_list")))
    assert "A-17" in page
    assert "Li Na" in page
    assert "CN¥88.00" in page
    assert 'tone-info">Paid' in page


@pytest.mark.parametrize("word", ["A-17", "Wang", "+8613811112222", "wang@"])
def test_the_list_finds_by_number_customer_phone_and_email(word):
    shop = a_merchant()
    customer = a_customer(shop, name="Wang Wei", phone="+8613811112222", email="wang@mail.example")
    an_order(shop, number="A-17", customer=customer)
    an_order(shop, number="B-18")
    page = text_of(logged_in(shop).get(reverse("order_list"), {"q": word}))
    assert "A-17" in page
    assert "B-18" not in page


def test_the_list_is_filtered_by_status_and_day():
    shop = a_merchant()
    an_order(shop, number="A-17", status="paid")
    an_order(shop, number="B-18")
    client = logged_in(shop)
    page = text_of(client.get(reverse("order_list"), {"status": "paid"}))
    assert "A-17" in page
    assert "B-18" not in page
    tomorrow = clock.localdate() + timedelta(days=2)
    assert "A-17" not in text_of(client.get(reverse("order_list"), {"placed_from": tomorrow.isoformat()}))


def test_a_viewer_sees_no_phone_and_finds_nobody_by_it():
    shop = a_merchant()
    customer = a_customer(shop, phone="+8613811112222", email="wang@mail.example")
    order = an_order(shop, number="A-17", customer=customer)
    client = logged_in(shop, role=Role.VIEWER)
    for url in (reverse("order_list"), reverse("order_detail", args=[order.pk]), reverse("customer_list")):
        page = text_of(client.get(url))
        assert "13811112222" not in page
        assert "wang@mail.example" not in page
    assert "A-17" not in text_of(client.get(reverse("order_list"), {"q": "13811112222"}))
    export = client.get(reverse("order_list"), {"export": "csv"}).getvalue().decode()
    assert "A-17" in export
    assert "13811112222" not in export


def test_a_customer_who_goes_by_their_address_is_masked_too():
    shop = a_merchant()
    customer = a_customer(shop, name="", external_id="wang@mail.example", email="wang@mail.example")
    order = an_order(shop, customer=customer)
    client = logged_in(shop, role=Role.VIEWER)
    for url in (
        reverse("order_list"),
        reverse("order_detail", args=[order.pk]),
        reverse("customer_list"),
        reverse("customer_detail", args=[customer.pk]),
    ):
        assert "wang@mail.example" not in text_of(client.get(url))


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_take_the_same_few_queries_however_long(rows):
    shop = a_merchant()
    for _ in range(rows):
        an_order(shop)
    client = logged_in(shop)
    for name in ("order_list", "customer_list"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse(name))
        assert len(queries) <= 6


@pytest.mark.parametrize("rows", [1, 30])
def test_an_order_takes_the_same_few_queries_however_much_happened(rows):
    shop = a_merchant()
    order = an_order(shop)
    for _ in range(rows):
        a_shipment(order)
        a_return(order)
    client = logged_in(shop)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("order_detail", args=[order.pk]))
    assert len(queries) <= 20


def test_an_order_shows_its_items_parcels_returns_and_what_was_silent_and_why():
    shop = a_merchant()
    order = an_order(shop, occurred_at=clock.now() - timedelta(days=30), attributes={"gift": "yes <b>"})
    a_shipment(order, tracking_number="SF123", location="Hangzhou")
    a_return(order, reason="too small")
    page = text_of(logged_in(shop).get(reverse("order_detail", args=[order.pk])))
    for words in ("Green tea", "TEA-1", "SF123", "Hangzhou", "too small", "Order created", "yes &lt;b&gt;"):
        assert words in page
    assert "It happened too long ago to be news." in page


def test_an_order_is_placed_with_its_items_and_a_new_customer():
    shop = a_merchant()
    page = logged_in(shop).post(reverse("order_create"), new_order())
    order = Order.objects.get(number="A-900")
    assert page["Location"] == reverse("order_detail", args=[order.pk])
    assert order.total == Decimal("88.00")
    assert order.customer.phone == "+8613800000000"
    assert [item.quantity for item in order.items.all()] == [2]
    assert Event.objects.get(order=order).kind == "order.created"


@pytest.mark.parametrize("known", ["c-77", "13811112222", "WANG@mail.example"])
def test_an_order_is_placed_for_a_known_customer(known):
    shop = a_merchant()
    customer = a_customer(shop, external_id="c-77", phone="+8613811112222", email="wang@mail.example")
    logged_in(shop).post(reverse("order_create"), new_order(known=known, name="", phone=""))
    assert Order.objects.get(number="A-900").customer == customer


def test_an_order_is_placed_from_a_customers_page():
    shop = a_merchant()
    customer = a_customer(shop)
    url = f"{reverse('order_create')}?customer={customer.pk}"
    client = logged_in(shop)
    assert customer.name in text_of(client.get(url))
    client.post(url, new_order(name="", phone=""))
    assert Order.objects.get(number="A-900").customer == customer


def test_another_shops_customer_is_not_known():
    stranger = a_customer(a_merchant(), external_id="c-77")
    client = logged_in(a_merchant())
    page = client.post(reverse("order_create"), new_order(known="c-77", name="", phone=""))
    assert "No customer goes by this." in text_of(page)
    page = client.post(f"{reverse('order_create')}?customer={stranger.pk}", new_order(name="", phone=""))
    assert page.status_code == 422
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone": "123"}, "No phone can have this number."),
        ({"number": "A/1"}, "Take up to 64 printable characters without a slash"),
        ({"number": "TAKEN"}, "There is one of this name already."),
        ({"name": "", "phone": ""}, "Name a known customer or describe a new one."),
        ({"items-0-quantity": "0"}, "greater than or equal to 1"),
        ({"items-0-name": "", "items-0-quantity": "1", "items-0-unit_price": ""}, "Write the total"),
    ],
)
def test_what_is_wrong_with_an_order_is_said_and_nothing_is_kept(fields, words):
    shop = a_merchant()
    an_order(shop, number="TAKEN")
    page = logged_in(shop).post(reverse("order_create"), new_order(**fields))
    assert page.status_code == 422
    assert words in text_of(page)
    assert text_of(page).count(" autofocus") == 1
    assert Order.objects.count() == 1
    assert Customer.objects.count() == 1


def test_more_rows_keep_what_was_entered():
    shop = a_merchant()
    page = text_of(logged_in(shop).post(reverse("order_create"), new_order(more="items")))
    assert 'value="Green tea"' in page
    assert 'value="A-900"' in page
    assert 'name="items-3-name"' in page
    assert not Order.objects.exists()


def test_only_legal_next_statuses_are_offered():
    shop = a_merchant()
    order = an_order(shop, status="flagged")
    page = text_of(logged_in(shop).get(reverse("order_detail", args=[order.pk])))
    assert reverse("order_status", args=[order.pk, "approved"]) in page
    assert reverse("order_status", args=[order.pk, "cancelled"]) in page
    assert reverse("order_status", args=[order.pk, "paid"]) not in page


def test_a_status_is_changed_by_a_button():
    shop = a_merchant()
    order = an_order(shop)
    logged_in(shop).post(reverse("order_status", args=[order.pk, "paid"]))
    order.refresh_from_db()
    assert order.status == "paid"


def test_cancelling_is_asked_first():
    shop = a_merchant()
    order = an_order(shop)
    client = logged_in(shop)
    url = reverse("order_status", args=[order.pk, "cancelled"])
    assert "Cancel this order?" in text_of(client.get(url))
    order.refresh_from_db()
    assert order.status == "created"
    client.post(url)
    order.refresh_from_db()
    assert order.status == "cancelled"


def test_an_illegal_status_is_refused_in_words():
    shop = a_merchant()
    order = an_order(shop, status="cancelled")
    page = logged_in(shop).post(reverse("order_status", args=[order.pk, "paid"]), follow=True)
    assert "It is “Cancelled” by now, which is final." in text_of(page)
    order.refresh_from_db()
    assert order.status == "cancelled"


def test_a_status_that_does_not_exist_is_not_found():
    shop = a_merchant()
    order = an_order(shop)
    assert logged_in(shop).post(reverse("order_status", args=[order.pk, "lost"])).status_code == 404


@pytest.mark.parametrize("name", ["order_create", "shipment_create", "return_create", "order_status"])
def test_a_viewer_changes_nothing(name):
    shop = a_merchant()
    order = an_order(shop)
    args = {"order_create": [], "order_status": [order.pk, "paid"]}.get(name, [order.pk])
    client = logged_in(shop, role=Role.VIEWER)
    assert client.post(reverse(name, args=args)).status_code == 403
    assert reverse(name, args=args) not in text_of(client.get(reverse("order_detail", args=[order.pk])))


def test_another_shops_rows_are_not_found():
    shop = a_merchant()
    order = an_order(shop)
    shipment, order_return = a_shipment(order), a_return(order)
    client = logged_in(a_merchant())
    pages: dict[str, list[object]] = {
        "order_detail": [order.pk],
        "order_status": [order.pk, "paid"],
        "shipment_create": [order.pk],
        "shipment_report": [shipment.pk],
        "return_create": [order.pk],
        "return_move": [order_return.pk, "approved"],
        "customer_detail": [order.customer.pk],
        "customer_edit": [order.customer.pk],
        "customer_erase": [order.customer.pk],
    }
    for name, args in pages.items():
        url = reverse(name, args=args)
        assert client.get(url).status_code == 404, name
        assert client.post(url).status_code in {404, 405}, name
    for name in ("order_list", "customer_list"):
        assert order.number not in text_of(client.get(reverse(name)))
        assert order.customer.external_id not in text_of(client.get(reverse(name)))
