"""What the services take, field by field, and how each field is brought into form.

A field that is missing is left as it is (or at its default); one that is given is normalised.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from orders import normalise


class CustomerFields(TypedDict, total=False):
    external_id: str
    name: str
    email: str
    phone: str
    language: str
    timezone: str
    country: str
    region: str


class ItemFields(TypedDict, total=False):
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    kind: str


class OrderFields(TypedDict, total=False):
    currency: str
    total: Decimal
    status: str
    placed_at: datetime
    payment_due_at: datetime | None
    ip: str | None
    source: str
    language: str
    attributes: dict[str, Any]


class ShipmentFields(TypedDict, total=False):
    carrier: str
    tracking_number: str
    status: str
    eta: datetime | None
    window_start: datetime | None
    window_end: datetime | None
    courier_name: str
    courier_phone: str
    location: str
    reason: str
    delay_hours: int | None


class ReturnFields(TypedDict, total=False):
    reason: str
    status: str
    items: list[dict[str, Any]]
    window_start: datetime | None
    window_end: datetime | None
    refund_amount: Decimal | None


LINES = frozenset(
    {"name", "region", "sku", "source", "carrier", "tracking_number", "courier_name", "location", "reason"}
)
TIMES = frozenset({"placed_at", "payment_due_at", "eta", "window_start", "window_end"})


def clean(fields: Mapping[str, Any], *, countries: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields in the form that is kept; raise `InvalidInput` at the first that has none.

    National phone numbers are read by `countries`, the first that fits. Amounts are checked where their
    currency is known (`normalise.money`).
    """
    return {name: _clean(name, value, countries) for name, value in fields.items()}


def _clean(name: str, value: Any, countries: tuple[str, ...]) -> Any:
    if value is None:
        return None
    if name in LINES:
        return normalise.one_line(value)
    if name in TIMES:
        return normalise.moment(value, field=name)
    match name:
        case "phone" | "courier_phone":
            return normalise.phone(value, countries=countries, field=name)
        case "email":
            return normalise.email(value)
        case "language":
            return normalise.language(value)
        case "timezone":
            return normalise.time_zone(value)
        case "country":
            return normalise.country(value)
        case "currency":
            return normalise.currency(value)
        case "attributes":
            return normalise.json_object(value, field=name)
    return value
