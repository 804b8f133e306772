"""The demo shops: everything happens in them, and everybody is told or not for a reason."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone as clock

from merchants.models import ApiKey, Membership, Merchant, User, digest_of
from notifications import tasks
from notifications.consent import normalise_address
from notifications.demo import people
from notifications.demo.play import offset, read
from notifications.demo.shops import open_demo
from notifications.models import Message, OptOut, OptOutSource, SandboxDelivery, State
from notifications.policy.quiet_hours import BY_COUNTRY, DEFAULT, opens_at
from orders.events import EventKind, Lane, Silence
from orders.models import Event, Item, ItemKind, Order, Return
from orders.statuses import OrderStatus, ReturnStatus

ALL = ("tea", "abroad", "cards", "lantern")
EVENING = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai


def work() -> None:
    for _ in range(2):
        tasks.sweep()
        tasks.work(Lane.URGENT)
        tasks.work(Lane.BULK)
        tasks.work_receipts()


@pytest.mark.django_db
def test_all_that_can_happen_to_an_order_happens_in_the_shops() -> None:
    open_demo(now=clock.now())
    tasks.sweep()
    possible = {kind.value for kind in EventKind if kind.startswith(("order.", "shipment.", "return."))}
    assert set(Event.objects.values_list("kind", flat=True)) == possible
    assert set(Event.objects.values_list("silence", flat=True)) == set(Silence.values)
    assert set(Order.objects.values_list("status", flat=True)) == set(OrderStatus.values)
    assert set(Return.objects.values_list("status", flat=True)) == set(ReturnStatus.values)
    assert set(Item.objects.values_list("kind", flat=True)) == set(ItemKind.values)
    assert set(OptOut.objects.values_list("source", flat=True)) == set(OptOutSource.values)


@pytest.mark.django_db(transaction=True)
def test_everybody_is_told_or_not_for_a_reason(time_machine: Any) -> None:
    time_machine.move_to(EVENING, tick=True)
    open_demo(now=clock.now())
    work()
    assert not Event.objects.filter(planned_at=None).exists()
    states = set(Message.objects.values_list("state", flat=True))
    assert states == {State.DELIVERED, State.DROPPED, State.HELD, State.PLANNED}
    dropped = Message.objects.filter(state=State.DROPPED).values_list("reason", flat=True)
    assert set(dropped) == {"opted_out", "preference", "no_address", "overtaken"}
    held = Message.objects.filter(state=State.HELD)
    assert set(held.values_list("reason", flat=True)) == {"quiet_hours"}
    assert set(held.values_list("category", flat=True)) == {"marketing", "transactional"}
    large = Message.objects.filter(template="team-large-order")
    assert set(large.values_list("address", flat=True)) == {"finance@dingdang.example"}
    assert SandboxDelivery.objects.filter(text__startswith="【叮当茶铺】").exists()


@pytest.mark.django_db
def test_the_owner_has_two_shops_and_everybody_can_log_in() -> None:
    access = open_demo(now=clock.now())
    owner = User.objects.get(email=people.OWNER)
    assert Membership.objects.filter(user=owner, role="owner").count() == 2
    roles = {login["role"]: login for login in access["logins"]}
    assert set(roles) == {"owner", "operator", "support", "finance", "viewer"}
    for login in access["logins"]:
        assert User.objects.get(email=login["email"]).check_password(login["password"])


@pytest.mark.django_db
def test_a_second_time_opens_the_doors_again_and_changes_nothing_else(tmp_path: Any) -> None:
    path = tmp_path / "demo.json"
    call_command("demo", output=str(path))
    first, events = json.loads(path.read_text()), Event.objects.count()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    call_command("demo", output=str(path))
    again = json.loads(path.read_text())
    assert Event.objects.count() == events
    assert Merchant.objects.count() == 2
    assert [login["email"] for login in again["logins"]] == [login["email"] for login in first["logins"]]
    for login in again["logins"]:
        assert User.objects.get(email=login["email"]).check_password(login["password"])
    keys = {
        ApiKey.objects.get(digest=digest_of(access["api_key"])).merchant.name for access in (first, again)
    }
    assert keys == {"叮当茶铺"}


def test_at_every_hour_some_customer_of_a_completed_order_is_at_rest() -> None:
    customers = [
        order["customer"]
        for order in read("tea", "abroad", "cards")
        if order["life"][-1][1] == "order.completed" and order["customer"].get("email")
    ]
    for hour in range(24):
        now = datetime(2026, 11, 20, hour, tzinfo=UTC)
        assert any(
            opens_at(
                now,
                window=BY_COUNTRY.get(customer["country"], DEFAULT),
                zone_name=customer.get("timezone", "Asia/Shanghai"),
            )
            for customer in customers
        )


def test_every_address_in_it_is_an_example_that_could_be_written_to() -> None:
    for customer in (order["customer"] for order in read(*ALL)):
        if email := customer.get("email"):
            assert email.rpartition("@")[2].endswith(("example.com", "example.org", ".example"))
        if phone := customer.get("phone"):
            assert normalise_address("sms", phone, customer["country"])


def test_an_offset_is_read_as_it_is_written() -> None:
    assert offset("-18h55m") == -timedelta(hours=18, minutes=55)
    assert offset("+2d") == timedelta(days=2)
    for wrong in ("", "-", "18h", "-1h5", "tomorrow"):
        with pytest.raises(ValueError, match="no offset"):
            offset(wrong)
