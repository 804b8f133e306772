"""Play orders through their lives by the services that every order goes through.

An order is data: who, what, and a `life` of steps [when, event kind, more fields]. Times are
offsets from now ("-18h55m", "+2d"); a step about a parcel names it by its place in `parcels`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from merchants.models import Merchant
from orders import services
from orders.inputs import TIMES
from orders.models import Order, Return

Data = Mapping[str, Any]

FOLDER = Path(__file__).parent / "orders"
_OFFSET = re.compile(r"([+-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")
_ABOUT_ORDERS = ("number", "source", "currency", "ip", "attributes")


def read(*names: str) -> list[dict[str, Any]]:
    """Return the orders of these files, in their order."""
    return [order for name in names for order in json.loads((FOLDER / f"{name}.json").read_text("utf-8"))]


def offset(text: str) -> timedelta:
    """Return the time that an offset such as "-18h55m" stands for. Raises `ValueError`."""
    found = _OFFSET.fullmatch(text)
    if found is None or not any(found.groups()[1:]):
        raise ValueError(f"{text!r} is no offset such as -18h55m")
    days, hours, minutes = (int(part or 0) for part in found.groups()[1:])
    span = timedelta(days=days, hours=hours, minutes=minutes)
    return -span if found[1] == "-" else span


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to one order; `fields` are its own, as the services take them."""

    at: datetime
    order: Data
    kind: str
    fields: dict[str, Any]


def steps(orders: Iterable[Data], *, now: datetime) -> list[Step]:
    """Return all steps of the orders in the order in which they happened."""
    found = [
        Step(now + offset(when), order, kind, _fields(more[0] if more else {}, now=now))
        for order in orders
        for when, kind, *more in order["life"]
    ]
    return sorted(found, key=lambda step: step.at)


def _fields(data: Data, *, now: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in data.items():
        if name in TIMES:
            fields[name] = now + offset(value)
        else:
            fields[name] = Decimal(value) if name == "refund_amount" else value
    return fields


def play(merchant: Merchant, orders: Sequence[Data], *, now: datetime) -> None:
    """Let the orders happen, up to now. Called inside the merchant's scope, in a transaction."""
    stage = Stage(merchant)
    for step in steps(orders, now=now):
        stage.act(step)


@dataclass
class Stage:
    """A shop while its orders are played: the orders and returns so far, by order number."""

    merchant: Merchant
    orders: dict[str, Order] = field(default_factory=dict)
    returns: dict[str, Return] = field(default_factory=dict)

    def act(self, step: Step) -> None:
        """Do what a step says."""
        number, (group, _, status) = step.order["number"], step.kind.partition(".")
        if step.kind == "order.created":
            self.orders[number] = self._place(step)
        elif group == "order":
            services.change_order(self.orders[number], status=status, occurred_at=step.at)
        elif group == "shipment":
            self._report(step, status)
        elif status == "requested":
            self.returns[number] = services.request_return(
                self.orders[number], occurred_at=step.at, **step.fields
            )
        else:
            services.change_return(self.returns[number], status=status, occurred_at=step.at, **step.fields)

    def _place(self, step: Step) -> Order:
        items = [
            {"quantity": 1} | item | {"unit_price": Decimal(item["unit_price"])}
            for item in step.order["items"]
        ]
        postage = Decimal(step.order.get("postage", 0))
        known = {name: step.order[name] for name in _ABOUT_ORDERS if name in step.order}
        return services.place_order(
            self.merchant,
            **known,
            customer=step.order["customer"],
            items=items,
            total=sum((item["quantity"] * item["unit_price"] for item in items), postage),
            placed_at=step.at,
            **step.fields,
        )

    def _report(self, step: Step, status: str) -> None:
        fields = dict(step.fields)
        parcel = step.order["parcels"][fields.pop("parcel", 1) - 1]
        services.report_shipment(
            self.orders[step.order["number"]],
            **parcel,
            status=status,
            occurred_at=step.at,
            **fields,
        )
