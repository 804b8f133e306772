from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone as clock
from hypothesis import given
from hypothesis import strategies as st

from merchants.ids import uuid7
from merchants.models import Merchant
from notifications import query_codes
from notifications.models import QueryCode
from orders.models import Order
from tests.builders import a_customer, a_merchant, an_order
from tests.threads import at_once


def code_of(order: Order) -> str:
    return query_codes.of_orders({order.pk: order.merchant_id})[order.pk]


def grown_old(order: Order, days: float) -> None:
    QueryCode.objects.filter(order=order).update(created_at=clock.now() - timedelta(days=days))


@pytest.fixture
def shop(db: None) -> Merchant:
    return a_merchant()


def test_a_code_is_six_characters_that_cannot_be_mistaken(shop: Merchant) -> None:
    code = code_of(an_order(shop))
    assert len(code) == 6
    assert not set(code) & set("01OILSZB")


def test_an_order_keeps_its_code(shop: Merchant) -> None:
    order = an_order(shop)
    assert code_of(order) == code_of(order)


def test_many_orders_take_as_many_queries_as_one(shop: Merchant) -> None:
    counts = []
    for number in (1, 40):
        orders = {an_order(shop).pk: shop.pk for _ in range(number)}
        with CaptureQueriesContext(connection) as queries:
            codes = query_codes.of_orders(orders)
        # SQLite writes fewer rows at once than PostgreSQL.
        counts.append(len([one for one in queries if "INSERT" not in one["sql"]]))
        assert codes.keys() == orders.keys()
        assert len(set(codes.values())) == number
    assert counts[0] == counts[1] <= 4


def test_codes_that_are_known_take_one_query(shop: Merchant) -> None:
    orders = {an_order(shop).pk: shop.pk for _ in range(3)}
    codes = query_codes.of_orders(orders)
    with CaptureQueriesContext(connection) as queries:
        assert query_codes.of_orders(orders) == codes
    assert len(queries) == 1


def test_orders_of_several_shops_go_together(shop: Merchant) -> None:
    orders = [an_order(shop), an_order(a_merchant())]
    codes = query_codes.of_orders({order.pk: order.merchant_id for order in orders})
    for order in orders:
        assert query_codes.find_order(order.merchant, codes[order.pk]) == order


def test_nothing_is_asked_about_no_orders(db: None) -> None:
    assert query_codes.of_orders({}) == {}


@pytest.mark.django_db(transaction=True)
def test_who_asks_at_the_same_time_gets_the_same_code() -> None:
    shop = a_merchant()
    orders = {an_order(shop).pk: shop.pk for _ in range(20)}
    backwards = dict(reversed(orders.items()))
    answers = at_once(6, lambda place: query_codes.of_orders(backwards if place % 2 else orders))
    assert all(answer == answers[0] for answer in answers), answers
    assert answers[0].keys() == orders.keys()
    assert QueryCode.objects.count() == 20


def test_a_code_that_is_taken_is_drawn_again(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    first = an_order(shop)
    taken = iter(code_of(first))
    choose = secrets.choice
    monkeypatch.setattr(secrets, "choice", lambda letters: next(taken, "") or choose(letters))
    second = an_order(shop)
    assert code_of(second) != code_of(first)
    assert query_codes.find_order(shop, code_of(second)) == second


def test_two_shops_may_have_the_same_code(shop: Merchant) -> None:
    other = a_merchant()
    here, there = an_order(shop), an_order(other)
    for order in (here, there):
        QueryCode.objects.create(merchant=order.merchant, order=order, code="K7M3QX")
    assert query_codes.find_order(shop, "K7M3QX") == here
    assert query_codes.find_order(other, "K7M3QX") == there


def test_another_shops_code_finds_nothing(shop: Merchant) -> None:
    assert query_codes.find_order(a_merchant(), code_of(an_order(shop))) is None


def test_an_old_code_finds_nothing(shop: Merchant) -> None:
    order = an_order(shop)
    code = code_of(order)
    grown_old(order, 179.9)
    assert query_codes.find_order(shop, code) == order
    grown_old(order, 180.1)
    assert query_codes.find_order(shop, code) is None


def test_a_code_that_is_told_again_lives_on(shop: Merchant) -> None:
    order = an_order(shop)
    code = code_of(order)
    grown_old(order, 200)
    assert code_of(order) == code
    assert query_codes.find_order(shop, code) == order


def test_a_code_of_somebody_erased_finds_nothing(shop: Merchant) -> None:
    order = an_order(shop, customer=a_customer(shop, erased_at=clock.now()))
    assert query_codes.find_order(shop, code_of(order)) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("k7m3qx", "K7M3QX"),
        (" K7M 3QX\n", "K7M3QX"),
        ("K7M-3QX ", "K7M3QX"),
        ("Ｋ７Ｍ３ＱＸ", "K7M3QX"),
        ("BSZ234", "852234"),
        ("K7M3Q", ""),
        ("K7M3QXX", ""),
        ("K7M3Q0", ""),
        ("", ""),
        ("订单查询码是", ""),
    ],
)
def test_it_reads_a_code_as_people_type_it(typed: str, code: str) -> None:
    assert query_codes.read(typed) == code


@given(st.text(max_size=200))
def test_what_is_read_is_a_code_or_nothing(typed: str) -> None:
    code = query_codes.read(typed)
    assert code == "" or (len(code) == 6 and set(code) <= set(query_codes.ALPHABET))


def test_the_address_is_the_same_for_ever(shop: Merchant, settings: Any) -> None:
    settings.PUBLIC_URL = "https://bell.example.com"
    address = query_codes.url(shop.pk)
    settings.SECRET_KEY = "another"
    assert query_codes.url(shop.pk) == address
    assert address == f"https://bell.example.com/q/{query_codes.key_of(shop.pk)}/"
    assert query_codes.key_of(UUID("019a0000-1234-7abc-8def-0123456789ab")) == "sm00026f2db"


def test_a_key_leads_to_its_shop_alone(shop: Merchant) -> None:
    shops = [shop, *(a_merchant() for _ in range(5))]
    for one in shops:
        key = query_codes.key_of(one.pk)
        assert len(key) == 11
        assert query_codes.find_merchant(key) == one
        assert query_codes.find_merchant(key.upper().replace("0", "O").replace("1", "I")) == one


@pytest.mark.parametrize("key", ["", "0", "-", "é", "a" * 11, "z" * 13, "z" * 500, "%00", "\0", "1" * 12])
def test_a_key_that_is_none_leads_nowhere(shop: Merchant, key: str) -> None:
    assert query_codes.find_merchant(key) is None


@given(st.uuids())
def test_every_id_has_a_key_of_its_own_second(id: UUID) -> None:
    assert set(query_codes.key_of(id)) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_keys_of_ids_made_one_after_the_other_differ() -> None:
    assert len({query_codes.key_of(uuid7()) for _ in range(100)}) == 100
    assert query_codes.key_of(uuid4()) != query_codes.key_of(uuid4())
