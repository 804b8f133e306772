"""Which gateways take which texts, said on screen; and which way one would go now."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone as clock

from merchants.models import Merchant
from merchants.roles import Right, Role
from notifications.models import GatewayAccount, Route
from tests.builders import a_gateway, a_merchant, a_signature, a_template
from tests.notifications.screens.given import (
    Doors,
    answers_to_a_stranger,
    expected_doors,
    logged_in,
    open_doors,
)

pytestmark = pytest.mark.django_db


def a_route(shop: Merchant, *accounts: GatewayAccount, **fields: str) -> Route:
    made: Route = Route.objects.create(merchant=shop, gateways=[str(one.pk) for one in accounts], **fields)
    return made


def doors(route: Route) -> Doors:
    return {f"route_{name}": (Right.CONNECT, [route.pk]) for name in ("edit", "remove")}


def listed(shop: Merchant, **query: str) -> str:
    page = logged_in(shop).get(reverse("route_list"), query)
    return html.unescape(page.content.decode())


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_has_the_right_to(role):
    shop = a_merchant()
    every = dict(doors(a_route(shop, a_gateway(shop)))) | {
        name: (Right.CONNECT, []) for name in ("route_list", "route_create")
    }
    assert open_doors(shop, every, role=role) == expected_doors(every, role=role)


def test_another_shops_route_is_not_found():
    shop = a_merchant()
    every = doors(a_route(shop, a_gateway(shop)))
    assert answers_to_a_stranger(every) == {name: {404} for name in every}
    assert Route.objects.exists()


def test_routes_are_said_in_words_and_what_happens_to_everything_else():
    shop = a_merchant()
    first, second = a_gateway(shop, name="Aliyun", priority=2), a_gateway(shop, name="Kannel", priority=1)
    a_gateway(shop, name="Old", is_active=False)
    a_route(shop, first, second, country="CN", category="marketing")
    a_route(shop, second)
    page = listed(shop)
    assert "China: Marketing" in page
    assert "Aliyun → Kannel" in page
    assert "Every country: all texts" in page
    assert "Kannel → Aliyun" in page[page.index("Everything else") :]
    assert "Old" not in page


def test_a_shop_without_routes_and_gateways_is_told_what_that_means():
    page = listed(a_merchant())
    assert "Without a route every text takes the first gateway" in page
    assert "No gateway is switched on" in page
    assert "no text template in use" in page


def test_gateways_that_are_off_or_gone_are_named():
    shop = a_merchant()
    off, gone = a_gateway(shop, name="Off one", is_active=False), a_gateway(shop)
    a_route(shop, off, gone)
    a_route(shop, gone, country="US")
    gone.archive()
    page = listed(shop)
    assert "Off one (off) (and 1 that was removed)" in page
    assert "None of its gateways is left" in page


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_takes_the_same_few_queries_however_long(rows, django_assert_max_num_queries):
    shop = a_merchant()
    template = a_template(shop)
    for country in ["CN", "US", "DE", "FR", "JP", "KR", "TH", "VN", "IT", "ES"][:rows]:
        a_route(shop, a_gateway(shop), country=country)
    client = logged_in(shop)
    with django_assert_max_num_queries(14):
        client.get(reverse("route_list"), {"country": "CN", "template": str(template.pk)})


def test_a_route_is_made_in_the_order_of_its_choices():
    shop = a_merchant()
    first, _second, third = (a_gateway(shop) for _ in range(3))
    entered = {"country": "CN", "category": "", "place_1": third.pk, "place_2": "", "place_3": first.pk}
    page = logged_in(shop).post(reverse("route_create"), entered)
    assert page["Location"] == reverse("route_list")
    made = Route.objects.get()
    assert (made.merchant, made.country, made.category) == (shop, "CN", "")
    assert made.gateways == [str(third.pk), str(first.pk)]


def test_a_route_is_changed_and_removed():
    shop = a_merchant()
    first, second = a_gateway(shop), a_gateway(shop)
    route = a_route(shop, first, second, country="CN")
    client = logged_in(shop)
    form = client.get(reverse("route_edit", args=[route.pk])).context["form"]
    assert [form.initial[f"place_{number}"] for number in (1, 2)] == [str(first.pk), str(second.pk)]
    client.post(
        reverse("route_edit", args=[route.pk]), {"country": "CN", "place_1": second.pk, "place_2": first.pk}
    )
    route.refresh_from_db()
    assert route.gateways == [str(second.pk), str(first.pk)]
    client.post(reverse("route_remove", args=[route.pk]))
    assert not Route.objects.exists()


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({}, "place_1"),
        ({"place_1": "mine", "place_3": "mine"}, "place_3"),
        ({"place_1": "mine", "place_3": "abroad", "country": "CN"}, "place_3"),
        ({"place_1": "theirs"}, "place_1"),
        ({"place_1": "mine", "country": "DE"}, "country"),
        ({"place_1": "mine", "country": "XX"}, "country"),
    ],
)
def test_what_is_wrong_is_said_at_its_choice(entered, field):
    shop = a_merchant()
    accounts = {
        "mine": a_gateway(shop),
        "abroad": a_gateway(shop, countries=["US"]),
        "third": a_gateway(shop),
        "theirs": a_gateway(a_merchant()),
    }
    a_route(shop, accounts["third"], country="DE")
    entered = {name: accounts[value].pk if value in accounts else value for name, value in entered.items()}
    page = logged_in(shop).post(reverse("route_create"), entered)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert Route.objects.count() == 1


def checked(shop: Merchant, **fields: str) -> str:
    template = a_template(shop, **fields)
    return listed(shop, country="CN", template=str(template.pk))


def test_the_check_names_each_gateway_with_what_stands_in_its_way():
    shop = a_merchant()
    a_signature(shop)
    soon = clock.now() + timedelta(minutes=5)
    a_gateway(shop, name="One", priority=1, paused_until=soon, rests=1)
    a_gateway(shop, name="Two", priority=2, kind="aliyun")
    a_gateway(shop, name="Three", priority=3, doubted_until=soon, rests=1)
    a_gateway(shop, name="Four", priority=4)
    a_gateway(shop, name="Five", priority=5)
    a_gateway(shop, name="Abroad", priority=1, countries=["US"])
    page = checked(shop)
    answer = page[page.index('id="ways"') :]
    places = [
        answer.find(words)
        for words in (
            "One",
            "It cannot take the text: it rests.",
            "Two",
            "it sends by its own templates",
            "Three",
            "passed over while another can take the text: its receipts stay away",
            "Four",
            ">this one<",
            "It takes the text.",
            "Five",
            "It stands by.",
        )
    ]
    assert -1 not in places
    assert places == sorted(places)
    assert "Abroad" not in answer


def test_the_check_says_why_there_is_no_way():
    shop = a_merchant()
    a_gateway(shop, name="One", paused_until=clock.now() + timedelta(minutes=5), rests=1)
    assert "need a signature" in checked(shop)
    a_signature(shop)
    assert "Every gateway account for this country is paused" in checked(shop)


def test_the_check_follows_the_route_of_the_texts_kind():
    shop = a_merchant()
    a_signature(shop)
    a_gateway(shop, name="Usual", priority=1)
    a_route(shop, a_gateway(shop, name="Special", priority=9), category="marketing")
    marketing, usual = checked(shop, category="marketing"), checked(shop)
    assert "Usual" not in marketing[marketing.index('id="ways"') :]
    assert "Special" in marketing[marketing.index('id="ways"') :]
    assert "Usual" in usual[usual.index('id="ways"') :]


@pytest.mark.parametrize("template", ["00000000-0000-7000-8000-000000000000", "x", ""])
def test_the_check_of_what_there_is_not_is_an_error_beside_it(template):
    shop = a_merchant()
    a_template(shop)
    foreign = str(a_template(a_merchant()).pk)
    for one in (template, foreign):
        page = logged_in(shop).get(reverse("route_list"), {"country": "CN", "template": one})
        assert page.status_code == 200
        assert "template" in page.context["check"].errors
