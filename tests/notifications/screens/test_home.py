from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone as clock

from merchants.roles import Role
from notifications.models import State
from tests.builders import a_gateway, a_merchant, a_message, a_rule, a_signature, an_order
from tests.orders.screens.given import logged_in

pytestmark = pytest.mark.django_db


def home(client):
    return client.get(reverse("home")).content.decode()


def test_a_new_shop_is_told_how_to_post_an_order(settings):
    page = home(logged_in(a_merchant()))
    assert f"curl {settings.PUBLIC_URL}/api/v1/orders/" in page
    assert "YOUR_KEY" in page


def test_a_shop_with_orders_is_not():
    shop = a_merchant()
    an_order(shop)
    assert "curl" not in home(logged_in(shop))


def test_it_counts_what_happened_today_by_state():
    shop = a_merchant()
    order = an_order(shop)
    for state in (State.DELIVERED, State.SEEN, State.FAILED):
        a_message(shop, order=order, state=state)
    a_message(a_merchant(), state=State.DELIVERED)
    page = logged_in(shop).get(reverse("home"))
    counts = {str(one["label"]): one["count"] for one in page.context["figures"]}
    assert (counts["Arrived"], counts["Failed"], counts["Sent"]) == (2, 1, 0)


def test_what_failed_lately_is_named_with_its_reason():
    shop = a_merchant()
    now = clock.now()
    a_message(shop, state=State.FAILED, reason="missing_value", finished_at=now)
    a_message(shop, state=State.FAILED, reason="refused", finished_at=now - timedelta(days=2))
    page = home(logged_in(shop))
    assert "1 message in the last 24 hours: The template needs a value" in page
    assert "refused it for good" not in page


def test_unknown_outcomes_and_paused_gateways_are_named():
    shop = a_merchant()
    a_message(shop, state=State.UNKNOWN)
    later = clock.now() + timedelta(hours=1)
    a_gateway(shop, name="Kannel 1", paused_until=later, paused_reason="no money", rests=1)
    a_gateway(shop, name="Vonage", doubted_until=later, rests=1)
    a_gateway(shop, name="Aliyun", balance=3, balance_unit="CNY", balance_floor=50, balance_at=clock.now())
    page = home(logged_in(shop))
    assert "1 message has an outcome that nobody knows yet." in page
    assert "“Kannel 1”: It rests until" in page
    assert "no money" in page
    assert "“Vonage”: Its receipts stay away" in page
    assert "The balance of the gateway “Aliyun” is low: 3.00 CNY" in page


def test_what_is_missing_to_send_is_named_until_it_is_there():
    shop = a_merchant()
    client = logged_in(shop)
    assert "No rule is switched on" in home(client)
    a_rule(shop)
    page = home(client)
    assert "none is set up" in page
    assert "No gateway is set up" in page
    a_signature(shop)
    a_gateway(shop)
    page = home(client)
    assert "none is set up" not in page
    assert "No gateway is set up" not in page


def test_a_team_without_second_factors_is_reminded():
    shop = a_merchant()
    assert "1 person of the team logs in without a second factor." in home(logged_in(shop))
    assert "second factor" not in home(logged_in(shop, role=Role.OPERATOR))


def test_a_viewer_sees_no_address_on_it():
    shop = a_merchant()
    message = a_message(shop)
    assert message.address.lstrip("+") not in home(logged_in(shop, role=Role.VIEWER))


def test_another_shops_messages_are_not_on_it():
    message = a_message(a_merchant())
    assert str(message.pk) not in home(logged_in(a_merchant()))


@pytest.mark.parametrize("rows", [1, 30])
def test_it_takes_the_same_few_queries_however_much_happened(rows):
    shop = a_merchant()
    for _ in range(rows):
        a_message(shop, state=State.FAILED, finished_at=clock.now())
    client = logged_in(shop)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("home"))
    assert len(queries) <= 15
