from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone as clock

from merchants.roles import Role
from notifications import links
from notifications.models import Attempt, Message, Receipt, State
from notifications.outcomes import ErrorClass
from notifications.placeholders.words import GATEWAY_TROUBLE
from notifications.routing import Obstacle
from notifications.screens import words
from orders.models import Event
from tests.builders import (
    a_customer,
    a_gateway,
    a_merchant,
    a_message,
    a_rule,
    a_template,
    an_opt_out,
    an_order,
)
from tests.orders.screens.given import logged_in

pytestmark = pytest.mark.django_db


def story_of(client, message):
    return client.get(reverse("message_detail", args=[message.pk])).content.decode()


def test_the_list_shows_state_event_order_and_address():
    shop = a_merchant()
    order = an_order(shop, number="A-17")
    message = a_message(shop, order=order, state=State.DELIVERED)
    page = logged_in(shop).get(reverse("message_list")).content.decode()
    assert 'tone-good">Delivered' in page
    assert "Order created" in page
    assert "A-17" in page
    assert message.address in page


@pytest.mark.parametrize(
    "query",
    [
        {"channel": "sms"},
        {"state": "failed"},
        {"event": "order.paid"},
        {"template": "hello"},
        {"reason": "refused"},
        {"q": "A-17"},
        {"q": "138 1111 2222"},
    ],
)
def test_the_list_is_narrowed(query):
    shop = a_merchant()
    order = an_order(shop, number="A-17", status="paid", customer=a_customer(shop, phone="+8613811112222"))
    event = Event.objects.get(kind="order.paid")
    template = a_template(shop, code="hello")
    wanted = a_message(
        shop, order=order, event=event, template=template, state=State.FAILED, reason="refused"
    )
    other = a_message(shop, channel="email", state=State.DELIVERED)
    page = logged_in(shop).get(reverse("message_list"), query).content.decode()
    assert reverse("message_detail", args=[wanted.pk]) in page
    assert reverse("message_detail", args=[other.pk]) not in page


def test_a_viewer_sees_no_address_and_finds_nobody_by_it():
    shop = a_merchant()
    message = a_message(shop)
    Attempt.objects.create(
        merchant=shop, message=message, number=1, text=f"no {message.address}", started_at=clock.now()
    )
    client = logged_in(shop, role=Role.VIEWER)
    number = message.address.lstrip("+")
    assert number not in client.get(reverse("message_list")).content.decode()
    assert number not in story_of(client, message)
    page = client.get(reverse("message_list"), {"q": message.address}).content.decode()
    assert reverse("message_detail", args=[message.pk]) not in page


def test_a_story_goes_from_the_event_to_the_reply():
    shop = a_merchant()
    gateway = a_gateway(shop, name="Kannel 1")
    now = clock.now()
    message = a_message(
        shop,
        rule=a_rule(shop, name="Say thanks", delay_seconds=7200),
        state=State.DELIVERED,
        body="We have your order.",
        gates=[
            {
                "when": "planned",
                "at": now.isoformat(),
                "allowed": ["address", "consent"],
                "answer": "hold",
                "gate": "quiet_hours",
                "reason": "quiet_hours",
                "until": (now + timedelta(hours=3)).isoformat(),
            },
            {"when": "sent", "at": now.isoformat(), "allowed": ["address", "route"], "answer": "allow"},
        ],
    )
    attempt = Attempt.objects.create(
        merchant=shop,
        message=message,
        gateway=gateway,
        number=1,
        outcome=Attempt.Outcome.ACCEPTED,
        provider_id="V-77",
        started_at=now,
        finished_at=now + timedelta(milliseconds=120),
    )
    Receipt.objects.create(
        merchant=shop, message=message, channel="sms", kind="reply", dedupe="1", text="<b>thank you</b>"
    )
    page = story_of(logged_in(shop), message)
    parts = [
        "It was sent, because the rule “Say thanks” answers to “Order created”, and it arrived.",
        "We have your order.",
        "Order created</strong>",
        "Say thanks",
        "Timing: after 2 hours.",
        "asked when it was planned",
        "Opt-outs",
        "Quiet hours",
        "the message waits until it ends",
        "asked before it was sent",
        "Attempt 1 through Kannel 1",
        "120 ms",
        "V-77",
        attempt.pk.hex,
        "The person replied",
        "&lt;b&gt;thank you&lt;/b&gt;",
    ]
    place = -1
    for part in parts:
        place = page.find(part, place + 1)
        assert place >= 0, part


