"""What people answered, read by the shop's own systems."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from merchants.models import Merchant, Scope
from notifications.models import Receipt, State
from tests.api import a_caller
from tests.builders import a_gateway, a_merchant, a_message, an_order

pytestmark = pytest.mark.django_db
REPLIES = "/api/v1/replies/"


def a_reply(shop: Merchant, text: str = "Where is it?", **fields: Any) -> Receipt:
    defaults = {"channel": "sms", "kind": "reply", "dedupe": uuid4().hex, "address": "+8613800138000"}
    reply: Receipt = Receipt.objects.create(merchant=shop, text=text, **defaults | fields)
    return reply


def test_a_reply_says_who_answered_what_and_what_that_did():
    shop = a_merchant()
    message = a_message(shop, order=an_order(shop, number="A-17"), state=State.DELIVERED)
    reply = a_reply(shop, "STOP", message=message, gateway=a_gateway(shop, name="Box"))
    caller = a_caller(shop)
    [line] = caller.get(REPLIES).json()["results"]
    assert line == caller.get(f"{REPLIES}{reply.pk}/").json()
    assert (line["text"], line["effect"], line["address"]) == ("STOP", "out", "+8613800138000")
    assert (line["message"], line["order"]) == (str(message.pk), "A-17")
    assert line["gateway"]["name"] == "Box"
    assert line["read_at"] is None


def test_a_reply_to_nothing_that_is_known_names_no_message():
    shop = a_merchant()
    a_reply(shop)
    [line] = a_caller(shop).get(REPLIES).json()["results"]
    assert (line["message"], line["order"], line["gateway"], line["effect"]) == (None, None, None, "none")


def test_other_receipts_are_no_replies():
    shop = a_merchant()
    receipt = a_reply(shop, kind="delivered")
    caller = a_caller(shop)
    assert caller.get(REPLIES).json()["results"] == []
    assert caller.get(f"{REPLIES}{receipt.pk}/").status_code == 404


def test_it_finds_by_sender_channel_and_whether_it_was_read():
    shop = a_merchant(country="CN")
    wanted = a_reply(shop)
    caller = a_caller(shop)
    read = a_reply(shop, address="+8613900139000")
    caller.patch(f"{REPLIES}{read.pk}/", {"is_read": True})
    for query in ("address=138 0013 8000", "is_read=false", "is_read=false&channel=sms"):
        assert [row["id"] for row in caller.get(f"{REPLIES}?{query}").json()["results"]] == [str(wanted.pk)]
    assert [row["id"] for row in caller.get(f"{REPLIES}?is_read=true").json()["results"]] == [str(read.pk)]
    assert caller.get(f"{REPLIES}?channel=email").json()["results"] == []


def test_it_is_marked_as_read_and_back_again():
    shop = a_merchant()
    path = f"{REPLIES}{a_reply(shop).pk}/"
    caller = a_caller(shop)
    read_at = caller.patch(path, {"is_read": True}).json()["read_at"]
    assert read_at
    assert caller.patch(path, {"is_read": True}).json()["read_at"] == read_at
    assert caller.patch(path, {"is_read": False}).json()["read_at"] is None


@pytest.mark.parametrize("body", [{}, {"is_read": None}, {"is_read": "perhaps"}, {"text": "changed"}, []])
def test_nothing_else_can_be_changed(body: Any):
    shop = a_merchant()
    reply = a_reply(shop)
    answer = a_caller(shop).patch(f"{REPLIES}{reply.pk}/", body)
    assert answer.status_code == 400
    reply.refresh_from_db()
    assert (reply.text, reply.read_at) == ("Where is it?", None)


def test_a_key_that_may_only_read_marks_nothing():
    shop = a_merchant()
    caller = a_caller(shop, scopes=[Scope.MESSAGES_READ])
    path = f"{REPLIES}{a_reply(shop).pk}/"
    assert caller.get(path).status_code == 200
    assert caller.patch(path, {"is_read": True}).status_code == 403


def test_a_long_list_takes_no_more_queries_than_a_short_one():
    shop = a_merchant()
    caller = a_caller(shop)
    counts = []
    for more in (1, 20):
        for _ in range(more):
            a_reply(shop, message=a_message(shop), gateway=a_gateway(shop))
        with CaptureQueriesContext(connection) as queries:
            caller.get(REPLIES)
        counts.append(len(queries))
    assert counts[1] <= counts[0]
