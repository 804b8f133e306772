"""Two gateways, one of which fails: texts take the other at once, and the team hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event as Signal
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone as clock

from merchants.ids import uuid7
from merchants.models import Merchant
from notifications import tasks, testsend
from notifications.delivery.resting import doubt, find_slow, rest, take_back
from notifications.models import Attempt, GatewayAccount, Message, State
from orders.events import EventKind, Lane
from orders.models import Event
from tests.builders import a_customer, a_gateway, a_merchant, a_rule, a_signature, a_template, an_order

pytestmark = pytest.mark.django_db(transaction=True)

BUSY = (503, "Temporal failure, try again later.")
TAKEN = (202, "0: Accepted for delivery")
DENIED = (403, "Authorization failed for sendsms")


class Smsbox(ThreadingHTTPServer):
    """Kannel's wire on a real socket; it says what it is told to say, or nothing while it hangs."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.says, self.hangs = TAKEN, False
        self.go_on = Signal()
        self.phones: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/cgi-bin/sendsms"


class Talk(BaseHTTPRequestHandler):
    server: Smsbox

    def do_GET(self) -> None:
        if self.server.hangs:
            self.server.go_on.wait(10)
            self.close_connection = True
            return
        status, words = self.server.says
        if status == 202:
            self.server.phones.append(parse_qs(urlsplit(self.path).query)["to"][0])
        self.send_response(status)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def boxes() -> Iterator[tuple[Smsbox, Smsbox]]:
    both = (Smsbox(), Smsbox())
    for box in both:
        Thread(target=box.serve_forever, daemon=True).start()
    yield both
    for box in both:
        box.go_on.set()
        box.shutdown()
        box.server_close()


@pytest.fixture
def merchant(boxes: tuple[Smsbox, Smsbox]) -> Merchant:
    merchant = a_merchant()
    a_signature(merchant)
    for place, box in enumerate(boxes, start=1):
        keys = {"username": "u", "password": "secret-word"}
        a_gateway(
            merchant,
            kind="kannel",
            name=f"Box {place}",
            endpoint=box.url,
            priority=place,
            credentials=keys,
        )
    a_rule(merchant, template=a_template(merchant))
    return merchant


def order(merchant: Merchant, *, count: int = 1) -> list[Message]:
    """Place orders, let a worker do its round, and return the messages."""
    for number in range(count):
        an_order(merchant, customer=a_customer(merchant, phone=f"+86138001380{number:02d}"))
    tasks.work(Lane.URGENT)
    return list(Message.objects.filter(channel="sms").order_by("id"))


def the_first() -> GatewayAccount:
    return GatewayAccount.objects.get(name="Box 1")


def told() -> list[tuple[str, str]]:
    kinds = (EventKind.GATEWAY_SWITCHED, EventKind.GATEWAY_BACK)
    return [(event.kind, event.data["why"]) for event in Event.objects.filter(kind__in=kinds).order_by("id")]


def test_what_the_first_refuses_takes_the_second_in_the_same_breath(
    merchant: Merchant, boxes: tuple[Smsbox, Smsbox]
) -> None:
    boxes[0].says = BUSY
    (message,) = order(merchant)
    assert message.state == State.ACCEPTED
    first, second = message.attempts.order_by("number")
    assert (first.outcome, first.error, second.outcome) == ("refused", "transient", "accepted")
    assert (len(boxes[0].phones), len(boxes[1].phones)) == (0, 1)
    assert message.gates[-1]["passed"] == [{"gateway": str(the_first().pk), "why": "just_tried"}]


def test_an_account_that_refuses_us_rests_and_the_team_hears_once(
    merchant: Merchant, boxes: tuple[Smsbox, Smsbox]
) -> None:
    boxes[0].says = DENIED
    messages = order(merchant, count=4)
    assert {message.state for message in messages} == {State.ACCEPTED}
    assert len(boxes[1].phones) == 4
    account = the_first()
    assert account.paused_until is not None
    assert account.paused_until > clock.now() + timedelta(minutes=14)
    assert account.rests == 1
    assert told() == [("gateway.switched", "refused")]


def test_five_failures_make_it_rest(merchant: Merchant, boxes: tuple[Smsbox, Smsbox]) -> None:
    boxes[0].says = BUSY
    order(merchant, count=6)
    assert the_first().paused_until is not None
    assert told() == [("gateway.switched", "failing")]
    assert len(boxes[1].phones) == 6


def test_one_that_hangs_rests_before_its_time_out_and_what_it_has_is_not_sent_again(
    merchant: Merchant, boxes: tuple[Smsbox, Smsbox]
) -> None:
    boxes[0].hangs = True
    order(merchant, count=4)
    assert told() == [("gateway.switched", "hanging")]
    states = set(Message.objects.filter(channel="sms").values_list("state", flat=True))
    assert states == {State.UNKNOWN}
    assert boxes[1].phones == []
    order(merchant)
    assert len(boxes[1].phones) == 1


def test_it_comes_back_on_trial_and_proves_itself(merchant: Merchant, boxes: tuple[Smsbox, Smsbox]) -> None:
    rest(the_first().pk, why="failing", until=clock.now())
    order(merchant, count=12)
    assert len(boxes[0].phones) >= 5
    account = the_first()
    assert (account.rests, account.paused_until, account.paused_reason) == (0, None, "")
    assert told() == [("gateway.switched", "failing"), ("gateway.back", "")]


