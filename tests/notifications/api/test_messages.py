"""Messages read back: the list, one message's story, and once more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from merchants.ids import uuid7
from notifications.models import Attempt, Message, Receipt, State
from tests.api import a_caller
from tests.builders import (
    a_customer,
    a_gateway,
    a_merchant,
    a_message,
    a_rule,
    a_shipment,
    a_template,
    an_order,
)

pytestmark = pytest.mark.django_db
MESSAGES = "/api/v1/messages/"
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


def path(message, action=""):
    return f"{MESSAGES}{message.pk}/{action}"


def test_the_list_is_newest_first_and_pages_by_cursor():
    shop = a_merchant()
    messages = [a_message(shop) for _ in range(3)]
    caller = a_caller(shop)
    first = caller.get(f"{MESSAGES}?limit=2").json()
    assert [row["id"] for row in first["results"]] == [str(messages[2].pk), str(messages[1].pk)]
    second = caller.get(first["next"]).json()
    assert [row["id"] for row in second["results"]] == [str(messages[0].pk)]


def test_a_line_names_order_and_customer_by_the_shops_own_names():
    shop = a_merchant()
    order = an_order(shop, number="A-77", customer=a_customer(shop, external_id="li-na"))
    a_message(shop, order=order)
    [line] = a_caller(shop).get(MESSAGES).json()["results"]
    assert (line["order"], line["customer"], line["event"]) == ("A-77", "li-na", "order.created")
    assert (line["state"], line["reason"], line["reason_text"]) == ("due", "", "")


def test_it_finds_by_order_customer_channel_state_and_event():
    shop = a_merchant()
    customer = a_customer(shop, external_id="li-na")
    order = an_order(shop, number="A-77", customer=customer)
    a_shipment(order)
    wanted = a_message(
        shop,
        order=order,
        event=order.events.get(kind="shipment.dispatched"),
        template=a_template(shop, channel="email", event="shipment.dispatched"),
        state=State.FAILED,
    )
    a_message(shop)
    caller = a_caller(shop)
    queries = ("order=A-77", "customer=li-na", "channel=email", "state=failed", "event=shipment.dispatched")
    for query in (*queries, "&".join(queries)):
        assert [row["id"] for row in caller.get(f"{MESSAGES}?{query}").json()["results"]] == [str(wanted.pk)]
    assert caller.get(f"{MESSAGES}?order=B-1").json()["results"] == []


@pytest.mark.parametrize("query", ["state=lost", "channel=pigeon", "event=order.eaten"])
def test_a_filter_that_knows_no_such_value_is_an_error(query):
    answer = a_caller(a_merchant()).get(f"{MESSAGES}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_long_list_takes_no_more_queries_than_a_short_one():
    shop = a_merchant()
    caller = a_caller(shop)
    counts = []
    for more in (1, 20):
        for _ in range(more):
            a_message(shop)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            caller.get(MESSAGES)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_the_story_tells_all_that_was_decided_tried_and_reported():
    shop = a_merchant()
    gateway = a_gateway(shop, kind="kannel", name="Box", credentials={"username": "u", "password": "hunter2"})
    template = a_template(shop, code="thanks")
    message = a_message(
        shop,
        template=template,
        rule=a_rule(shop, template=template, name="Say thanks"),
        gateway=gateway,
        state=State.FAILED,
        reason="refused",
        error="content",
        subject="",
        body="Thank you.",
        parts=1,
        gates=[
            {"when": "planned", "at": NOON.isoformat(), "allowed": ["address"], "answer": "allow"},
            {
                "when": "sent",
                "at": NOON.isoformat(),
                "allowed": ["address"],
                "answer": "hold",
                "gate": "quiet_hours",
                "reason": "quiet_hours",
                "until": NOON.isoformat(),
            },
        ],
    )
    attempt = Attempt.objects.create(
        merchant=shop,
        id=uuid7(),
        message=message,
        gateway=gateway,
        number=1,
        outcome="refused",
        error="content",
        code="E12",
        text="Template not filed",
        started_at=NOON,
    )
    Receipt.objects.create(
        merchant=shop, message=message, channel="sms", kind="undelivered", dedupe="x", code="DB:1", text="off"
    )
    story = a_caller(shop).get(path(message)).json()
    assert story["rule"] == {"id": str(message.rule_id), "name": "Say thanks"}
    assert story["template"] == {"code": "thanks", "id": str(template.pk), "version": 1}
    assert story["gateway"] == {"id": str(gateway.pk), "kind": "kannel", "name": "Box"}
    assert story["reason_text"] == "The gateway refused it for good."
    asked = story["gates"][1]
    assert (asked["gate"], asked["reason"]) == ("quiet_hours", "quiet_hours")
    assert asked["reason_text"].startswith("It is the person's quiet time")
    [tried] = story["attempts"]
    assert (tried["reference"], tried["code"], tried["text"]) == (attempt.id.hex, "E12", "Template not filed")
    [receipt] = story["receipts"]
    assert (receipt["kind"], receipt["code"]) == ("undelivered", "DB:1")
    assert "hunter2" not in str(story)
    assert gateway.token not in str(story)


def test_the_story_of_a_rule_that_was_removed_is_whole():
    shop = a_merchant()
    rule = a_rule(shop, name="Say thanks")
    message = a_message(shop, rule=rule)
    rule.archive()
    assert a_caller(shop).get(path(message)).json()["rule"]["name"] == "Say thanks"


def test_a_test_send_has_a_story_too():
    shop = a_merchant()
    message = a_message(shop, event=None, rule=None, customer=None, recipient="phone:+8613800000000")
    story = a_caller(shop).get(path(message)).json()
    assert (story["event"], story["rule"], story["customer"]) == (None, None, None)


def test_sending_again_is_a_new_message_with_its_own_story():
    shop = a_merchant()
    message = a_message(shop, state=State.FAILED)
    answer = a_caller(shop).post(path(message, "resend/"))
    assert answer.status_code == 201
    story = answer.json()
    assert story["id"] != str(message.pk)
    assert (story["step"], story["gates"][0]["resend_of"]) == (1, str(message.pk))


def test_the_same_request_to_send_again_makes_one_message():
    shop = a_merchant()
    message = a_message(shop, state=State.FAILED)
    caller = a_caller(shop)
    answers = [caller.post(path(message, "resend/"), HTTP_IDEMPOTENCY_KEY="again") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("state", "code"),
    [(State.DUE, "not_ended"), (State.DELIVERED, "not_ended"), (State.UNKNOWN, "not_ended")],
)
def test_what_may_have_arrived_is_not_sent_again(state, code):
    shop = a_merchant()
    answer = a_caller(shop).post(path(a_message(shop, state=state), "resend/"))
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert Message.objects.count() == 1


def test_what_was_sent_again_is_not_sent_a_third_time():
    shop = a_merchant()
    message = a_message(shop, state=State.FAILED)
    caller = a_caller(shop)
    caller.post(path(message, "resend/"))
    answer = caller.post(path(message, "resend/"))
    assert (answer.status_code, answer.json()["code"]) == (409, "already_resent")


def test_a_key_for_reading_does_not_send_again():
    shop = a_merchant()
    message = a_message(shop, state=State.FAILED)
    answer = a_caller(shop, scopes=["messages:read"]).post(path(message, "resend/"))
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    assert a_caller(shop, scopes=["settings:read"]).get(MESSAGES).status_code == 403
