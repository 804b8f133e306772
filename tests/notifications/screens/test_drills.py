"""A gateway is tried out, and one sees all that went over the wire."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone as clock

from merchants.ownership import inside
from merchants.roles import Role
from notifications import receipts, tasks, testsend
from notifications.models import Attempt, GatewayAccount, Message, Receipt, State
from orders.events import Lane
from tests.api import a_caller
from tests.builders import a_gateway, a_merchant, a_message, a_signature, a_template
from tests.notifications.screens.given import logged_in

pytestmark = pytest.mark.django_db
PHONE = "+8613800138000"
EXCHANGE = {
    "method": "GET",
    "url": "http://127.0.0.1:13013/cgi-bin/sendsms?password=***&text=<b>Hi</b>",
    "headers": {"Accept": "text/plain"},
    "body": "",
    "status": 202,
    "answer": "0: Accepted for delivery",
    "milliseconds": 42,
}


def a_drill(account: GatewayAccount, **fields: object) -> Message:
    a_template(account.merchant)
    with inside(account.merchant):
        message = testsend.drill(account, address=PHONE)
    Message.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()
    return message


def an_answer(message: Message, **fields: object) -> Attempt:
    now = clock.now()
    made: Attempt = Attempt.objects.create(
        merchant=message.merchant,
        message=message,
        gateway=message.gateway,
        number=1,
        **{
            "started_at": now,
            "outcome": "accepted",
            "finished_at": now + timedelta(milliseconds=50),
            "exchanges": [EXCHANGE],
        }
        | fields,
    )
    return made


def page_of(message: Message) -> str:
    url = reverse("gateway_drill", args=[message.gateway_id, message.pk])
    return logged_in(message.merchant).get(url).content.decode()


def test_a_trial_goes_to_ones_own_phone_and_leads_to_its_page():
    shop = a_merchant()
    a_template(shop)
    row = a_gateway(shop)
    page = logged_in(shop).post(reverse("gateway_test", args=[row.pk]), {"address": "138 0013 8000"})
    message = Message.objects.get()
    assert page["Location"] == reverse("gateway_drill", args=[row.pk, message.pk])
    assert (message.address, message.event, message.recipient, message.lane) == (
        PHONE,
        None,
        "drill",
        "urgent",
    )


def test_a_trial_that_has_not_left_is_followed():
    page = page_of(a_drill(a_gateway(a_merchant(), kind="kannel")))
    assert "Nothing has left yet." in page
    assert 'hx-trigger="every' in page


def test_it_shows_request_answer_class_and_receipt_with_the_times():
    message = a_drill(a_gateway(a_merchant(), kind="kannel"), state=State.DELIVERED)
    ended = clock.now()
    an_answer(
        message, provider_id="V-9", code="0", finished_at=ended, started_at=ended - timedelta(seconds=0.05)
    )
    Receipt.objects.create(
        merchant=message.merchant,
        message=message,
        channel="sms",
        kind="delivered",
        dedupe="1",
        code="DELIVRD",
        received_at=ended + timedelta(seconds=3),
    )
    page = page_of(message)
    for words in (
        "GET http://127.0.0.1:13013/cgi-bin/sendsms?password=***&amp;text=&lt;b&gt;Hi&lt;/b&gt;",
        "Accept: text/plain",
        "HTTP 202",
        "0: Accepted for delivery",
        "Answer after 42 ms",
        "50 ms",
        "V-9",
        "It arrived",
        "3 s after the answer",
        "DELIVRD",
    ):
        assert words in page, words
    assert 'hx-trigger="every' not in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"outcome": "refused", "error": "balance", "code": "isv.AMOUNT", "text": "no money"},
            ["The account has no money or quota left.", "isv.AMOUNT", "no money"],
        ),
        ({"outcome": "unknown"}, ["Nobody knows yet whether it was taken."]),
        ({"outcome": "started", "exchanges": None, "finished_at": None}, ["The request is on its way."]),
        (
            {"exchanges": [EXCHANGE | {"status": 0, "answer": "timed out"}], "outcome": "unknown"},
            ["No answer:", "timed out"],
        ),
    ],
)
def test_each_outcome_is_said_in_words(fields, words):
    message = a_drill(a_gateway(a_merchant(), kind="kannel"), state=State.SENDING)
    an_answer(message, **fields)
    page = page_of(message)
    for one in words:
        assert one in page


@pytest.mark.parametrize(
    ("kind", "state", "is_followed"),
    [
        ("kannel", State.SENDING, True),
        ("kannel", State.ACCEPTED, True),
        ("sns", State.ACCEPTED, False),
        ("kannel", State.FAILED, False),
        ("kannel", State.DROPPED, False),
    ],
)
def test_it_is_followed_while_something_is_still_to_come(kind, state, is_followed):
    message = a_drill(a_gateway(a_merchant(), kind=kind), state=state)
    assert ('hx-trigger="every' in page_of(message)) is is_followed


def test_nobody_waits_for_ever():
    long_ago = clock.now() - timedelta(minutes=11)
    message = a_drill(a_gateway(a_merchant(), kind="kannel"), state=State.UNKNOWN, created_at=long_ago)
    assert 'hx-trigger="every' not in page_of(message)


def test_only_a_trial_of_this_gateway_of_this_shop_is_shown():
    row = a_gateway(a_merchant())
    mine = a_drill(row)
    other = a_message(row.merchant, gateway=row)
    client = logged_in(row.merchant)
    for gateway, message in ((row, other), (a_gateway(row.merchant), mine)):
        assert client.get(reverse("gateway_drill", args=[gateway.pk, message.pk])).status_code == 404
    url = reverse("gateway_drill", args=[row.pk, mine.pk])
    assert logged_in(a_merchant()).get(url).status_code == 404
    assert logged_in(row.merchant, role=Role.OPERATOR).get(url).status_code == 403


def test_its_page_takes_few_queries(django_assert_max_num_queries):
    message = a_drill(a_gateway(a_merchant(), kind="kannel"))
    an_answer(message)
    client = logged_in(message.merchant)
    with django_assert_max_num_queries(9):
        client.get(reverse("gateway_drill", args=[message.gateway_id, message.pk]))


def test_trials_are_told_apart_in_the_list_and_in_their_story():
    message = a_drill(a_gateway(a_merchant()), state=State.ACCEPTED)
    client = logged_in(message.merchant)
    assert "Trial of a gateway" in client.get(reverse("message_list")).content.decode()
    page = client.get(reverse("message_detail", args=[message.pk])).content.decode()
    assert "because the gateway was to be tried out" in page
    assert reverse("gateway_drill", args=[message.gateway_id, message.pk]) in page
    support = logged_in(message.merchant, role=Role.SUPPORT)
    page = support.get(reverse("message_detail", args=[message.pk])).content.decode()
    assert reverse("gateway_drill", args=[message.gateway_id, message.pk]) not in page


def test_a_script_sees_what_went_over_the_wire():
    message = a_drill(a_gateway(a_merchant(), kind="kannel"))
    an_answer(message)
    told = a_caller(message.merchant).get(f"/api/v1/messages/{message.pk}/").json()
    assert told["attempts"][0]["exchanges"] == [EXCHANGE]


@pytest.mark.django_db(transaction=True)
def test_the_sandbox_is_tried_out_whole():
    shop = a_merchant()
    a_signature(shop)
    message = a_drill(a_gateway(shop))
    tasks.work(Lane.URGENT)
    receipts.work_off()
    page = page_of(message)
    assert "It arrived" in page
    assert "The sandbox makes no request" in page
