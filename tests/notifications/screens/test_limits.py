"""How much may be sent, and how much of it is used, on screen."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone as clock

from merchants.models import Merchant
from merchants.roles import Right, Role
from notifications.models import SendingLimit, Usage
from tests.builders import a_merchant
from tests.notifications.screens.given import (
    Doors,
    answers_to_a_stranger,
    expected_doors,
    logged_in,
    open_doors,
)

pytestmark = pytest.mark.django_db


def a_limit(shop: Merchant, *, used: int = 0, **fields: object) -> SendingLimit:
    limit: SendingLimit = SendingLimit.objects.create(
        merchant=shop, **{"scope": "domestic", "period": "day", "most": 200} | fields
    )
    if used:
        today = clock.localtime(timezone=clock.get_default_timezone()).date()
        Usage.objects.create(merchant=shop, scope=limit.scope, day=today, parts=used)
    return limit


def doors(limit: SendingLimit) -> Doors:
    return {f"limit_{name}": (Right.CONFIGURE, [limit.pk]) for name in ("edit", "remove")}


def listed(shop: Merchant) -> str:
    return logged_in(shop).get(reverse("limit_list")).content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_has_the_right_to(role):
    shop = a_merchant()
    every = dict(doors(a_limit(shop))) | {
        name: (Right.CONFIGURE, []) for name in ("limit_list", "limit_create")
    }
    assert open_doors(shop, every, role=role) == expected_doors(every, role=role)


def test_another_shops_limit_is_not_found():
    every = doors(a_limit(a_merchant()))
    assert answers_to_a_stranger(every) == {name: {404} for name in every}
    assert SendingLimit.objects.exists()


def test_the_list_says_how_much_is_used():
    shop = a_merchant(timezone="UTC")
    a_limit(shop, used=150)
    page = listed(shop)
    assert 'max="200"' in page
    assert 'value="150"' in page
    assert "75% used" in page
    assert "used up" not in page


@pytest.mark.parametrize(("most", "used"), [(0, 0), (5, 5), (5, 9)])
def test_what_is_used_up_is_said(most, used):
    shop = a_merchant(timezone="UTC")
    a_limit(shop, most=most, used=used)
    assert "used up" in listed(shop)


def test_a_shop_without_limits_is_told_what_they_are_good_for():
    assert "A limit guards against a costly mistake." in listed(a_merchant())


def test_a_limit_is_set_changed_and_removed():
    shop = a_merchant()
    client = logged_in(shop)
    client.post(reverse("limit_create"), {"scope": "international", "period": "month", "most": "500"})
    made = SendingLimit.objects.get()
    assert (made.merchant, made.scope, made.period, made.most) == (shop, "international", "month", 500)
    client.post(reverse("limit_edit", args=[made.pk]), {"most": "700"})
    made.refresh_from_db()
    assert made.most == 700
    client.post(reverse("limit_remove", args=[made.pk]))
    assert not SendingLimit.objects.exists()


@pytest.mark.parametrize(
    ("entered", "fields"),
    [
        ({}, {"scope", "period", "most"}),
        ({"scope": "domestic", "period": "day", "most": "5"}, {"period"}),
        ({"scope": "domestic", "period": "month", "most": "-1"}, {"most"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(entered, fields):
    shop = a_merchant()
    a_limit(shop)
    page = logged_in(shop).post(reverse("limit_create"), entered)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == fields
    assert SendingLimit.objects.count() == 1


def test_the_list_takes_few_queries(django_assert_max_num_queries):
    shop = a_merchant()
    for scope in ("domestic", "international"):
        for period in ("day", "month"):
            a_limit(shop, scope=scope, period=period)
    client = logged_in(shop)
    with django_assert_max_num_queries(7):
        client.get(reverse("limit_list"))
