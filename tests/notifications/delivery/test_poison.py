"""One row that nothing can be done with holds up nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone as clock

from merchants.models import Merchant
from notifications import tasks
from notifications.delivery import drafting
from notifications.models import Message, Rule, SandboxDelivery, State, VendorTemplate
from orders.events import Lane
from orders.models import Event
from tests.builders import a_gateway, a_merchant, a_message, a_rule, a_signature, a_template, an_order

pytestmark = pytest.mark.django_db(transaction=True)

# No screen lets it through, and nobody can say whether it holds.
NONSENSE = [{"field": "order.total", "operator": "no such thing", "value": 1}]


@pytest.fixture(autouse=True)
def nothing_put_off() -> Iterator[None]:
    yield
    drafting._put_off_until.clear()


@pytest.fixture
def merchant() -> Merchant:
    merchant = a_merchant()
    a_gateway(merchant)
    a_signature(merchant)
    return merchant


def poison(merchant: Merchant, **fields: Any) -> Message:
    rule = a_rule(merchant, conditions=NONSENSE)
    fields = {"expires_at": clock.now() + timedelta(days=1)} | fields
    message = a_message(merchant, rule=rule, **fields)
    Event.objects.update(planned_at=clock.now())
    return message


def test_a_message_that_nothing_can_be_decided_about_holds_up_nobody(merchant: Merchant) -> None:
    bad = [poison(merchant, due_at=clock.now() - timedelta(hours=hours)) for hours in (3, 1)]
    good = [a_message(merchant, due_at=clock.now() - timedelta(hours=hours)) for hours in (4, 2, 0)]
    Event.objects.update(planned_at=clock.now())
    tasks.work(Lane.URGENT)
    assert set(SandboxDelivery.objects.values_list("message", flat=True)) == {one.pk for one in good}
    for one in bad:
        one.refresh_from_db()
        assert (one.state, one.reason, one.tries) == (State.HELD, "internal_fault", 0)
        assert clock.now() + timedelta(minutes=9) < one.due_at < clock.now() + timedelta(minutes=11)


def test_it_leaves_as_soon_as_the_fault_is_mended(merchant: Merchant) -> None:
    message = poison(merchant)
    tasks.work(Lane.URGENT)
    Rule.objects.update(conditions=[])
    Message.objects.update(due_at=clock.now())
    tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert message.state == State.ACCEPTED


def test_it_fails_and_says_why_when_its_useful_life_is_over_before(merchant: Merchant) -> None:
    message = poison(merchant, expires_at=clock.now() + timedelta(minutes=1))
    tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, "internal_fault")
    assert message.finished_at is not None


def test_an_event_that_cannot_be_planned_holds_up_nobody_and_is_looked_at_again(merchant: Merchant) -> None:
    other = a_merchant()
    a_gateway(other)
    a_signature(other)
    a_rule(merchant, conditions=NONSENSE)
    a_rule(other)
    bad = an_order(merchant)
    for _ in range(3):
        an_order(other)
    tasks.work(Lane.URGENT)
    assert SandboxDelivery.objects.count() == 3
    assert list(Event.objects.filter(planned_at=None).values_list("order", flat=True)) == [bad.pk]
    Rule.objects.update(conditions=[])
    drafting._put_off_until.clear()
    tasks.work(Lane.URGENT)
    assert SandboxDelivery.objects.count() == 4


def test_an_event_that_is_left_alone_is_not_tried_again_at_once(merchant: Merchant) -> None:
    a_rule(merchant, conditions=NONSENSE)
    an_order(merchant)
    tasks.work(Lane.URGENT)
    Rule.objects.update(conditions=[])
    tasks.work(Lane.URGENT)
    assert Event.objects.filter(planned_at=None).count() == 1


def test_an_event_that_could_not_be_planned_for_a_day_is_given_up(merchant: Merchant) -> None:
    a_rule(merchant, conditions=NONSENSE)
    an_order(merchant)
    Event.objects.update(recorded_at=clock.now() - timedelta(days=2))
    tasks.work(Lane.URGENT)
    assert not Event.objects.filter(planned_at=None).exists()
    assert not Message.objects.exists()


def test_what_only_the_sending_chokes_on_is_planned_and_put_off_alone(merchant: Merchant) -> None:
    shop = a_merchant()
    a_signature(shop)
    gateway, template = a_gateway(shop, kind="aliyun"), a_template(shop)
    VendorTemplate.objects.create(
        merchant=shop, template=template, gateway=gateway, code="SMS_1", params=["nonsense"], state="usable"
    )
    a_rule(shop, template=template)
    a_rule(merchant)
    an_order(shop)
    an_order(merchant)
    tasks.work(Lane.URGENT)
    assert SandboxDelivery.objects.count() == 1
    assert not Event.objects.filter(planned_at=None).exists()
    assert Message.objects.get(merchant=shop).reason == "internal_fault"
