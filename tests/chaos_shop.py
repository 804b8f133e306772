"""The steps of a chaos run that speak to the database, each a process: make, connect, place, open, report."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import django
from django.db import Error, connections, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from merchants.models import Merchant  # noqa: E402  # models can be imported once Django is set up
from merchants.ownership import across_merchants  # noqa: E402
from notifications.models import (  # noqa: E402
    Attempt,
    GatewayAccount,
    Message,
    Review,
    State,
    VendorTemplate,
)
from orders.models import Customer, Event, Order  # noqa: E402
from tests import builders  # noqa: E402


def make() -> Any:
    """Make the shop: one rule that texts the customer of every order through the stub."""
    merchant = builders.a_merchant(name="Chaos")
    gateway = builders.a_gateway(
        merchant,
        kind="aliyun",
        endpoint="http://127.0.0.1:9/",
        credentials={"access_key_id": "id", "access_key_secret": "secret"},
    )
    builders.a_signature(merchant)
    template = builders.a_template(merchant, body="Order {{ order.number }}")
    VendorTemplate.objects.create(
        merchant=merchant,
        template=template,
        gateway=gateway,
        code="SMS_1",
        params={"no": "order.number"},
        state=Review.USABLE,
    )
    builders.a_rule(merchant, template=template)
    return {"token": gateway.token}


def connect(endpoint: str) -> Any:
    """Point the shop's account at the stub."""
    return {"accounts": GatewayAccount.objects.update(endpoint=endpoint)}


def place(part: str, count: str) -> Any:
    """Place orders, each in one transaction; what the database refuses is placed again."""
    first = int(part) * int(count)
    for number in range(first, first + int(count)):
        while not _place_one(number):
            time.sleep(0.3)
    return {}


@cache
def _merchant() -> Merchant:
    return Merchant.objects.get()


def _place_one(number: int) -> bool:
    try:
        merchant = _merchant()
        if Order.objects.filter(merchant=merchant, number=f"C{number:06d}").exists():
            return True
        with transaction.atomic():
            customer = Customer.objects.create(
                merchant=merchant, external_id=str(number), phone=f"+86138{number:08d}", language="en"
            )
            Order(
                merchant=merchant, number=f"C{number:06d}", customer=customer, currency="CNY", total=1
            ).save()
    except Error:
        connections.close_all()
        return False
    return True


def open_() -> Any:
    """Count what is not settled yet."""
    unplanned = Event.objects.filter(planned_at=None).count()
    final = [State.ACCEPTED, State.DELIVERED, State.FAILED, State.DROPPED]
    return {"open": unplanned + Message.objects.exclude(state__in=final).count()}


def report() -> Any:
    """Tell everything that can be held against what the gateway took."""
    return {
        "orders": Order.objects.count(),
        "without": list(Order.objects.filter(messages=None).values_list("number", flat=True)),
        "messages": {str(pk): state for pk, state in Message.objects.values_list("pk", "state")},
        "reasons": {str(pk): reason for pk, reason in Message.objects.values_list("pk", "reason")},
        "attempts": {
            f"{(batch or pk).hex}:{address.removeprefix('+86')}": str(message)
            for pk, batch, message, address in Attempt.objects.values_list(
                "pk", "batch", "message_id", "message__address"
            )
        },
    }


if __name__ == "__main__":
    steps: dict[str, Callable[..., Any]] = {
        "make": make,
        "connect": connect,
        "place": place,
        "open": open_,
        "report": report,
    }
    with across_merchants():
        sys.stdout.write(json.dumps(steps[sys.argv[1]](*sys.argv[2:])))
