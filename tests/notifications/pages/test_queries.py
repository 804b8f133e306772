from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import Brand, Merchant
from notifications import query_codes
from notifications.pages import queries
from orders.models import Order
from tests.builders import a_customer, a_merchant, a_shipment, an_order

NOON = datetime(2026, 10, 12, 4, tzinfo=UTC)


@pytest.fixture
def shop(db: None) -> Merchant:
    return a_merchant(name="叮单茶铺")


@pytest.fixture
def order(shop: Merchant) -> Order:
    customer = a_customer(shop, name="Li Na", email="li.na@mail.example", phone="+8613800138000")
    return an_order(shop, number="A-17", status="paid", customer=customer, placed_at=NOON)


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def _one_minute() -> None:
    """Begin early in a minute: what is counted begins anew with the next."""
    left = 60 - time.time() % 60
    if left < 3:
        time.sleep(left)


def path(shop: Merchant) -> str:
    return f"/q/{query_codes.key_of(shop.pk)}/"


def code_of(order: Order) -> str:
    return query_codes.of_orders({order.pk: order.merchant_id})[order.pk]


def look_up(browser: Client, order: Order, **more: Any) -> Any:
    return browser.get(path(order.merchant), {"code": code_of(order)}, **more)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_page_asks_for_a_code_and_nothing_else(browser: Client, shop: Merchant):
    page = text(browser.get(path(shop)))
    assert "叮单茶铺" in page
    assert page.count("<input") == 1


def test_a_code_shows_how_the_order_stands(browser: Client, order: Order):
    a_shipment(
        order,
        status="in_transit",
        carrier="SF Express",
        tracking_number="SF123",
        eta=datetime(2026, 10, 14, 9, tzinfo=UTC),
        moved_at=NOON,
    )
    response = look_up(browser, order)
    assert response.status_code == 200
    for part in ("A-17", "Paid", "In transit", "SF Express", "SF123", "14 Oct, 17:00", "12 Oct, 12:00"):
        assert part in text(response), part


def test_every_parcel_is_shown(browser: Client, order: Order):
    for number in ("SF1", "SF2"):
        a_shipment(order, tracking_number=number)
    page = text(look_up(browser, order))
    assert page.count('class="parcel"') == 2


def test_what_has_arrived_is_expected_no_more(browser: Client, order: Order):
    a_shipment(order, status="delivered", eta=datetime(2026, 10, 14, 9, tzinfo=UTC))
    page = text(look_up(browser, order))
    assert "Delivered" in page
    assert "14 Oct" not in page


def test_an_order_without_a_parcel_says_so(browser: Client, order: Order):
    assert "Nothing has been sent yet." in text(look_up(browser, order))


def test_it_says_nothing_of_the_person(browser: Client, order: Order):
    a_shipment(order, location="12 High Street, Li Na", courier_name="Wang", courier_phone="13900139000")
    page = text(look_up(browser, order))
    for secret in ("Li Na", "li.na@", "13800138000", "High Street", "Wang", "13900139000", "88.00", "tea"):
        assert secret not in page, secret


def test_a_post_leads_to_the_page_of_the_code(browser: Client, order: Order):
    code = code_of(order)
    response = browser.post(f"{path(order.merchant)}?lang=zh-hans", {"code": f"{code} &x=1"})
    assert response.status_code == 303
    assert response["Location"] == f"{path(order.merchant)}?code={code}+%26x%3D1&lang=zh-hans"
    response = browser.post(path(order.merchant), {"code": code}, follow=True)
    assert "A-17" in text(response)


def test_another_shops_code_finds_nothing(browser: Client, order: Order):
    response = browser.get(path(a_merchant()), {"code": code_of(order)})
    assert response.status_code == 404
    assert "A-17" not in text(response)


@pytest.mark.parametrize("code", ["K7M3QX", "x", "\0", "<script>", "é" * 5_000, "'; DROP TABLE"])
def test_a_wrong_code_gets_a_friendly_answer(browser: Client, shop: Merchant, code: str):
    response = browser.get(path(shop), {"code": code, "lang": "en"})
    assert response.status_code == 404
    assert "no order with this code" in text(response)
    assert "<script" not in text(response)


@pytest.mark.parametrize("key", ["x", "0" * 11, "%00", "é", "z" * 300])
def test_a_key_that_is_none_gets_a_friendly_answer(db: None, browser: Client, key: str):
    response = browser.get(f"/q/{key}/")
    assert response.status_code == 404
    assert "<main>" in text(response)
    assert response["Cache-Control"] == "no-store"