@pytest.mark.parametrize("why", list(Obstacle))
def test_a_story_says_which_way_it_took_and_who_was_passed_over_why(why):
    shop = a_merchant()
    first, second = a_gateway(shop, name="Aliyun 1"), a_gateway(shop, name="Kannel 2")
    passed = [{"gateway": str(first.pk), "why": why.value}]
    asked = {"when": "sent", "at": clock.now().isoformat(), "answer": "allow", "passed": passed}
    message = a_message(shop, gateway=second, gates=[asked], state=State.ACCEPTED)
    first.archive()
    page = html.unescape(story_of(logged_in(shop), message))
    assert f"Aliyun 1 was passed over: {words.OBSTACLES[why]}." in page
    assert "So it took Kannel 2." in page


def test_the_name_of_another_shops_gateway_is_in_no_story():
    shop = a_merchant()
    theirs = a_gateway(a_merchant(), name="Theirs")
    passed = [{"gateway": str(theirs.pk), "why": "resting"}]
    asked = {"when": "sent", "answer": "allow", "passed": passed}
    page = story_of(logged_in(shop), a_message(shop, gates=[asked]))
    assert "Theirs" not in page
    assert "A gateway was passed over: it rests." in page


@pytest.mark.parametrize("state", State.values)
def test_every_state_says_in_a_sentence_why(state):
    shop = a_merchant()
    message = a_message(shop, state=state, reason="opted_out", error="balance")
    page = logged_in(shop).get(reverse("message_detail", args=[message.pk]))
    assert page.context["sentence"]
    assert page.status_code == 200


def test_a_test_send_has_a_story_too():
    shop = a_merchant()
    asked = {"when": "tested", "at": clock.now().isoformat(), "by": "li@shop.example"}
    message = a_message(shop, event=None, rule=None, recipient="test", gates=[asked], state=State.ACCEPTED)
    page = story_of(logged_in(shop), message)
    assert "Somebody asked for a test" in page
    assert reverse("message_resend", args=[message.pk]) not in page


def test_links_that_are_the_persons_own_cannot_be_followed():
    shop = a_merchant()
    message = a_message(shop)
    own = [links.unsubscribe_url(message.pk), links.preferences_url(message.pk)]
    Message.objects.filter(pk=message.pk).update(body=f"Bye https://shop.example/u/1 {' '.join(own)}")
    page = story_of(logged_in(shop), message)
    assert "https://shop.example/u/1" in page
    for link in own:
        assert link not in page
        assert f"{link.rpartition('/')[0]}/…" in page


def test_a_mail_is_laid_out_in_a_frame_without_scripts_or_own_links():
    shop = a_merchant()
    order = an_order(shop, customer=a_customer(shop, name="<script>alert(1)</script>"))
    template = a_template(shop, channel="email", body="Hello {{ customer.name }}")
    message = a_message(shop, order=order, template=template, state=State.DELIVERED, body="Hello")
    client = logged_in(shop)
    url = reverse("message_mail", args=[message.pk])
    assert f'src="{url}"' in story_of(client, message)
    page = client.get(url)
    assert "Hello &lt;script&gt;" in page.content.decode()
    assert "/u/" not in page.content.decode()
    assert "script-src" not in page["Content-Security-Policy"]
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "SAMEORIGIN"


def test_a_text_has_no_mail():
    shop = a_merchant()
    message = a_message(shop, body="Hello")
    assert logged_in(shop).get(reverse("message_mail", args=[message.pk])).status_code == 404


def test_what_failed_is_sent_again_by_a_press():
    shop = a_merchant()
    message = a_message(shop, state=State.FAILED, reason="refused")
    client = logged_in(shop, role=Role.SUPPORT)
    url = reverse("message_resend", args=[message.pk])
    assert url in story_of(client, message)
    client.get(url)
    assert Message.objects.count() == 1
    page = client.post(url)
    again = Message.objects.get(step=1)
    assert page["Location"] == reverse("message_detail", args=[again.pk])
    assert "Somebody asked for it again" in story_of(client, again)
    assert reverse("message_detail", args=[again.pk]) in story_of(client, message)


def test_what_arrived_is_not_sent_again():
    shop = a_merchant()
    message = a_message(shop, state=State.DELIVERED)
    page = logged_in(shop).post(reverse("message_resend", args=[message.pk]), follow=True)
    assert "Only what failed" in page.content.decode()
    assert Message.objects.count() == 1


