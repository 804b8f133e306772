"""Which accounts take the texts of a kind, and in which order."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from merchants.models import Merchant
from merchants.ownership import inside
from notifications.configuring import InvalidSettings, save_route
from notifications.models import Route
from tests.builders import a_gateway, a_merchant

pytestmark = pytest.mark.django_db


def saved(shop: Merchant, data: dict[str, Any], route: Route | None = None) -> Route:
    with inside(shop):
        return save_route(shop, data=data, route=route)


def wrong(shop: Merchant, data: dict[str, Any], route: Route | None = None) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as caught:
        saved(shop, data, route)
    assert all(str(error.message) for error in caught.value.errors)
    return {error.field: error.code for error in caught.value.errors}


def test_a_route_keeps_its_order():
    shop = a_merchant()
    first, second = a_gateway(shop, countries=["CN"]), a_gateway(shop)
    made = saved(
        shop, {"country": "cn", "category": "marketing", "gateways": [str(second.pk), str(first.pk)]}
    )
    made.refresh_from_db()
    assert (made.country, made.category, made.gateways) == (
        "CN",
        "marketing",
        [str(second.pk), str(first.pk)],
    )


def test_a_route_may_be_about_everything():
    shop = a_merchant()
    made = saved(shop, {"gateways": [str(a_gateway(shop, countries=["CN"]).pk)]})
    assert (made.country, made.category) == ("", "")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, {"gateways": "required"}),
        ({"gateways": []}, {"gateways": "required"}),
        ({"gateways": "x"}, {"gateways": "not_a_list"}),
        ({"gateways": [str(uuid4())]}, {"gateways[0]": "unknown_gateway"}),
        ({"gateways": [7, None]}, {"gateways[0]": "unknown_gateway", "gateways[1]": "unknown_gateway"}),
        ({"gateways": ["mine", "mine"]}, {"gateways[1]": "twice"}),
        ({"gateways": ["theirs"]}, {"gateways[0]": "unknown_gateway"}),
        ({"gateways": ["removed"]}, {"gateways[0]": "unknown_gateway"}),
        ({"gateways": ["mine", "abroad"], "country": "CN"}, {"gateways[1]": "not_covered"}),
        ({"gateways": ["mine"], "country": "XX"}, {"country": "unknown_country"}),
        ({"gateways": ["mine"], "country": None}, {"country": "unknown_country"}),
        ({"gateways": ["mine"], "category": "spam"}, {"category": "unknown_choice"}),
        ({"gateways": ["mine"], "lane": "urgent"}, {"lane": "unknown_field"}),
    ],
)
def test_it_refuses_a_route_that_leads_nowhere(data, expected):
    shop = a_merchant()
    accounts = {
        "mine": a_gateway(shop),
        "abroad": a_gateway(shop, countries=["US"]),
        "removed": a_gateway(shop),
        "theirs": a_gateway(a_merchant()),
    }
    accounts["removed"].archive()
    if isinstance(data.get("gateways"), list):
        data = data | {
            "gateways": [str(accounts[one].pk) if one in accounts else one for one in data["gateways"]]
        }
    assert wrong(shop, data) == expected
    assert not Route.objects.exists()


def test_there_is_one_route_for_a_kind_of_texts():
    shop = a_merchant()
    ids = [str(a_gateway(shop).pk)]
    made = saved(shop, {"country": "CN", "gateways": ids})
    assert wrong(shop, {"country": "CN", "gateways": ids}) == {"country": "taken"}
    assert saved(shop, {"country": "CN", "category": "marketing", "gateways": ids}) != made
    saved(shop, {"country": "CN"}, made)
    other = a_merchant()
    saved(other, {"country": "CN", "gateways": [str(a_gateway(other).pk)]})


def test_another_country_must_be_covered_by_those_that_are_there():
    shop = a_merchant()
    made = saved(shop, {"gateways": [str(a_gateway(shop, countries=["US"]).pk)]})
    assert wrong(shop, {"country": "CN"}, made) == {"gateways[0]": "not_covered"}
