"""orders/ over the API."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.events import Lane
from orders.models import Customer, Event, Order
from tests.api import a_caller
from tests.builders import a_merchant, an_order

pytestmark = pytest.mark.django_db

ORDERS = "/api/v1/orders/"
BODY: dict[str, Any] = {
    "number": "A-1",
    "currency": "CNY",
    "total": "176.00",
    "status": "paid",
    "payment_due_at": "2026-05-01T08:00:00+08:00",
    "ip": "203.0.113.7",
    "source": "web",
    "language": "zh-CN",
    "customer": {
        "external_id": "u1",
        "name": "李娜 <script>alert(1)</script>",
        "email": "Li@Mail.example",
        "phone": "138 0000 0001",
        "language": "zh-Hans",
        "timezone": "Asia/Shanghai",
        "country": "CN",
        "region": "浙江",
    },
    "items": [
        {"sku": "TEA-1", "name": "龙井", "quantity": 2, "unit_price": "88.00", "kind": "physical"},
        {"sku": "CUP", "name": "Cup"},
        {"sku": "CARD", "name": "Card", "kind": "virtual"},
    ],
    "attributes": {"gift": True, "tags": ["a", {"b": 1.5}]},
}


def test_it_takes_an_order_and_gives_it_back():
    client = a_caller(a_merchant())
    posted = client.post(ORDERS, BODY)
    assert posted.status_code == 201, posted.json()
    order = client.get(f"{ORDERS}A-1/").json()
    assert order == posted.json()
    assert (order["total"], order["currency"], order["language"]) == ("176.00", "CNY", "zh-hans")
    assert order["payment_due_at"] == "2026-05-01T00:00:00Z"
    assert order["customer"]["phone"] == "+8613800000001"
    assert [item["name"] for item in order["items"]] == ["龙井", "Cup", "Card"]
    assert order["items"][0]["unit_price"] == "88.00"
    assert order["attributes"] == BODY["attributes"]


def test_the_least_there_can_be_is_number_total_and_customer():
    answer = a_caller(a_merchant(currency="EUR")).post(
        ORDERS, {"number": "1", "total": 5, "customer": {"email": "li@mail.example"}}
    )
    assert answer.status_code == 201
    assert (answer.json()["currency"], answer.json()["status"]) == ("EUR", "created")


def test_an_order_costs_few_queries():
    merchant = a_merchant()
    client = a_caller(merchant)
    client.post(ORDERS, BODY)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.post(ORDERS, BODY | {"number": "A-2"})
    # The key, BEGIN, customer, order, two events, items, COMMIT, the items read back.
    assert len(queries) <= 10, [query["sql"][:90] for query in queries]


def test_a_number_that_is_there_is_409_and_changes_nothing():
    client = a_caller(a_merchant())
    client.post(ORDERS, BODY)
    answer = client.post(ORDERS, BODY | {"total": "1.00", "customer": BODY["customer"] | {"name": "Other"}})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert Order.objects.get().total == Decimal("176.00")
    assert Customer.objects.get().name == BODY["customer"]["name"]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"id": "x"}, "id", "read_only"),
        ({"customer": {"external_id": "u1", "vip": True}}, "customer.vip", "unknown_field"),
        ({"items": [{"name": "Tea", "colour": 1}]}, "items.0.colour", "unknown_field"),
        ({"items": [{"sku": "1"}]}, "items.0.name", "required"),
        ({"items": "tea"}, "items", "not_a_list"),
        ({"items": [{"name": "Tea", "quantity": 2**31}]}, "items.0.quantity", "max_value"),
        ({"number": ""}, "number", "blank"),
        ({"number": "bulk"}, "number", "invalid_number"),
        ({"number": "a\u0000b"}, "number", "null_characters_not_allowed"),
        ({"total": "-1"}, "total", "min_value"),
        ({"total": "1e400"}, "total", "max_digits"),
        ({"total": "NaN"}, "total", "invalid"),
        ({"total": None}, "total", "null"),
        ({"total": "1.001"}, "total", "max_decimal_places"),
        ({"currency": "JPY", "total": "1.50"}, "total", "too_precise"),
        ({"currency": "QQQ"}, "currency", "unknown_currency"),
        ({"status": "shipped"}, "status", "invalid_choice"),
        ({"placed_at": "2026-05-01T08:00:00"}, "placed_at", "naive_time"),
        ({"placed_at": "yesterday"}, "placed_at", "invalid"),
        ({"placed_at": "9999-12-31T23:59:59-12:00"}, "placed_at", "overflow"),
        ({"placed_at": "0001-01-01T00:00:00Z"}, "placed_at", "impossible_time"),
        ({"ip": "300.1.1.1"}, "ip", "invalid"),
        ({"attributes": [1]}, "attributes", "not_an_object"),
        ({"attributes": {"a": "\u0000"}}, "attributes", "invalid_text"),
        ({"attributes": {"a": 10**30}}, "attributes", "invalid_number"),
        ({"customer": {"external_id": "u1", "phone": "12345"}}, "customer.phone", "impossible_phone"),
        ({"customer": {"external_id": "u1", "phone": "+999 1"}}, "customer.phone", "impossible_phone"),
        ({"customer": {"name": "Nobody"}}, "customer.external_id", "required"),
        ({"customer": None}, "customer", "null"),
        ({"customer": []}, "customer", "invalid"),
    ],
)
def test_it_says_which_field_is_wrong_and_changes_nothing(change, field, code):
    answer = a_caller(a_merchant()).post(ORDERS, BODY | change)
    assert answer.status_code == 400, answer.json()
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert not Order.objects.exists()
    assert not Customer.objects.exists()
    assert not Event.objects.exists()


def test_a_status_changes_by_patch():
    merchant = a_merchant()
    order = an_order(merchant)
    answer = a_caller(merchant).patch(f"{ORDERS}{order.number}/", {"status": "paid", "attributes": {"a": 1}})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["attributes"]) == ("paid", {"a": 1})
    assert list(order.events.order_by("id").values_list("kind", flat=True)) == ["order.created", "order.paid"]


def test_an_illegal_change_is_409_and_says_what_is_legal():
    merchant = a_merchant()
    order = an_order(merchant, status="flagged")
    answer = a_caller(merchant).patch(f"{ORDERS}{order.number}/", {"status": "paid", "source": "web"})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    assert (answer.json()["current"], answer.json()["legal"]) == ("flagged", ["approved", "cancelled"])
    order.refresh_from_db()
    assert (order.status, order.source) == ("flagged", "")


def test_the_number_does_not_change():
    merchant = a_merchant()
    answer = a_caller(merchant).patch(f"{ORDERS}{an_order(merchant).number}/", {"number": "B"})
    assert answer.json()["errors"][0]["code"] == "read_only"


def test_it_pages_by_a_cursor_newest_first():
    merchant = a_merchant()
    for number in range(5):
        an_order(merchant, number=f"N{number}")
    client = a_caller(merchant)
    first = client.get(f"{ORDERS}?limit=2").json()
    an_order(merchant, number="N9")
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    pages = [[order["number"] for order in page["results"]] for page in (first, second, third)]
    assert pages == [["N4", "N3"], ["N2", "N1"], ["N0"]]
    assert third["next"] is None
    assert [order["number"] for order in client.get(third["previous"]).json()["results"]] == ["N2", "N1"]


def test_it_filters():
    merchant = a_merchant()
    paid = an_order(merchant, status="paid", placed_at=datetime(2026, 5, 1, tzinfo=UTC))
    an_order(merchant)
    client = a_caller(merchant)
    for query in (
        "status=paid",
        f"customer={paid.customer.external_id}",
        "placed_before=2026-05-02T00:00:00Z",
    ):
        assert [order["number"] for order in client.get(f"{ORDERS}?{query}").json()["results"]] == [
            paid.number
        ]
    assert client.get(f"{ORDERS}?status=shipped").json()["errors"][0]["field"] == "status"


def test_a_list_costs_the_same_however_long():
    merchant = a_merchant()
    client = a_caller(merchant)
    counts = []
    for _ in range(2):
        an_order(merchant)
        an_order(merchant)
        client.get(ORDERS)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(ORDERS).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


def test_bulk_keeps_the_good_and_says_why_not_of_the_others():
    merchant = a_merchant()
    an_order(merchant, number="A-3")
    orders = [
        BODY,
        BODY | {"number": "A-2", "currency": "QQQ"},
        BODY | {"number": "A-3"},
        BODY | {"number": "A-4", "customer": {"external_id": "u2"}},
        "nonsense",
        BODY,
    ]
    answer = a_caller(merchant).post(f"{ORDERS}bulk/", {"orders": orders})
    assert answer.status_code == 200
    told = [(row["number"], row["status"], row.get("code")) for row in answer.json()["results"]]
    assert told == [
        ("A-1", "created", None),
        ("A-2", "error", "invalid_input"),
        ("A-3", "error", "already_exists"),
        ("A-4", "created", None),
        (None, "error", "invalid_input"),
        ("A-1", "error", "already_exists"),
    ]
    assert (answer.json()["created"], answer.json()["failed"]) == (2, 4)
    assert set(Event.objects.filter(order__number="A-4").values_list("lane", flat=True)) == {Lane.BULK}


def test_bulk_takes_500_at_most_and_a_bare_list_as_well():
    client = a_caller(a_merchant())
    answer = client.post(f"{ORDERS}bulk/", {"orders": [BODY] * 501})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "max_length")
    orders = [BODY | {"number": str(number)} for number in range(500)]
    assert client.post(f"{ORDERS}bulk/", orders).json()["created"] == 500


def test_another_merchants_order_is_nowhere():
    theirs = an_order(a_merchant())
    client = a_caller(a_merchant())
    path = f"{ORDERS}{theirs.number}/"
    for answer in (
        client.get(path),
        client.patch(path, {"status": "paid"}),
        client.get(f"{path}shipments/"),
        client.post(f"{path}shipments/", {}),
        client.get(f"{path}returns/"),
        client.post(f"{path}returns/", {}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.get(ORDERS).json()["results"] == []
