"""From an order to a phone and back over a real Kannel, bound to an SMSC that does as it likes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.db import connection

from bench.processes import wait_for_port
from merchants.models import Merchant
from notifications.links import push_url
from notifications.models import Message, OptOut, Receipt, State
from notifications.outcomes import ErrorClass, ReceiptKind
from notifications.reasons import Reason
from orders.models import Customer
from tests.builders import a_customer, a_gateway, a_merchant, a_rule, a_signature, a_template, an_order
from tests.chaos import Scene
from tests.kannel import kannel
from tests.smsc import Smsc, smsc
from tests.waiting import eventually

NUMBER = "{{ order.number }}"
SHORT = f"您的订单{NUMBER}已收到，我们会尽快安排发货。"
LONG = SHORT * 6
# What comes of a short text to each phone, by its last two digits (tests/smsc.py): state, code, class.
ENDS = {
    "10": (State.DELIVERED, "DELIVRD/000", ""),
    "11": (State.UNDELIVERED, "UNDELIV/001", ""),
    "12": (State.UNDELIVERED, "EXPIRED/002", ErrorClass.TRANSIENT),
    "13": (State.UNDELIVERED, "REJECTD/003", ErrorClass.CONTENT),
    "14": (State.DELIVERED, "DELIVRD/000", ""),
    "15": (State.ACCEPTED, "", ""),
    "21": (State.UNDELIVERED, "NACK/0x0b", ErrorClass.RECIPIENT),
    "22": (State.DELIVERED, "DELIVRD/000", ""),
    "23": (State.UNDELIVERED, "NACK/Retries Exceeded", ErrorClass.TRANSIENT),
}
REFUSED = {"21", "23"}

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@contextmanager
def orderbell(home: Path) -> Iterator[str]:
    """Run web server and workers on the test's own database; yield the web server's address."""
    name = str(connection.settings_dict["NAME"])
    is_sqlite = connection.vendor == "sqlite"
    url = f"sqlite:///{name}" if is_sqlite else f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"
    scene = Scene(home, url=url, database=None, seed=1)
    scene.environment["PUBLIC_URL"] = f"http://127.0.0.1:{scene.port}"
    try:
        # Tests themselves have their cache elsewhere.
        call_command("createcachetable", "cache", verbosity=0)
        DatabaseCache("cache", {}).clear()
        scene.start_web()
        scene.start_workers()
        wait_for_port(scene.port, of=scene.web)
        yield scene.environment["PUBLIC_URL"]
    finally:
        scene.end()


@contextmanager
def shop(home: Path, settings: Any, *, body: str) -> Iterator[tuple[Merchant, Smsc]]:
    """Run a shop that texts whoever orders through Kannel, bound to an SMSC."""
    merchant = a_merchant()
    a_signature(merchant)
    a_rule(merchant, template=a_template(merchant, body=body))
    credentials = {"username": "orderbell", "password": "secret"}
    account = a_gateway(merchant, kind="kannel", sender="10690", credentials=credentials)
    with (
        smsc() as centre,
        orderbell(home) as settings.PUBLIC_URL,
        kannel(home, replies=push_url(account), smsc=centre.port) as running,
    ):
        account.endpoint = running.endpoint
        account.save()
        assert centre.is_bound.wait(10)
        yield merchant, centre


def order_of(merchant: Merchant, phone: str) -> str:
    """Place an order of the person with this phone; return its number."""
    customer = Customer.objects.filter(phone=phone).first() or a_customer(merchant, phone=phone)
    number: str = an_order(merchant, customer=customer).number
    return number


def as_read(body: str, number: str) -> str:
    return f"【叮单茶铺】{body.replace(NUMBER, number)}"


def end_of(phone: str) -> tuple[str, str, str]:
    """Return the state of the message to a phone, the code of its final report, the class of its error."""
    message = Message.objects.filter(address=phone).first()
    if message is None:
        return "", "", ""
    report = message.receipts.exclude(kind=ReceiptKind.PROGRESS).order_by("id").last()
    return message.state, report.code if report else "", message.error


def test_every_text_comes_to_its_end_and_none_goes_twice(tmp_path: Path, settings: Any) -> None:
    phones = {f"+86138001380{ending}": end for ending, end in ENDS.items()}
    with shop(tmp_path, settings, body=SHORT) as (merchant, centre):
        numbers = {phone: order_of(merchant, phone) for phone in phones}
        eventually(lambda: all(end_of(phone) == end for phone, end in phones.items()))

    assert {phone: end_of(phone) for phone in phones} == phones
    for phone, number in numbers.items():
        assert centre.texts(phone) == ([] if phone[-2:] in REFUSED else [as_read(SHORT, number)])
        assert Message.objects.get(address=phone).attempts.count() == 1
    assert centre.tries["+8613800138022"] == 3


def test_a_long_text_is_read_whole_and_replies_are_heard(tmp_path: Path, settings: Any) -> None:
    leaves, asks, unreachable = "+8613800138010", "+8613800138014", "+8613800138021"
    question = "请问我的订单什么时候发货？" * 8
    with shop(tmp_path, settings, body=LONG) as (merchant, centre):
        numbers = {phone: order_of(merchant, phone) for phone in (leaves, asks, unreachable)}
        # Of a text that was refused in parts Kannel does not say why.
        ends = {"DELIVRD/000": (leaves, asks), "NACK": (unreachable,)}
        assert eventually(
            lambda: all(end_of(phone)[1] == code for code, phones in ends.items() for phone in phones)
        )
        centre.reply(leaves, says="退订", to="10690")
        centre.reply(asks, says=question, to="10690")
        assert eventually(lambda: OptOut.objects.filter(address=leaves).exists())
        assert eventually(lambda: Receipt.objects.filter(address=asks, kind=ReceiptKind.REPLY).exists())
        order_of(merchant, leaves)
        after = Message.objects.filter(address=leaves, state=State.DROPPED, reason=Reason.OPTED_OUT)
        assert eventually(after.exists)

    assert centre.texts(leaves) == [as_read(LONG, numbers[leaves])]
    assert centre.texts(asks) == [as_read(LONG, numbers[asks])]
    assert Receipt.objects.get(address=asks, kind=ReceiptKind.REPLY).text == question
    assert not OptOut.objects.filter(address=asks).exists()
