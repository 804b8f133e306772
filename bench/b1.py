"""The work itself: paid orders already saved as events → planned → rendered → sent → accepted."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django import db
from django.core.management import call_command
from django.utils import timezone as clock

from bench import processes
from merchants.ids import uuid7
from merchants.models import Brand, Merchant
from merchants.ownership import across_merchants
from notifications import presets
from notifications.clusters import spare_the_collector
from notifications.delivery.drafting import draft
from notifications.delivery.sending import Dispatch
from notifications.gateways.registry import GATEWAYS
from notifications.models import GatewayAccount, Message, Review, Rule, State, Template, VendorTemplate
from notifications.setup import Setups
from orders.events import Lane
from orders.models import Customer, Event, Item, Order

WORKERS = 2


@contextmanager
def http_sink() -> Iterator[int]:
    """Yield the port of a gateway that takes everything."""
    with processes.http_sink() as sink:
        yield sink.port


# How each way of sending to the sink is set up: the account, and where it is.
WAYS: dict[str, dict[str, Any]] = {
    "sms": {
        "kind": "kannel",
        "endpoint": "http://127.0.0.1:{port}/cgi-bin/sendsms",
        "credentials": {"username": "bench", "password": "bench"},
    },
    "batches": {
        "kind": "aliyun",
        "endpoint": "http://127.0.0.1:{port}/",
        "credentials": {"access_key_id": "bench", "access_key_secret": "bench"},
    },
}


def make_shop(port: int, *, way: str = "sms") -> Merchant:
    """Make a shop with the presets, whose texts go to the sink by single calls or by batches."""
    merchant = Merchant.objects.create(name="Bench")
    Brand.objects.create(merchant=merchant, from_name="Bench", footer="Tea, and nothing but tea")
    presets.install(merchant)
    Rule.objects.update(channels=["email" if way == "email" else "sms"])
    GatewayAccount.objects.update(is_active=False)
    account = WAYS.get(way, WAYS["sms"])
    gateway = GatewayAccount.objects.create(
        merchant=merchant, name="Sink", **account | {"endpoint": account["endpoint"].format(port=port)}
    )
    if GATEWAYS[gateway.kind].needs_template:
        VendorTemplate.objects.bulk_create(
            VendorTemplate(
                merchant=merchant,
                template=template,
                gateway=gateway,
                code="SMS_1",
                params={"number": "order.number", "total": "order.total"},
                state=Review.USABLE,
            )
            for template in Template.objects.filter(channel="sms")
        )
    return merchant


def save_orders(merchant: Merchant, count: int) -> None:
    """Save paid orders, each with its event, as if they had just come in."""
    now = clock.now()
    customers = [
        Customer(
            merchant=merchant,
            external_id=f"b{uuid7().hex}",
            name="林小雨",
            phone=f"+86138{number:08d}",
            email=f"c{number}@example.com",
            language="zh-hans",
            country="CN",
            timezone="Asia/Shanghai",
        )
        for number in range(count)
    ]
    orders = [
        Order(
            merchant=merchant,
            number=uuid7().hex[-12:],
            customer=customer,
            status="paid",
            currency="CNY",
            total=268,
        )
        for customer in customers
    ]
    Customer.objects.bulk_create(customers, batch_size=1000)
    Order._base_manager.bulk_create(orders, batch_size=1000)
    Item.objects.bulk_create(
        [
            Item(merchant=merchant, order=order, sku="TEA-1", name="明前龙井 250g", unit_price=268)
            for order in orders
        ],
        batch_size=1000,
    )
    Event.objects.bulk_create(
        [
            Event(merchant=merchant, kind="order.paid", order=order, customer=order.customer, occurred_at=now)
            for order in orders
        ],
        batch_size=1000,
    )


def in_workers(work: Callable[[], None], *, workers: int = WORKERS) -> float:
    """Run `work` in each of the worker processes; return how long it took until the last was done."""
    db.connections.close_all()
    spare_the_collector()
    context = multiprocessing.get_context("fork")
    workforce = [context.Process(target=work) for _ in range(workers)]
    began = time.perf_counter()
    for process in workforce:
        process.start()
    for process in workforce:
        process.join()
    took = time.perf_counter() - began
    if any(process.exitcode for process in workforce):
        raise RuntimeError("a worker failed")
    return took


def whole() -> None:
    with across_merchants():
        while Event.objects.filter(planned_at=None).exists() or _is_open():
            Dispatch(Lane.URGENT).run(until=time.monotonic() + 600)


def sending() -> None:
    with across_merchants():
        while _is_open():
            Dispatch(Lane.URGENT).run(until=time.monotonic() + 600)


def _is_open() -> bool:
    return Message.objects.filter(state__in=[State.DUE, State.SENDING]).exists()


def plan_only() -> None:
    """Plan in the other lane: what is planned there for this one is left due."""
    with across_merchants():
        setups = Setups()
        while draft(Lane.BULK, limit=500, setups=setups).events:
            pass


def accepted() -> int:
    return Message.objects.filter(state__in=[State.ACCEPTED, State.DELIVERED]).count()


def make(count: str, port: str, way: str) -> None:
    """As a step: a shop and its saved orders, in a database that is empty."""
    call_command("migrate", interactive=False, verbosity=0)
    with across_merchants():
        save_orders(make_shop(int(port), way=way), int(count))
    _analyse()


def plan(workers: str) -> None:
    """As a step: plan all that is saved, and leave it due."""
    with across_merchants():
        Event.objects.update(lane=Lane.BULK)
        Rule.objects.update(lane=Lane.URGENT)
    in_workers(plan_only, workers=int(workers))
    _analyse()


def run(work: str, count: str, workers: str) -> dict[str, float]:
    """As a step: do the work (`whole` or `sending`) until all is accepted.

    Return messages a second, and how much CPU the workers took for one (milliseconds).
    """
    took = in_workers({"whole": whole, "sending": sending}[work], workers=int(workers))
    with across_merchants():
        if accepted() != int(count):
            states = dict(Counter(Message.objects.values_list("state", flat=True)))
            raise RuntimeError(f"of {count} messages not all were accepted: {states}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"rate": int(count) / took, "cpu": 1000 * (used.ru_utime + used.ru_stime) / int(count)}


def _analyse() -> None:
    """Let PostgreSQL look at what was just poured in, as its autovacuum would in a minute."""
    if db.connection.vendor == "postgresql":
        with db.connection.cursor() as cursor:
            cursor.execute("ANALYZE")
