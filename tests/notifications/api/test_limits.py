"""How much may be sent is set and seen by a script."""

from __future__ import annotations

import pytest
from django.utils import timezone as clock

from merchants.models import Scope as KeyScope
from notifications.limits.budgets import day_of
from notifications.models import SendingLimit, Usage
from tests.api import a_caller
from tests.builders import a_merchant

pytestmark = pytest.mark.django_db
LIMITS = "/api/v1/limits/"
A_DAY = {"scope": "domestic", "period": "day", "most": 100}


def a_limit(shop, **fields):
    return SendingLimit.objects.create(merchant=shop, **A_DAY | fields)


def test_a_limit_is_made_changed_and_removed():
    caller = a_caller(a_merchant())
    made = caller.post(LIMITS, A_DAY)
    assert made.status_code == 201
    told = made.json()
    assert told == A_DAY | {"id": told["id"], "used": 0}
    one = f"{LIMITS}{told['id']}/"
    assert caller.patch(one, {"most": 200}).json()["most"] == 200
    assert caller.get(one).json() == told | {"most": 200}
    assert caller.delete(one).status_code == 204
    assert caller.get(LIMITS).json()["results"] == []


def test_it_tells_what_is_used_of_each():
    shop = a_merchant()
    today = day_of(clock.now(), shop.timezone)
    for period, scope in (("day", "domestic"), ("month", "domestic"), ("day", "international")):
        a_limit(shop, period=period, scope=scope)
    Usage.objects.create(merchant=shop, scope="domestic", day=today, parts=7)
    Usage.objects.create(merchant=shop, scope="domestic", day=today.replace(day=1 + today.day % 28), parts=30)
    Usage.objects.create(merchant=a_merchant(), scope="international", day=today, parts=50)
    told = {
        (one["scope"], one["period"]): one["used"] for one in a_caller(shop).get(LIMITS).json()["results"]
    }
    assert told == {
        ("domestic", "day"): 7,
        ("domestic", "month"): 37,
        ("international", "day"): 0,
    }


def test_what_is_wrong_stands_beside_its_field():
    shop = a_merchant()
    a_limit(shop)
    caller = a_caller(shop)
    for body, expected in (
        (A_DAY, {"period": "taken"}),
        (A_DAY | {"most": -1}, {"most": "out_of_range", "period": "taken"}),
        ({"used": 0}, dict.fromkeys(A_DAY, "required") | {"used": "unknown_field"}),
    ):
        answer = caller.post(LIMITS, body)
        assert answer.status_code == 400
        assert {error["field"]: error["code"] for error in answer.json()["errors"]} == expected


@pytest.mark.parametrize("verb", ["get", "patch", "delete"])
def test_another_shops_limit_is_not_there(verb):
    limit = a_limit(a_merchant())
    caller = a_caller(a_merchant())
    assert getattr(caller, verb)(f"{LIMITS}{limit.pk}/", {"most": 1}).status_code == 404
    assert caller.get(LIMITS).json()["results"] == []
    limit.refresh_from_db()
    assert limit.most == 100


def test_a_key_that_may_only_read_changes_nothing():
    shop = a_merchant()
    limit = a_limit(shop)
    caller = a_caller(shop, scopes=[KeyScope.SETTINGS_READ])
    assert caller.get(LIMITS).status_code == 200
    for answer in (caller.post(LIMITS, A_DAY), caller.delete(f"{LIMITS}{limit.pk}/")):
        assert answer.status_code == 403
