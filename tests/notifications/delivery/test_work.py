"""From an order's change to the sandbox, in one process, without faking anything of ours."""

from __future__ import annotations

from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connections
from django.utils import timezone as clock

from merchants.ownership import across_merchants
from notifications import tasks
from notifications.models import Attempt, Message, SandboxDelivery, State
from orders.events import Lane
from orders.models import Event
from tests.builders import (
    a_customer,
    a_gateway,
    a_member,
    a_merchant,
    a_rule,
    a_signature,
    a_template,
    an_opt_out,
    an_order,
)

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    tasks.work(Lane.URGENT)
    tasks.work_receipts()


def a_shop():
    merchant = a_merchant()
    a_gateway(merchant)
    a_signature(merchant)
    return merchant


def test_an_order_reaches_a_phone_with_its_signature() -> None:
    merchant = a_shop()
    a_rule(merchant)
    order = an_order(merchant, number="A-1001")
    work()
    shown = SandboxDelivery.objects.get()
    assert shown.text == "【叮单茶铺】We have your order A-1001."
    assert shown.address == order.customer.phone
    message = Message.objects.get()
    assert message.state == State.DELIVERED
    assert message.gates[0]["answer"] == "allow"
    assert [record["when"] for record in message.gates] == ["planned", "sent"]
    assert message.attempts.get().outcome == Attempt.Outcome.ACCEPTED


def test_an_order_reaches_a_mailbox() -> None:
    merchant = a_shop()
    a_rule(merchant, template=a_template(merchant, channel="email"))
    order = an_order(merchant, number="A-1002")
    work()
    shown = SandboxDelivery.objects.get()
    assert shown.channel == "email"
    assert shown.address == order.customer.email
    assert shown.subject == "Your order A-1002"
    assert "A-1002" in shown.html
    assert "/u/" in shown.html


def test_replaying_every_event_makes_no_second_message() -> None:
    merchant = a_shop()
    a_rule(merchant)
    for _ in range(3):
        an_order(merchant)
    work()
    for _ in range(3):
        Event.objects.update(planned_at=None)
        work()
    assert Message.objects.count() == 3
    assert SandboxDelivery.objects.count() == 3


def test_a_person_who_opted_out_is_not_told_and_the_message_says_why() -> None:
    merchant = a_shop()
    a_rule(merchant)
    customer = a_customer(merchant)
    an_opt_out(merchant, address=customer.phone)
    an_order(merchant, customer=customer)
    work()
    message = Message.objects.get()
    assert (message.state, message.reason) == (State.DROPPED, "opted_out")
    assert SandboxDelivery.objects.count() == 0


def test_consent_is_asked_again_at_the_moment_of_sending() -> None:
    merchant = a_shop()
    a_rule(merchant, delay_seconds=600)
    order = an_order(merchant)
    work()
    message = Message.objects.get()
    assert message.state == State.PLANNED
    an_opt_out(merchant, address=order.customer.phone)
    Message.objects.update(due_at=clock.now() - timedelta(seconds=1))
    work()
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.DROPPED, "opted_out")


def test_a_reminder_to_pay_is_dropped_once_the_order_is_paid() -> None:
    merchant = a_shop()
    condition = {"field": "order.status", "operator": "eq", "value": "created"}
    a_rule(merchant, delay_seconds=1800, conditions=[condition])
    order = an_order(merchant)
    work()
    order.status = "paid"
    order.save()
    Message.objects.update(due_at=clock.now() - timedelta(seconds=1))
    work()
    message = Message.objects.get()
    assert (message.state, message.reason) == (State.DROPPED, "not_true")


def test_a_message_past_its_useful_life_is_not_sent() -> None:
    merchant = a_shop()
    a_rule(merchant, delay_seconds=600, useful_seconds=3600)
    an_order(merchant)
    work()
    long_ago = clock.now() - timedelta(hours=2)
    Message.objects.update(due_at=long_ago, expires_at=clock.now() - timedelta(minutes=1))
    work()
    assert Message.objects.get().reason == "expired"


