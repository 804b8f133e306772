"""The facts about events: one nested plain dict each, read by conditions and placeholders alike.

    merchant {name, country, timezone, currency, language, support_url, support_phone, query_url}
    order {number, status, currency, total, ...}   customer {name, email, phone, ...}
    items [{sku, name, quantity, unit_price, kind}] shipment {...}   return {...}
    event {kind, occurred_at, data}

Amounts are Decimal, times aware datetimes; a group an event has not is empty. What costs more than it is
worth for most messages, an order's query code, is added where a text uses it (`with_query_code`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from merchants.models import Merchant
from notifications import query_codes
from notifications.placeholders.samples import QUERY_CODE
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


# What belongs to each group: the column that says whether there is one, the path to its row, its columns.
_GROUPS = {
    "order": ("order_id", "order__", _ORDER),
    "customer": ("customer_id", "customer__", _CUSTOMER),
    "shipment": ("shipment_id", "shipment__", _SHIPMENT),
    "return": ("order_return_id", "order_return__", _RETURN),
}
_OWN = ["id", "merchant_id", "kind", "occurred_at", "lane", "silence", "order_id", "customer_id"]
_OWN += ["shipment_id", "order_return_id", "data"]
_COLUMNS = _OWN + [f"{path}{name}" for _, path, names in _GROUPS.values() for name in names]
_SLICES = [
    (group, _OWN.index(key), slice(start := _COLUMNS.index(f"{path}{names[0]}"), start + len(names)), names)
    for group, (key, path, names) in _GROUPS.items()
]


def load(events: QuerySet[Event]) -> dict[UUID, Loaded]:
    """Return events with everything known about them now, in three queries."""
    rows = list(events.values_list(*_COLUMNS))
    if not rows:
        return {}
    order, merchant = _OWN.index("order_id"), _OWN.index("merchant_id")
    items = _items({row[order] for row in rows if row[order]})
    merchants = _merchants({row[merchant] for row in rows})
    return {row[0]: _loaded(row, items, merchants) for row in rows}


def _loaded(
    row: tuple[Any, ...],
    items: Mapping[UUID, list[dict[str, Any]]],
    merchants: Mapping[UUID, Mapping[str, Any]],
) -> Loaded:
    id_, merchant_id, kind, occurred_at, lane, silence, order_id, customer_id, _, _, data = row[: len(_OWN)]
    facts: dict[str, Any] = {
        group: dict(zip(names, row[part], strict=True)) if row[key] else {}
        for group, key, part, names in _SLICES
    }
    facts["merchant"] = merchants[merchant_id]
    facts["items"] = items.get(order_id, [])
    facts["event"] = {"kind": kind, "occurred_at": occurred_at, "data": data}
    return Loaded(
        id=id_,
        merchant_id=merchant_id,
        kind=kind,
        occurred_at=occurred_at,
        lane=lane,
        silence=silence,
        order_id=order_id,
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
    rows = Item.objects.filter(order__among=order_ids).order_by("id").values_list("order_id", *_ITEM)
    for order_id, *values in rows:
        found.setdefault(order_id, []).append(dict(zip(_ITEM, values, strict=True)))
    return found


def _merchants(merchant_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    names = [*_MERCHANT, *_BRAND]
    columns = [*_MERCHANT, *(f"brand__{name}" for name in _BRAND)]
    rows = Merchant.objects.filter(pk__in=merchant_ids).values_list("pk", *columns)
    return {
        pk: dict(zip(names, values, strict=True)) | {"query_url": query_codes.url(pk)} for pk, *values in rows
    }


def with_query_code(facts: Facts, code: str) -> Facts:
    """Return the facts with their order's query code (query_codes.of_orders makes it)."""
    return {**facts, "order": {**facts["order"], "query_code": code}}


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
    facts["merchant"]["query_url"] = query_codes.url(order.merchant_id)
    # Looking at an order makes no code: until a message has, a made-up one shows where it will stand.
    facts["order"]["query_code"] = getattr(getattr(order, "query_code", None), "code", QUERY_CODE)
    facts["items"] = _items([order.pk]).get(order.pk, [])
    facts["event"] = {"kind": kind, "occurred_at": order.updated_at, "data": {}}
    return facts
