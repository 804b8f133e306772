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


def make(*names: str) -> Any:
    """Make the shop: one rule that texts the customer of every order through stubs, the first preferred."""
    merchant = builders.a_merchant(name="Chaos")
    builders.a_signature(merchant)
    template = builders.a_template(merchant, body="Order {{ order.number }}")
    tokens = {}
    for place, name in enumerate(names, start=1):
        gateway = builders.a_gateway(
            merchant,
            kind="aliyun",
            name=name,
            priority=place,
            endpoint="http://127.0.0.1:9/",
            credentials={"access_key_id": "id", "access_key_secret": "secret"},
        )
        tokens[name] = gateway.token
        VendorTemplate.objects.create(
            merchant=merchant,
            template=template,
            gateway=gateway,
            code="SMS_1",
            params={"no": "order.number"},
            state=Review.USABLE,
        )
    builders.a_rule(merchant, template=template)
    return tokens


def connect(name: str, endpoint: str) -> Any:
    """Point an account of the shop at its stub."""
    return {"accounts": GatewayAccount.objects.filter(name=name).update(endpoint=endpoint)}


def trust() -> Any:
    """Let all accounts take texts again, as a person does who presses "resume"."""
    fresh = {"paused_until": None, "doubted_until": None, "rests": 0}
    return {"accounts": GatewayAccount.objects.update(**fresh)}


def pace() -> Any:
    """Tell of each message: by whom it went, and when it was accepted, in seconds from its first attempt.

    `was_unknown` says that an attempt had no known outcome for a while: nobody may send such a text again
    until the vendor was asked.
    """
    rows: dict[str, dict[str, Any]] = {}
    attempts = Attempt.objects.order_by("message_id", "number").select_related("gateway", "message")
    for attempt in attempts.iterator():
        row = rows.setdefault(
            str(attempt.message_id),
            {"began": attempt.started_at, "ways": [], "state": attempt.message.state, "was_unknown": False},
        )
        row["ways"].append(attempt.gateway.name if attempt.gateway else "")
        is_settled_late = attempt.text == "The gateway says that it never had this message."
        row["was_unknown"] |= is_settled_late or attempt.outcome == Attempt.Outcome.UNKNOWN
        if attempt.message.accepted_at:
            row["seconds"] = (attempt.message.accepted_at - row["began"]).total_seconds()
    return [row | {"began": row["began"].timestamp()} for row in rows.values()]


def news() -> Any:
    """Tell what the team heard of the accounts."""
    told = Event.objects.filter(kind__startswith="gateway.").order_by("id")
    return [[event.kind, event.data["gateway"], event.data["why"]] for event in told]


def place(part: str, count: str, every: str = "0") -> Any:
    """Place orders, one `every` so many seconds, each in one transaction; what is refused is placed again."""
    first, began = int(part) * int(count), time.monotonic()
    for number in range(first, first + int(count)):
        time.sleep(max(0.0, began + (number - first) * float(every) - time.monotonic()))
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
        "trust": trust,
        "pace": pace,
        "news": news,
        "place": place,
        "open": open_,
        "report": report,
    }
    with across_merchants():
        sys.stdout.write(json.dumps(steps[sys.argv[1]](*sys.argv[2:])))