def test_the_first_channel_that_reaches_the_person_is_taken() -> None:
    merchant = a_shop()
    template = a_template(merchant)
    a_template(merchant, channel="email", code=template.code)
    a_rule(merchant, template=template, channels=["sms", "email"], strategy="first_available")
    an_order(merchant, customer=a_customer(merchant, phone=""))
    an_order(merchant)
    work()
    assert list(Message.objects.order_by("id").values_list("channel", flat=True)) == ["email", "sms"]


def test_a_role_of_the_team_is_told_by_email() -> None:
    merchant = a_shop()
    finance = a_member(merchant, role="finance")
    a_member(merchant, role="viewer")
    a_rule(merchant, template=a_template(merchant, channel="email"), recipients=["role:finance"])
    an_order(merchant)
    work()
    assert Message.objects.get().address == finance.email


def test_without_a_gateway_nothing_is_lost_and_the_reason_is_kept() -> None:
    merchant = a_merchant()
    a_signature(merchant)
    a_rule(merchant)
    an_order(merchant)
    work()
    assert Message.objects.get().reason == "no_gateway"


def test_an_old_event_is_recorded_and_told_to_nobody() -> None:
    merchant = a_shop()
    a_rule(merchant)
    an_order(merchant, occurred_at=clock.now() - timedelta(days=30))
    work()
    assert Event.objects.get().silence == "old"
    assert Message.objects.count() == 0


def test_a_marketing_text_waits_for_the_end_of_the_quiet_hours(time_machine) -> None:
    merchant = a_shop()
    a_rule(merchant, template=a_template(merchant, category="marketing", body="Sale! 拒收请回复R"))
    time_machine.move_to("2026-11-20T15:30:00Z")  # 23:30 in Shanghai
    an_order(merchant)
    tasks.work(Lane.URGENT)
    tasks.work(Lane.BULK)
    message = Message.objects.get()
    assert (message.state, message.reason) == (State.HELD, "quiet_hours")
    assert message.due_at.isoformat() == "2026-11-21T00:00:00+00:00"
    time_machine.move_to("2026-11-21T00:00:05Z")
    tasks.work(Lane.BULK)
    message.refresh_from_db()
    assert message.state == State.ACCEPTED


def test_a_missing_value_fails_the_message_and_names_it() -> None:
    merchant = a_shop()
    a_rule(
        merchant, template=a_template(merchant, body="Pay by {{ order.payment_due_at }}, {{ order.number }}")
    )
    an_order(merchant, payment_due_at=None)
    work()
    message = Message.objects.get()
    assert (message.state, message.reason) == (State.FAILED, "missing_value")
    assert "order.payment_due_at" in message.gates[-1]["detail"]


def test_a_vendor_who_hangs_does_not_hold_up_what_comes_meanwhile() -> None:
    merchant, second_came = a_merchant(), Signal()
    a_signature(merchant)
    a_rule(merchant)
    asked = []

    class Vendor(BaseHTTPRequestHandler):
        """Answers the first text only when the second has come, which is ordered meanwhile."""

        def do_GET(self) -> None:
            asked.append(self.path)
            if len(asked) == 1:
                with across_merchants():
                    an_order(merchant, number="A-2")
                connections.close_all()
                second_came.wait(10)
            else:
                second_came.set()
            self.send_response(202)
            self.end_headers()
            self.wfile.write(b"0: Accepted for delivery")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        a_gateway(merchant, kind="kannel", endpoint=f"http://127.0.0.1:{server.server_port}/sendsms")
        an_order(merchant, number="A-1")
        tasks.work(Lane.URGENT)
    finally:
        server.shutdown()
        server.server_close()
    assert second_came.is_set()
    assert set(Message.objects.values_list("order__number", "state")) == {
        ("A-1", "accepted"),
        ("A-2", "accepted"),
    }