def test_who_may_not_send_does_not_resend():
    shop = a_merchant()
    message = a_message(shop, state=State.FAILED)
    client = logged_in(shop, role=Role.FINANCE)
    assert client.post(reverse("message_resend", args=[message.pk])).status_code == 403


def test_another_shops_message_is_not_found():
    message = a_message(a_merchant(), state=State.FAILED)
    client = logged_in(a_merchant())
    assert client.get(reverse("message_detail", args=[message.pk])).status_code == 404
    assert client.get(reverse("message_mail", args=[message.pk])).status_code == 404
    assert client.post(reverse("message_resend", args=[message.pk])).status_code == 404
    page = client.get(reverse("message_list"), {"q": message.address}).content.decode()
    assert str(message.pk) not in page


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_take_the_same_few_queries_however_long(rows):
    shop = a_merchant()
    order = an_order(shop)
    for _ in range(rows):
        a_message(shop, order=order)
    client = logged_in(shop)
    limits = {
        reverse("message_list"): 7,
        reverse("order_detail", args=[order.pk]): 20,
        reverse("customer_detail", args=[order.customer_id]): 10,
    }
    for url, most in limits.items():
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        assert len(queries) <= most, url


@pytest.mark.parametrize("rows", [1, 30])
def test_a_story_takes_the_same_few_queries_however_long(rows):
    shop = a_merchant()
    message = a_message(shop)
    for number in range(rows):
        Attempt.objects.create(
            merchant=shop, message=message, gateway=a_gateway(shop), number=number, started_at=clock.now()
        )
    client = logged_in(shop)
    with CaptureQueriesContext(connection) as queries:
        story_of(client, message)
    assert len(queries) <= 8


def planned_order(shop, **fields):
    """Return an order whose events the rules have been asked about."""
    order = an_order(shop, **fields)
    Event.objects.filter(order=order).update(planned_at=clock.now())
    return order


def test_an_order_says_of_each_event_what_was_told_to_whom():
    shop = a_merchant()
    rule = a_rule(shop, name="Say thanks")
    order = planned_order(shop)
    message = a_message(shop, order=order, rule=rule, state=State.DROPPED, reason="opted_out")
    page = logged_in(shop).get(reverse("order_detail", args=[order.pk])).content.decode()
    assert reverse("message_detail", args=[message.pk]) in page
    assert "Say thanks: The person opted out" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_active": False}, "It is switched off."),
        (
            {"conditions": [{"field": "order.total", "operator": "gte", "value": 500}]},
            "Its condition does not hold: order total ≥ 500.",
        ),
        ({"recipients": ["role:finance"]}, "It names nobody who could be told."),
    ],
)
def test_an_order_says_of_each_rule_why_it_told_nobody(fields, words):
    shop = a_merchant()
    a_rule(shop, name="Big spender", **fields)
    order = planned_order(shop)
    page = logged_in(shop).get(reverse("order_detail", args=[order.pk])).content.decode()
    assert f"Big spender: {words}" in page


def test_a_rule_that_is_younger_than_the_event_says_so():
    shop = a_merchant()
    order = planned_order(shop)
    a_rule(shop, name="Late comer")
    page = logged_in(shop).get(reverse("order_detail", args=[order.pk])).content.decode()
    assert "Late comer: It was made after this had happened." in page


def test_an_order_says_when_no_rule_answers_to_an_event():
    shop = a_merchant()
    order = planned_order(shop)
    page = logged_in(shop).get(reverse("order_detail", args=[order.pk])).content.decode()
    assert "No rule answers to this." in page


def test_a_customers_page_shows_messages_and_what_they_refused():
    shop = a_merchant()
    message = a_message(shop)
    row = an_opt_out(shop, address=message.address)
    page = logged_in(shop).get(reverse("customer_detail", args=[message.customer_id])).content.decode()
    assert reverse("message_detail", args=[message.pk]) in page
    assert reverse("opt_out_remove", args=[row.pk]) in page


def test_every_class_of_refusal_and_every_obstacle_has_its_words():
    assert set(words.ERRORS) == set(words.ERROR_NAMES) == set(ErrorClass)
    assert set(words.OBSTACLES) == set(Obstacle)
    assert set(words.WHYS) == set(GATEWAY_TROUBLE)
