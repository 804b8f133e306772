"""The facts about events: one nested plain dict each, read by conditions and placeholders alike.

    merchant {name, country, timezone, currency, language, support_url, support_phone}
    order {number, status, currency, total, ...}   customer {name, email, phone, ...}
    items [{sku, name, quantity, unit_price, kind}] shipment {...}   return {...}
    event {kind, occurred_at, data}

Amounts are Decimal, times aware datetimes; a group an event has not is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from notifications.recipients import Person
from orders.models import Event, Item, Order

Facts = Mapping[str, Any]

_ORDER = ["number", "status", "currency", "total", "placed_at", "payment_due_at", "source", "language"]
_CUSTOMER = ["external_id", "name", "email", "phone", "language", "timezone", "country", "region"]
_SHIPMENT = ["carrier", "tracking_number", "status", "eta", "window_start", "window_end", "courier_name"]
_SHIPMENT += ["courier_phone", "location", "reason", "delay_hours"]
_RETURN = ["status", "reason", "items", "window_start", "window_end", "refund_amount"]
_MERCHANT = ["name", "country", "timezone", "currency", "language"]
_BRAND = ["support_url", "support_phone"]
_ITEM = ["sku", "name", "quantity", "unit_price", "kind"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An event with its facts and its customer as somebody who can be told."""

    id: UUID
    merchant_id: UUID
    kind: str
    occurred_at: datetime
    lane: str
    silence: str
    order_id: UUID | None
    customer_id: UUID | None
    customer: Person | None
    facts: Facts


def _columns(prefix: str, names: Iterable[str]) -> list[str]:
    return [f"{prefix}{name}" for name in names]


def _groups(prefix: str = "") -> dict[str, tuple[str, list[str]]]:
    """Return for each group of facts the path to its row and its columns."""
    return {
        "order": (f"{prefix}order__", _ORDER),
        "customer": (f"{prefix}customer__", _CUSTOMER),
        "shipment": (f"{prefix}shipment__", _SHIPMENT),
        "return": (f"{prefix}order_return__", _RETURN),
        "merchant": (f"{prefix}merchant__", _MERCHANT),
    }


_EVENT_GROUPS = _groups()
_EVENT_COLUMNS = (
    ["id", "merchant_id", "kind", "occurred_at", "lane", "silence", "order_id", "customer_id"]
    + ["shipment_id", "order_return_id", "data"]
    + [column for path, names in _EVENT_GROUPS.values() for column in _columns(path, names)]
    + _columns("merchant__brand__", _BRAND)
)


def load(events: QuerySet[Event]) -> dict[UUID, Loaded]:
    """Return events with everything known about them now, in two queries."""
    rows = list(events.values_list(*_EVENT_COLUMNS))
    at = {column: index for index, column in enumerate(_EVENT_COLUMNS)}
    items = _items({row[at["order_id"]] for row in rows if row[at["order_id"]]})
    return {row[0]: _loaded(row, at, items) for row in rows}


_SLICES = {
    group: (_EVENT_COLUMNS.index(f"{path}{names[0]}"), names)
    for group, (path, names) in _EVENT_GROUPS.items()
}


def _loaded(row: tuple[Any, ...], at: dict[str, int], items: Mapping[UUID, list[dict[str, Any]]]) -> Loaded:
    present = {
        "order": row[at["order_id"]],
        "customer": row[at["customer_id"]],
        "shipment": row[at["shipment_id"]],
        "return": row[at["order_return_id"]],
        "merchant": True,
    }
    facts: dict[str, Any] = {
        group: dict(zip(names, row[start : start + len(names)], strict=True)) if present[group] else {}
        for group, (start, names) in _SLICES.items()
    }
    brand = at["merchant__brand__support_url"]
    facts["merchant"] |= zip(_BRAND, row[brand : brand + len(_BRAND)], strict=True)
    facts["items"] = items.get(row[at["order_id"]], [])
    facts["event"] = {"kind": row[at["kind"]], "occurred_at": row[at["occurred_at"]], "data": row[at["data"]]}
    customer_id = row[at["customer_id"]]
    return Loaded(
        id=row[0],
        merchant_id=row[1],
        kind=row[2],
        occurred_at=row[3],
        lane=row[4],
        silence=row[5],
        order_id=row[6],
        customer_id=customer_id,
        customer=_person(customer_id, facts["customer"]) if customer_id else None,
        facts=facts,
    )


def _person(customer_id: UUID, customer: Mapping[str, Any]) -> Person:
    return Person(
        key="customer",
        name=customer["name"],
        email=customer["email"],
        phone=customer["phone"],
        language=customer["language"],
        timezone=customer["timezone"],
        country=customer["country"],
        customer_id=customer_id,
    )


def _items(order_ids: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    rows = Item.objects.filter(order_id__in=list(order_ids)).order_by("id").values_list("order_id", *_ITEM)
    for order_id, *values in rows:
        found.setdefault(order_id, []).append(dict(zip(_ITEM, values, strict=True)))
    return found


def of_order(order: Order, *, kind: str) -> Facts:
    """Return the facts of an order as if an event of `kind` happened to it now (previews, test sends)."""
    latest = {
        "shipment": (order.shipments.order_by("-id").first(), _SHIPMENT),
        "return": (order.returns.order_by("-id").first(), _RETURN),
        "order": (order, _ORDER),
        "customer": (order.customer, _CUSTOMER),
        "merchant": (order.merchant, _MERCHANT),
    }
    facts: dict[str, Any] = {
        group: {name: getattr(row, name) for name in names} if row else {}
        for group, (row, names) in latest.items()
    }
    brand = getattr(order.merchant, "brand", None)
    facts["merchant"] |= {name: getattr(brand, name, "") for name in _BRAND}
    facts["items"] = _items([order.pk]).get(order.pk, [])
    facts["event"] = {"kind": kind, "occurred_at": order.updated_at, "data": {}}
    return facts
