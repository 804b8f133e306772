"""Unknown outcomes: asked about, waited for, and never sent again blindly. A real socket throughout."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django import db
from django.utils import timezone as clock

from merchants.models import Merchant
from notifications import heartbeat, tasks
from notifications.delivery.settling import settle
from notifications.models import Attempt, GatewayAccount, Message, Review, State, VendorTemplate
from orders.events import Lane
from tests.builders import a_gateway, a_merchant, a_rule, a_signature, a_template, an_order

pytestmark = pytest.mark.django_db(transaction=True)


class Vendor(ThreadingHTTPServer):
    """Aliyun's wire on a real socket: takes or drops each text, and remembers what it took."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.takes, self.answers, self.says, self.refuses = True, True, "OK", ""
        self.status, self.code, self.thinks_for, self.silence = 3, "DELIVERED", 0.0, 0.0
        self.asked: list[str] = []
        self.taken: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Talk(BaseHTTPRequestHandler):
    server: Vendor

    def do_POST(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self.headers["x-acs-action"] == "QuerySendDetails":
            self.server.asked.append(query["PhoneNumber"])
            time.sleep(self.server.thinks_for)
            self.server.silence = heartbeat.silent_for(Lane.BULK)
            told = {"SendStatus": self.server.status, "ErrCode": self.server.code}
            rows = [{"OutId": reference, **told} for reference in self.server.taken]
            self.say(
                {
                    "Code": self.server.says,
                    "TotalCount": len(rows),
                    "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows},
                }
            )
            return
        if self.server.refuses:
            self.say({"Code": self.server.refuses, "Message": "refused"})
            return
        if self.server.takes:
            self.server.taken.append(query["OutId"])
        if self.server.answers:
            self.say({"Code": "OK", "Message": "OK", "BizId": f"biz-{query['OutId']}"})
        else:
            self.close_connection = True

    def say(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def a_shop(vendor: Vendor) -> Merchant:
    merchant = a_merchant()
    credentials = {"access_key_id": "id", "access_key_secret": "secret"}
    gateway = a_gateway(merchant, kind="aliyun", endpoint=vendor.url, credentials=credentials)
    a_signature(merchant)
    template = a_template(merchant)
    VendorTemplate.objects.create(
        merchant=merchant,
        template=template,
        gateway=gateway,
        code="SMS_1",
        params={"no": "order.number"},
        state=Review.USABLE,
    )
    a_rule(merchant, template=template)
    return merchant


def lose_one(vendor: Vendor, *, takes: bool) -> Message:
    """Return a message whose answer was lost on the way back."""
    vendor.takes, vendor.answers = takes, False
    an_order(a_shop(vendor))
    tasks.work(Lane.URGENT)
    return Message.objects.get()


def ask_now(*, after: timedelta = timedelta(minutes=10)) -> None:
    """Ask as if so much time had passed since the attempt."""
    Message.objects.update(look_at=clock.now() - timedelta(seconds=1))
    Attempt.objects.update(started_at=clock.now() - after)
    settle()


def test_a_dropped_answer_leaves_the_outcome_unknown(vendor: Vendor) -> None:
    message = lose_one(vendor, takes=True)
    assert message.state == State.UNKNOWN
    assert message.attempts.get().outcome == Attempt.Outcome.UNKNOWN


def test_nobody_is_asked_before_the_time_has_come(vendor: Vendor) -> None:
    lose_one(vendor, takes=True)
    assert settle() == 0
    assert vendor.asked == []


def test_what_the_vendor_has_is_accepted_and_not_sent_again(vendor: Vendor) -> None:
    message = lose_one(vendor, takes=True)
    ask_now()
    tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert message.state in (State.ACCEPTED, State.DELIVERED)
    assert vendor.taken == [message.attempts.get().id.hex]


def test_what_the_vendor_never_had_is_tried_again_once(vendor: Vendor) -> None:
    message = lose_one(vendor, takes=False)
    ask_now()
    message.refresh_from_db()
    assert message.state == State.RETRY
    vendor.takes, vendor.answers = True, True
    Message.objects.update(due_at=clock.now())
    tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert message.state == State.ACCEPTED
    assert message.attempts.count() == 2
    assert len(vendor.taken) == 1


def test_a_vendor_that_cannot_say_is_asked_again_later(vendor: Vendor) -> None:
    message = lose_one(vendor, takes=True)
    vendor.says = "isp.SYSTEM_ERROR"
    ask_now()
    message.refresh_from_db()
    assert message.state == State.UNKNOWN
    assert message.look_at is not None
    assert message.look_at > clock.now()


def test_at_the_deadline_it_is_given_up_and_says_why(vendor: Vendor) -> None:
    message = lose_one(vendor, takes=True)
    vendor.says = "isp.SYSTEM_ERROR"
    ask_now(after=timedelta(days=4))
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, "unknown_outcome")
    assert len(vendor.taken) == 1


def test_a_gateway_that_cannot_be_asked_is_waited_for(vendor: Vendor) -> None:
    message = lose_one(vendor, takes=True)
    GatewayAccount.objects.update(kind="kannel")
    ask_now()
    message.refresh_from_db()
    assert message.state == State.UNKNOWN
    assert vendor.asked == []


def test_a_gateway_that_is_down_has_taken_nothing_and_is_tried_again(vendor: Vendor) -> None:
    merchant = a_shop(vendor)
    vendor.shutdown()
    vendor.server_close()
    an_order(merchant)
    tasks.work(Lane.URGENT)
    message = Message.objects.get()
    assert message.state == State.RETRY
    assert message.attempts.get().error == "transient"


def test_an_account_that_is_refused_rests_and_another_takes_over(vendor: Vendor) -> None:
    merchant = a_shop(vendor)
    a_gateway(merchant, priority=20)
    vendor.refuses = "isv.AMOUNT_NOT_ENOUGH"
    an_order(merchant)
    tasks.work(Lane.URGENT)
    message = Message.objects.get()
    assert message.state == State.ACCEPTED
    assert message.gateway.kind == "sandbox"
    assert list(message.attempts.order_by("number").values_list("error", flat=True)) == ["balance", ""]
    resting = GatewayAccount.objects.get(kind="aliyun")
    assert resting.paused_until is not None
    assert resting.paused_until > clock.now()


@pytest.mark.parametrize("code", ["IS_CLOSE", "SP_UNKNOWN_ERROR", "MOBILE_NOT_ON_SERVICE", "a carrier's own"])
def test_what_the_vendor_had_and_a_carrier_failed_on_is_not_sent_again(vendor: Vendor, code: str) -> None:
    message = lose_one(vendor, takes=True)
    vendor.status, vendor.code = 2, code
    ask_now()
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.UNDELIVERED, "undelivered")
    attempt = message.attempts.get()
    assert (attempt.outcome, attempt.code) == (Attempt.Outcome.ACCEPTED, code)
    assert not GatewayAccount.objects.exclude(paused_until=None).exists()