def test_each_rest_without_success_is_longer() -> None:
    account = a_gateway(a_merchant(), kind="kannel")
    waits = []
    for _ in range(3):
        GatewayAccount.objects.update(paused_until=None)
        before = clock.now()
        assert rest(account.pk, why="failing")
        assert not rest(account.pk, why="failing")
        account.refresh_from_db()
        assert account.paused_until is not None
        waits.append(round((account.paused_until - before).total_seconds()))
    assert waits == [30, 60, 120]
    assert take_back(account.pk)
    assert not take_back(account.pk)


def accepted_a_while_ago(account: GatewayAccount, *, reported: int, silent: int) -> None:
    """Make attempts that the account accepted three minutes ago."""
    message = Message.objects.filter(channel="sms").get()
    moment = int((clock.now() - timedelta(minutes=3)).timestamp() * 1000) << 80
    for number in range(reported + silent):
        twin = Message.objects.get(pk=message.pk)
        twin.pk, twin.step, twin._state.adding = uuid7(), number + 1, True
        twin.state = State.DELIVERED if number < reported else State.ACCEPTED
        twin.save(force_insert=True)
        Attempt.objects.create(
            id=type(twin.pk)(int=moment + number),
            merchant=account.merchant,
            message=twin,
            gateway=account,
            number=1,
            outcome="accepted",
            started_at=clock.now() - timedelta(minutes=3),
        )


def test_one_whose_receipts_stay_away_is_doubted_and_trusted_again_when_they_come(
    merchant: Merchant,
) -> None:
    order(merchant)
    account = the_first()
    accepted_a_while_ago(account, reported=9, silent=11)
    assert find_slow() == 0, "it never reported, so nothing is expected of it"
    GatewayAccount.objects.filter(pk=account.pk).update(reported_at=clock.now())
    assert find_slow() == 1
    assert find_slow() == 0
    account.refresh_from_db()
    assert account.doubted_until is not None
    assert account.paused_until is None
    assert told() == [("gateway.switched", "slow")]
    Message.objects.filter(state=State.ACCEPTED).update(state=State.DELIVERED)
    find_slow()
    assert the_first().doubted_until is None
    assert told()[-1] == ("gateway.back", "")


def test_what_one_does_not_reach_waits_for_another_that_rests(
    merchant: Merchant, boxes: tuple[Smsbox, Smsbox]
) -> None:
    boxes[0].says = (403, "Not routable. Do not try again.")
    second = GatewayAccount.objects.get(name="Box 2")
    until = clock.now() + timedelta(minutes=1)
    rest(second.pk, why="failing", until=until)
    (message,) = order(merchant)
    assert (message.state, message.due_at) == (State.RETRY, until)
    GatewayAccount.objects.filter(pk=second.pk).update(paused_until=None)
    Message.objects.update(due_at=clock.now())
    tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert (message.state, len(boxes[1].phones)) == (State.ACCEPTED, 1)


def test_receipts_that_come_again_end_no_other_rest(merchant: Merchant) -> None:
    order(merchant)
    account = the_first()
    accepted_a_while_ago(account, reported=20, silent=0)
    GatewayAccount.objects.filter(pk=account.pk).update(
        reported_at=clock.now(), doubted_until=clock.now() - timedelta(minutes=1)
    )
    rest(account.pk, why="refused", until=clock.now() + timedelta(minutes=15))
    find_slow()
    assert the_first().paused_until is not None


def test_a_doubt_does_not_end_because_texts_are_accepted(merchant: Merchant) -> None:
    account = the_first()
    assert doubt(account.pk, detail="1/20")
    GatewayAccount.objects.exclude(pk=account.pk).update(is_active=False)
    order(merchant, count=12)
    account.refresh_from_db()
    assert account.doubted_until is not None
    assert account.rests == 1
    assert told() == [("gateway.switched", "slow")]


def test_a_drill_goes_through_its_own_account_and_shows_what_went_over_the_wire(
    merchant: Merchant, boxes: tuple[Smsbox, Smsbox]
) -> None:
    account = the_first()
    rest(account.pk, why="failing")
    testsend.drill(account, address="+8613800138000")
    tasks.work(Lane.URGENT)
    message = Message.objects.get()
    assert (message.state, message.gateway) == (State.ACCEPTED, account)
    assert len(boxes[0].phones) == 1
    (exchange,) = message.attempts.get().exchanges
    assert (exchange["method"], exchange["status"], exchange["answer"]) == ("GET", *TAKEN)
    assert "to=%2B8613800138000" in exchange["url"]
    assert "secret-word" not in str(exchange)


def test_a_drill_that_gets_no_answer_says_so(merchant: Merchant, boxes: tuple[Smsbox, Smsbox]) -> None:
    account = the_first()
    GatewayAccount.objects.filter(pk=account.pk).update(endpoint="http://127.0.0.1:9/cgi-bin/sendsms")
    testsend.drill(account, address="+8613800138000")
    tasks.work(Lane.URGENT)
    attempt = Attempt.objects.get()
    assert attempt.outcome == "refused"
    assert attempt.exchanges[0]["status"] == 0
    assert "127.0.0.1:9" in attempt.exchanges[0]["answer"]


def test_a_canary_is_a_drill_that_repeats(merchant: Merchant) -> None:
    assert testsend.send_canaries() == 0
    GatewayAccount.objects.filter(name="Box 2").update(canary_phone="+8613800138000", canary_minutes=10)
    assert testsend.send_canaries() == 1
    assert testsend.send_canaries() == 0
    GatewayAccount.objects.update(canary_at=clock.now() - timedelta(minutes=11))
    assert testsend.send_canaries() == 1
    assert set(Message.objects.values_list("gateway__name", flat=True)) == {"Box 2"}