def test_one_caller_tries_ten_codes_a_minute(browser: Client, order: Order):
    answers = [look_up(browser, order).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    refused = look_up(browser, order)
    assert refused["Retry-After"] == "60"
    assert "A-17" not in text(refused)
    assert look_up(browser, order, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_to_open_the_form_is_counted_for_nobody(browser: Client, order: Order):
    for _ in range(20):
        browser.get(path(order.merchant))
    assert look_up(browser, order).status_code == 200


def test_a_whole_network_of_ipv6_is_one_caller(browser: Client, order: Order):
    for number in range(10):
        look_up(browser, order, REMOTE_ADDR=f"2001:db8::{number}")
    assert look_up(browser, order, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert look_up(browser, order, REMOTE_ADDR="2001:db8:1::1").status_code == 200


def test_behind_a_proxy_the_caller_is_whom_the_proxy_saw(browser: Client, order: Order, settings: Any):
    settings.BEHIND_PROXY = True
    for number in range(11):
        answer = look_up(browser, order, HTTP_X_FORWARDED_FOR=f"10.9.9.{number}, 203.0.113.{number}")
        assert answer.status_code == 200


def test_wrong_codes_from_everywhere_close_the_shops_page_for_a_minute(
    browser: Client, order: Order, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queries, "MOST_WRONG_IN_A_SHOP", 5)
    for number in range(5):
        browser.get(path(order.merchant), {"code": "K7M3QX"}, REMOTE_ADDR=f"203.0.113.{number}")
    assert look_up(browser, order).status_code == 429
    other = an_order(a_merchant())
    assert look_up(browser, other).status_code == 200


def test_right_codes_close_nothing(browser: Client, order: Order, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "MOST_WRONG_IN_A_SHOP", 5)
    for number in range(8):
        assert look_up(browser, order, REMOTE_ADDR=f"203.0.113.{number}").status_code == 200


@pytest.mark.parametrize(
    ("language", "query", "spoken"),
    [("zh-CN", {}, "zh-hans"), ("en-GB", {}, "en"), ("zh-hans", {"lang": "en"}, "en")],
)
def test_it_speaks_the_customers_language(
    browser: Client, shop: Merchant, language: str, query: dict[str, str], spoken: str
):
    order = an_order(shop, status="paid", customer=a_customer(shop, language=language))
    response = browser.get(path(shop), {"code": code_of(order)} | query)
    assert f'<html lang="{spoken}">' in text(response)
    assert ("已付款" in text(response)) == (spoken == "zh-hans")


def test_the_form_speaks_the_browsers_language_else_the_shops(db: None, browser: Client):
    shop = a_merchant(language="zh-hans")
    assert '<html lang="zh-hans">' in text(browser.get(path(shop)))
    assert '<html lang="en">' in text(browser.get(path(shop), headers={"accept-language": "en-GB"}))


def test_another_language_is_chosen_without_typing_again(browser: Client, order: Order):
    code = code_of(order)
    assert f'href="?code={code}&amp;lang=zh-hans"' in text(look_up(browser, order))
    form = text(browser.get(path(order.merchant), {"lang": "zh-hans"}))
    assert '<input type="hidden" name="lang" value="zh-hans">' in form


def test_the_page_runs_nothing_keeps_nothing_and_is_listed_nowhere(browser: Client, order: Order):
    for response in (browser.get(path(order.merchant)), look_up(browser, order)):
        assert "<script" not in text(response)
        assert "style=" not in text(response)
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]


def test_it_wears_the_merchants_colours(browser: Client, shop: Merchant):
    Brand.objects.create(merchant=shop, accent="#ffcc00", support_phone="400-800-1234")
    page = text(browser.get(path(shop)))
    assert f"/brand/{shop.pk}.css?v=" in page
    assert "400-800-1234" in page


def test_many_parcels_take_no_more_queries_than_one(browser: Client, order: Order):
    code_of(order)
    counts = []
    for more in (1, 30):
        for _ in range(more):
            a_shipment(order)
        with CaptureQueriesContext(connection) as made:
            response = look_up(browser, order)
        counts.append(len(made))
    assert counts[0] == counts[1]
    assert text(response).count('class="parcel"') == queries.MOST_PARCELS
