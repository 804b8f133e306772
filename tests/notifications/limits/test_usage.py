"""What is counted of a merchant's sending limits, and what is told of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from merchants.models import Merchant
from notifications.limits.usage import Budgets, Spending, give_back, reserve, spending, used_now
from notifications.models import SendingLimit, Usage
from notifications.setup import Setup
from orders.models import Event
from tests.builders import a_merchant
from tests.threads import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)  # in Shanghai
MIDNIGHT = datetime(2026, 5, 4, 16, 0, tzinfo=UTC)
JUNE = datetime(2026, 5, 31, 16, 0, tzinfo=UTC)


def a_limit(shop: Merchant, most: int, *, scope: str = "domestic", period: str = "day") -> SendingLimit:
    limit: SendingLimit = SendingLimit.objects.create(merchant=shop, scope=scope, period=period, most=most)
    return limit


def texts(shop: Merchant, *parts: int, country: str = "CN", at: datetime = NOON) -> list[Spending | None]:
    setup = Setup([shop.pk])
    return [spending(setup, shop.pk, country=country, parts=count, at=at) for count in parts]


def told(shop: Merchant) -> list[tuple[str, int]]:
    return [(event.kind, event.data["used"]) for event in Event.objects.filter(merchant=shop).order_by("id")]


def test_who_has_no_limit_is_not_counted() -> None:
    shop = a_merchant()
    spent = texts(shop, 1, 3)
    assert spent == [None, None]
    with CaptureQueriesContext(connection) as queries:
        assert reserve(spent) == [None, None]
        give_back(spent)
        assert Budgets(Setup([]), now=NOON).until(shop.pk, "CN") is None
    assert [
        query["sql"] for query in queries if "limit" in query["sql"].lower() or "usage" in query["sql"]
    ] == []
    assert not Usage.objects.exists()


def test_parts_count_on_the_merchants_day_at_home_and_abroad() -> None:
    shop = a_merchant(country="CN", timezone="Asia/Shanghai")
    a_limit(shop, 100)
    late = datetime(2026, 5, 4, 23, 0, tzinfo=UTC)
    reserve([*texts(shop, 1, 2), *texts(shop, 4, country="HK"), *texts(shop, 8, at=late)])
    reserve(texts(shop, 1))
    counted = {(row.scope, row.day): row.parts for row in Usage.objects.filter(merchant=shop)}
    assert counted == {
        ("domestic", date(2026, 5, 4)): 4,
        ("international", date(2026, 5, 4)): 4,
        ("domestic", date(2026, 5, 5)): 8,
    }
    used = used_now(shop, now=late)
    assert (used["domestic"].day, used["domestic"].month, used["international"].month) == (8, 12, 4)


def test_what_does_not_fit_waits_for_the_next_day_and_is_not_counted() -> None:
    shop = a_merchant()
    a_limit(shop, 5)
    assert reserve(texts(shop, 2, 2, 2, 1, 1)) == [None, None, MIDNIGHT, None, MIDNIGHT]
    assert Usage.objects.get().parts == 5
    assert reserve(texts(shop, 1)) == [MIDNIGHT]
    assert reserve(texts(shop, 1, at=MIDNIGHT)) == [None]


def test_a_month_that_is_used_up_ends_in_the_next_month() -> None:
    shop = a_merchant()
    a_limit(shop, 3, period="month")
    Usage.objects.create(merchant=shop, scope="domestic", day=date(2026, 4, 30), parts=9)
    Usage.objects.create(merchant=shop, scope="domestic", day=date(2026, 5, 1), parts=2)
    assert reserve(texts(shop, 1, 1)) == [None, JUNE]


def test_a_limit_abroad_says_nothing_of_home() -> None:
    shop = a_merchant(country="CN")
    a_limit(shop, 0, scope="international")
    assert reserve([*texts(shop, 1, country="US"), *texts(shop, 1)]) == [MIDNIGHT, None]


def test_each_merchant_has_his_own_limit() -> None:
    shop, other, free = a_merchant(), a_merchant(), a_merchant()
    a_limit(shop, 1)
    a_limit(other, 5)
    spent = [*texts(shop, 1, 1), *texts(other, 1, 1), *texts(free, 1)]
    assert reserve(spent) == [None, MIDNIGHT, None, None, None]


def test_what_was_refused_is_given_back() -> None:
    shop = a_merchant()
    a_limit(shop, 4)
    spent = texts(shop, 2, 2)
    reserve(spent)
    give_back(spent[:1])
    assert Usage.objects.get().parts == 2
    assert reserve(texts(shop, 2, 1)) == [None, MIDNIGHT]


def test_no_more_is_given_back_than_was_counted() -> None:
    shop = a_merchant()
    a_limit(shop, 4)
    reserve(texts(shop, 1))
    give_back(texts(shop, 3))
    assert Usage.objects.get().parts == 0


def test_the_gate_hears_until_when_to_wait() -> None:
    shop, other = a_merchant(), a_merchant()
    a_limit(shop, 2)
    a_limit(other, 2)
    reserve(texts(shop, 2))
    left = Budgets(Setup([shop.pk, other.pk]), now=NOON)
    with CaptureQueriesContext(connection) as queries:
        assert left.until(shop.pk, "CN") == MIDNIGHT
        assert left.until(shop.pk, "US") is None
        assert left.until(other.pk, "CN") is None
    assert len(queries) == 0
    assert Budgets(Setup([shop.pk]), now=MIDNIGHT).until(shop.pk, "CN") is None


def test_the_team_is_told_near_the_end_and_at_the_end_once() -> None:
    shop = a_merchant()
    a_limit(shop, 10)
    for parts, expected in (
        ([7], []),
        ([1], [("limit.near", 8)]),
        ([1], [("limit.near", 8)]),
        ([1], [("limit.near", 8), ("limit.reached", 10)]),
        ([1, 1], [("limit.near", 8), ("limit.reached", 10)]),
    ):
        reserve(texts(shop, *parts))
        assert told(shop) == expected
    give_back(texts(shop, 5))
    reserve(texts(shop, 5))
    assert len(told(shop)) == 2
    event = Event.objects.filter(kind="limit.near").get()
    assert event.data == {"scope": "domestic", "period": "day", "used": 8, "most": 10}


def test_the_next_day_and_another_limit_are_news_again() -> None:
    shop = a_merchant()
    limit = a_limit(shop, 10)
    reserve(texts(shop, 9))
    reserve(texts(shop, 9, at=MIDNIGHT))
    assert told(shop) == [("limit.near", 9)] * 2
    limit.most = 11
    limit.save()
    reserve(texts(shop, 2))
    assert told(shop)[2:] == [("limit.reached", 11)]


def test_a_text_that_did_not_fit_tells_that_the_limit_is_reached() -> None:
    shop = a_merchant()
    a_limit(shop, 10)
    reserve(texts(shop, 7, 4))
    assert told(shop) == [("limit.reached", 7)]


def test_a_jump_to_the_end_tells_of_the_end_only() -> None:
    shop = a_merchant()
    a_limit(shop, 10)
    a_limit(shop, 10, period="month")
    reserve(texts(shop, 10))
    assert told(shop) == [("limit.reached", 10)] * 2
    assert {event.data["period"] for event in Event.objects.all()} == {"day", "month"}


@pytest.mark.django_db(transaction=True)
def test_workers_together_never_exceed_a_limit() -> None:
    shop = a_merchant()
    a_limit(shop, 50)
    a_limit(shop, 90, period="month")

    def work(number: int) -> int:
        day = NOON if number % 2 else MIDNIGHT
        left = 0
        for _ in range(10):
            with transaction.atomic():
                left += reserve(texts(shop, 2, 1, 2, at=day)).count(None)
            with transaction.atomic():
                give_back(texts(shop, 1, at=day))
        return left

    assert all(isinstance(left, int) for left in at_once(4, work))
    days = dict(Usage.objects.values_list("day", "parts"))
    assert max(days.values()) <= 50
    assert sum(days.values()) <= 90
    # What is free in the end is what was given back, and no more was lost.
    assert sum(days.values()) >= 90 - 4 * 10


@pytest.mark.django_db(transaction=True)
def test_workers_together_use_a_limit_to_the_end() -> None:
    shop = a_merchant()
    a_limit(shop, 100)

    def work(_: int) -> int:
        left = 0
        for _ in range(10):
            with transaction.atomic():
                left += reserve(texts(shop, 1, 1, 1, 1, 1)).count(None)
        return left

    assert sum(at_once(4, work)) == 100
    assert Usage.objects.get().parts == 100
    assert told(shop) == [("limit.near", 80), ("limit.reached", 100)]
