"""A script says which gateways take which texts."""

from __future__ import annotations

import pytest

from notifications.models import Route
from tests.api import a_caller
from tests.builders import a_gateway, a_merchant

pytestmark = pytest.mark.django_db
ROUTES = "/api/v1/routes/"


def test_a_route_is_made_read_changed_and_taken_away():
    shop = a_merchant()
    first, second = (str(a_gateway(shop).pk) for _ in range(2))
    caller = a_caller(shop)
    answer = caller.post(ROUTES, {"country": "CN", "category": "marketing", "gateways": [first]})
    assert answer.status_code == 201, answer.json()
    told = answer.json()
    path = f"{ROUTES}{told['id']}/"
    assert caller.get(path).json() == told
    assert caller.get(f"{ROUTES}?country=CN").json()["results"] == [told]
    assert caller.get(f"{ROUTES}?country=US").json()["results"] == []
    changed = caller.patch(path, {"gateways": [second, first]}).json()
    assert (changed["gateways"], changed["category"]) == ([second, first], "marketing")
    assert caller.delete(path).status_code == 204
    assert caller.get(path).status_code == 404
    assert not Route.objects.exists()


def test_what_is_wrong_is_named_by_its_path():
    shop = a_merchant()
    mine, theirs = a_gateway(shop, countries=["US"]), a_gateway(a_merchant())
    answer = a_caller(shop).post(ROUTES, {"country": "CN", "gateways": [str(mine.pk), str(theirs.pk)]})
    assert answer.status_code == 400
    assert {error["field"]: error["code"] for error in answer.json()["errors"]} == {
        "gateways.1": "unknown_gateway"
    }


def test_another_shops_route_is_not_there():
    shop = a_merchant()
    route = Route.objects.create(merchant=shop, gateways=[str(a_gateway(shop).pk)])
    stranger = a_caller(a_merchant())
    assert stranger.get(ROUTES).json()["results"] == []
    for verb in ("get", "patch", "delete"):
        assert getattr(stranger, verb)(f"{ROUTES}{route.pk}/", {}).status_code == 404


def test_who_may_only_read_settings_changes_no_route():
    caller = a_caller(a_merchant(), scopes=["settings:read"])
    assert caller.get(ROUTES).status_code == 200
    assert caller.post(ROUTES, {"gateways": []}).status_code == 403