def test_a_vendor_who_says_twice_that_he_never_had_it_is_believed_once(vendor: Vendor) -> None:
    message = lose_one(vendor, takes=False)
    for _ in range(3):
        ask_now()
        Message.objects.filter(state=State.RETRY).update(due_at=clock.now())
        tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert (message.state, message.attempts.count()) == (State.UNKNOWN, 2)
    ask_now(after=timedelta(days=4))
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, "unknown_outcome")


def test_an_account_that_cannot_even_be_asked_keeps_nobody_else_waiting(vendor: Vendor) -> None:
    broken = lose_one(vendor, takes=True)
    GatewayAccount.objects.update(credentials=["nonsense"])
    sound = lose_one_more(vendor)
    ask_now()
    states = dict(Message.objects.values_list("pk", "state"))
    assert (states[broken.pk], states[sound.pk]) == (State.UNKNOWN, State.ACCEPTED)


def lose_one_more(vendor: Vendor) -> Message:
    order = an_order(a_shop(vendor))
    tasks.work(Lane.URGENT)
    return Message.objects.get(order=order)


def test_nobody_is_asked_about_the_number_of_an_erased_person(vendor: Vendor) -> None:
    lose_one(vendor, takes=True)
    Message.objects.update(address="")
    ask_now()
    assert vendor.asked == []


def test_a_worker_that_waits_for_a_vendor_gives_signs_of_life(vendor: Vendor) -> None:
    lose_one(vendor, takes=True)
    vendor.thinks_for = 2.2
    ask_now()
    assert 0 < vendor.silence < 2


def test_trouble_in_one_part_of_the_sweep_leaves_the_others_alone(merchant: Merchant) -> None:
    order = an_order(merchant, payment_due_at=clock.now() - timedelta(hours=1))

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "notifications_bucket" in sql:
            raise db.OperationalError("the server closed the connection")
        return execute(sql, params, many, context)

    with db.connection.execute_wrapper(run):
        tasks.sweep()
    assert order.events.filter(kind="order.unpaid").exists()


@pytest.fixture
def merchant() -> Merchant:
    return a_merchant()
