from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone as clock

from merchants.models import Merchant
from merchants.roles import Right, Role
from notifications.models import Category, Receipt, State
from tests.builders import a_gateway, a_merchant, a_message, an_order
from tests.notifications.screens.given import (
    Doors,
    answers_to_a_stranger,
    expected_doors,
    logged_in,
    open_doors,
)

pytestmark = pytest.mark.django_db
PHONE = "+8613800138000"


@pytest.fixture
def shop() -> Merchant:
    return a_merchant()


def a_reply(shop: Merchant, text: str = "Where is it?", **fields: Any) -> Receipt:
    defaults = {"channel": "sms", "kind": "reply", "dedupe": uuid4().hex, "address": PHONE}
    reply: Receipt = Receipt.objects.create(merchant=shop, text=text, **defaults | fields)
    return reply


def page_of(client: Client, **query: str) -> str:
    return client.get(reverse("reply_list"), query).content.decode()


def detail_of(client: Client, reply: Receipt) -> str:
    return client.get(reverse("reply_detail", args=[reply.pk])).content.decode()


def doors_of(reply: Receipt) -> Doors:
    return {
        "reply_list": (Right.SEE, ()),
        "reply_detail": (Right.SEE, (reply.pk,)),
        "reply_read": (Right.SEND, (reply.pk,)),
        "reply_unread": (Right.SEND, (reply.pk,)),
    }


def test_the_list_says_who_answered_what_through_which_gateway(shop: Merchant):
    message = a_message(shop, state=State.DELIVERED)
    a_reply(shop, "<b>Where?</b>", message=message, gateway=a_gateway(shop, name="Kannel 1"))
    page = page_of(logged_in(shop))
    for part in (PHONE, "&lt;b&gt;Where?", "Kannel 1", reverse("message_detail", args=[message.pk])):
        assert part in page, part


def test_other_receipts_are_no_replies(shop: Merchant):
    receipt = a_reply(shop, "DELIVRD", kind="delivered")
    client = logged_in(shop)
    assert "DELIVRD" not in page_of(client, show="all")
    assert client.get(reverse("reply_detail", args=[receipt.pk])).status_code == 404


def test_it_begins_with_what_nobody_has_read(shop: Merchant):
    a_reply(shop, "already read", read_at=clock.now())
    a_reply(shop, "still to read")
    client = logged_in(shop)
    assert "still to read" in page_of(client)
    assert "already read" not in page_of(client)
    assert "already read" in page_of(client, show="all")


def test_the_newest_comes_first(shop: Merchant):
    for text in ("first word", "second word"):
        a_reply(shop, text)
    page = page_of(logged_in(shop))
    assert page.index("second word") < page.index("first word")


@pytest.mark.parametrize("word", ["STOP", "退订", "td", "ＴＤ", " Stop all. ", "“R”", "回复td"])
def test_words_such_as_stop_are_found_read_or_not(shop: Merchant, word: str):
    wanted = a_reply(shop, word, read_at=clock.now())
    others = [a_reply(shop, text) for text in ("please stop by on Monday", "RT", "你好退订", "START")]
    page = page_of(logged_in(shop), show="stop")
    assert reverse("reply_detail", args=[wanted.pk]) in page
    for other in others:
        assert reverse("reply_detail", args=[other.pk]) not in page


@pytest.mark.parametrize(
    ("text", "category", "effect"),
    [
        ("STOP", Category.TRANSACTIONAL, "Opted out of everything"),
        ("STOP", Category.MARKETING, "Opted out of advertisements"),
        ("START", Category.TRANSACTIONAL, "Opted in again"),
        ("HELP", Category.TRANSACTIONAL, "Asked for help"),
        ("Stop that please", Category.TRANSACTIONAL, "Nothing"),
    ],
)
def test_it_says_what_a_reply_did(shop: Merchant, text: str, category: str, effect: str):
    reply = a_reply(shop, text, message=a_message(shop, category=category))
    client = logged_in(shop)
    assert effect in page_of(client)
    assert effect in detail_of(client, reply)


def test_a_word_of_nobody_did_nothing(shop: Merchant):
    a_reply(shop, "STOP", address="")
    assert "Opted out" not in page_of(logged_in(shop))


@pytest.mark.parametrize("query", ["13800138000", "+86 138 0013 8000", "Where"])
def test_a_reply_is_found_by_its_sender_and_its_words(shop: Merchant, query: str):
    a_reply(shop, "Where is it?")
    other = a_reply(shop, "Thank you", address="+8613900139000")
    page = page_of(logged_in(shop), q=query)
    assert "Where is it?" in page
    assert reverse("reply_detail", args=[other.pk]) not in page


def test_a_viewer_sees_no_address_and_finds_nobody_by_it(shop: Merchant):
    reply = a_reply(shop, "call me: 13900139000", message=a_message(shop, address=PHONE, state=State.SENDING))
    client = logged_in(shop, role=Role.VIEWER)
    for page in (page_of(client), detail_of(client, reply)):
        assert "13800138000" not in page
        assert "13900139000" not in page
    assert reverse("reply_detail", args=[reply.pk]) not in page_of(client, q=PHONE)


