from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone as clock

from merchants.models import Merchant
from merchants.roles import Role
from notifications.delivery.asking import terms_of
from notifications.models import Attempt, GatewayAccount, Message, State
from notifications.reasons import Reason
from tests.builders import a_gateway, a_merchant, a_message, an_order
from tests.notifications.screens.given import logged_in

pytestmark = pytest.mark.django_db
AGO = timedelta(minutes=10)


@pytest.fixture
def shop() -> Merchant:
    return a_merchant()


def an_unknown(shop: Merchant, *, kind: str = "aliyun", **fields: Any) -> tuple[Message, Attempt]:
    """Return a message whose attempt of ten minutes ago got no answer; `kind` "" is a mail."""
    gateway = a_gateway(shop, kind=kind) if kind else None
    message = a_message(shop, **{"state": State.UNKNOWN, "gateway": gateway} | fields)
    attempt: Attempt = Attempt.objects.create(
        merchant=shop,
        message=message,
        gateway=gateway,
        number=1,
        outcome=Attempt.Outcome.UNKNOWN,
        started_at=clock.now() - AGO,
    )
    return message, attempt


def given_up(shop: Merchant, *, days_ago: float = 1, **fields: Any) -> Message:
    message, _attempt = an_unknown(
        shop,
        state=State.FAILED,
        reason=Reason.UNKNOWN_OUTCOME,
        finished_at=clock.now() - timedelta(days=days_ago),
        **fields,
    )
    return message


def page_of(client: Client) -> str:
    return client.get(reverse("unknown_list")).content.decode()


def shown(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")


def link_to(message: Message) -> str:
    return reverse("message_detail", args=[message.pk])


def test_it_shows_what_is_unknown_since_when_and_through_whom(shop: Merchant):
    message, attempt = an_unknown(shop, order=an_order(shop, number="A-17"))
    known = a_message(shop, state=State.DELIVERED)
    page = page_of(logged_in(shop))
    gateway = GatewayAccount.objects.get()
    for part in (link_to(message), "A-17", message.address, gateway.name, shown(attempt.started_at)):
        assert part in page, part
    assert link_to(known) not in page


def test_it_says_when_the_vendor_is_asked_next_and_until_when(shop: Merchant):
    asked_next = clock.now() + timedelta(minutes=7)
    _message, attempt = an_unknown(shop, look_at=asked_next)
    page = page_of(logged_in(shop))
    assert "The gateway is asked" in page
    assert shown(asked_next) in page
    assert shown(attempt.started_at + timedelta(seconds=terms_of(attempt).deadline)) in page


@pytest.mark.parametrize("kind", ["kannel", ""])
def test_where_nobody_can_be_asked_a_receipt_may_settle_it(shop: Merchant, kind: str):
    looked_at = clock.now() + timedelta(minutes=7)
    an_unknown(shop, kind=kind, look_at=looked_at)
    page = page_of(logged_in(shop))
    assert "By a receipt, should one come" in page
    assert shown(looked_at) not in page


@pytest.mark.parametrize("kind", ["aliyun", "kannel", "a vendor of the past"])
def test_what_has_no_gateway_or_attempt_any_more_is_no_fault(shop: Merchant, kind: str):
    _message, attempt = an_unknown(shop, kind=kind)
    client = logged_in(shop)
    assert client.get(reverse("unknown_list")).status_code == 200
    GatewayAccount.objects.all().delete()
    assert client.get(reverse("unknown_list")).status_code == 200
    attempt.delete()
    assert "Nobody can be asked" in page_of(client)


def test_what_was_given_up_lately_can_be_sent_again(shop: Merchant):
    lately, long_ago = given_up(shop), given_up(shop, days_ago=8)
    other = a_message(shop, state=State.FAILED, reason=Reason.REFUSED, finished_at=clock.now())
    page = page_of(logged_in(shop))
    assert link_to(lately) in page
    assert reverse("message_resend", args=[lately.pk]) in page
    assert link_to(long_ago) not in page
    assert link_to(other) not in page


def test_a_viewer_sees_no_address_and_sends_nothing(shop: Merchant):
    message, again = an_unknown(shop)[0], given_up(shop)
    page = page_of(logged_in(shop, role=Role.VIEWER))
    assert message.address.lstrip("+") not in page
    assert again.address.lstrip("+") not in page
    assert reverse("message_resend", args=[again.pk]) not in page


def test_another_shop_sees_nothing(shop: Merchant):
    messages = [an_unknown(shop)[0], given_up(shop)]
    page = page_of(logged_in(a_merchant()))
    assert not any(link_to(message) in page for message in messages)


def test_what_is_looked_at_next_comes_first(shop: Merchant):
    now = clock.now()
    later, _attempt = an_unknown(shop, look_at=now + timedelta(minutes=9))
    sooner, _attempt = an_unknown(shop, look_at=now + timedelta(minutes=1))
    page = page_of(logged_in(shop))
    assert page.index(link_to(sooner)) < page.index(link_to(later))


def test_when_nothing_is_unknown_it_says_so(shop: Merchant):
    page = page_of(logged_in(shop))
    assert "Nothing is unknown now." in page
    assert "every outcome was found out in time" in page


def test_many_take_no_more_queries_than_few(shop: Merchant):
    client = logged_in(shop)
    counts = []
    for more in (2, 20):
        for _ in range(more):
            an_unknown(shop)
            given_up(shop)
        with CaptureQueriesContext(connection) as queries:
            page_of(client)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_many_that_were_given_up_lead_to_the_list_of_all(shop: Merchant):
    for _ in range(51):
        given_up(shop)
    assert f"{reverse('message_list')}?state=failed&amp;reason=unknown_outcome" in page_of(logged_in(shop))
