"""Unknown outcomes: asked about, waited for, and never sent again blindly. A real socket throughout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone as clock

from merchants.models import Merchant
from notifications import tasks
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
            rows = [{"OutId": reference, "SendStatus": 3} for reference in self.server.taken]
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
    assert resting.paused_until > clock.now()