def test_it_is_marked_as_read_once_and_back_again(shop: Merchant):
    reply = a_reply(shop)
    client = logged_in(shop)
    client.post(reverse("reply_read", args=[reply.pk]))
    reply.refresh_from_db()
    read_at = reply.read_at
    assert read_at
    client.post(reverse("reply_read", args=[reply.pk]))
    reply.refresh_from_db()
    assert reply.read_at == read_at
    client.post(reverse("reply_unread", args=[reply.pk]))
    reply.refresh_from_db()
    assert reply.read_at is None


def test_looking_at_a_reply_marks_nothing(shop: Merchant):
    reply = a_reply(shop)
    client = logged_in(shop)
    detail_of(client, reply)
    assert client.get(reverse("reply_read", args=[reply.pk])).status_code == 405
    reply.refresh_from_db()
    assert reply.read_at is None


@pytest.mark.parametrize("role", list(Role))
def test_who_may_do_what(shop: Merchant, role: Role):
    doors = doors_of(a_reply(shop))
    assert open_doors(shop, doors, role=role) == expected_doors(doors, role=role)
    assert ("Mark as read" in page_of(logged_in(shop, role=role))) == (
        "reply_read" in expected_doors(doors, role=role)
    )


def test_another_shop_finds_nothing(shop: Merchant):
    doors = doors_of(a_reply(shop, "secret words"))
    answers = answers_to_a_stranger(doors)
    assert answers.pop("reply_list") <= {200}
    assert set().union(*answers.values()) == {404}
    assert "secret words" not in page_of(logged_in(a_merchant()), show="all")


def test_the_menu_counts_what_is_unread(shop: Merchant):
    client = logged_in(shop)
    home = reverse("home")
    assert "office-count" not in client.get(home).content.decode()
    a_reply(shop)
    a_reply(shop, read_at=clock.now())
    a_reply(a_merchant())
    assert 'office-count">1<' in client.get(home).content.decode()
    Receipt.objects.bulk_create(
        Receipt(merchant=shop, channel="sms", kind="reply", dedupe=str(number)) for number in range(120)
    )
    assert 'office-count">99+<' in client.get(home).content.decode()


def test_the_conversation_is_told_in_its_order(shop: Merchant):
    now = clock.now()
    order = an_order(shop)
    asked = a_message(
        shop,
        order=order,
        address=PHONE,
        state=State.DELIVERED,
        body="Your parcel is late. https://x.example/u/" + "a" * 43,
        accepted_at=now - timedelta(hours=2),
    )
    reply = a_reply(shop, "Where is it?", message=asked, received_at=now - timedelta(hours=1))
    a_message(shop, order=order, address=PHONE, state=State.ACCEPTED, body="At the hub.", accepted_at=now)
    a_message(shop, order=order, address=PHONE, state=State.FAILED, body="Never sent.")
    a_message(shop, address="+8613900139000", state=State.DELIVERED, body="To somebody else.")
    a_reply(shop, "Thank you", received_at=now + timedelta(minutes=1))
    page = detail_of(logged_in(shop), reply).partition('id="talk"')[2]
    said = ("Your parcel is late.", "Where is it?", "At the hub.", "Thank you")
    assert sorted(said, key=page.index) == list(said)
    for unsaid in ("Never sent.", "To somebody else.", "a" * 43):
        assert unsaid not in page


def test_a_reply_of_nobody_stands_alone(shop: Merchant):
    a_message(shop, address="", state=State.DELIVERED, body="Somebody erased")
    reply = a_reply(shop, "Who are you?", address="")
    page = detail_of(logged_in(shop), reply)
    assert "Who are you?" in page
    assert "Somebody erased" not in page


def test_a_long_list_and_a_long_talk_take_no_more_queries_than_short_ones(shop: Merchant):
    client = logged_in(shop)
    reply = a_reply(shop)
    counts = []
    for more in (2, 20):
        for _ in range(more):
            message = a_message(shop, address=PHONE, state=State.DELIVERED)
            a_reply(shop, message=message, gateway=a_gateway(shop))
        with CaptureQueriesContext(connection) as queries:
            page_of(client)
            detail_of(client, reply)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "No reply waits to be read."),
        ({"show": "all"}, "Nobody has answered yet."),
        ({"q": "zzz"}, "Nothing matches."),
    ],
)
def test_an_empty_list_says_so(shop: Merchant, query: dict[str, str], words: str):
    assert words in page_of(logged_in(shop), **query)


@pytest.mark.parametrize("query", [{"show": "x"}, {"q": "\0"}, {"before": "x"}, {"show": "\0"}])
def test_a_query_that_makes_no_sense_is_no_fault(shop: Merchant, query: dict[str, str]):
    assert logged_in(shop).get(reverse("reply_list"), query).status_code == 200
