"""The polite way to write: normalised, under locks, one event for one change.

Call them inside the merchant's scope. They raise `InvalidInput`, `AlreadyExists` and
`IllegalTransition`, and then have changed nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant
from orders import normalise
from orders.customers import change_customer, erase_customer, make_customer, upsert_customer
from orders.errors import AlreadyExists, InvalidInput
from orders.free_events import record_event
from orders.inputs import (
    CustomerFields,
    ItemFields,
    OrderFields,
    ReturnFields,
    ShipmentFields,
    clean,
)
from orders.items import lines_of
from orders.models import Customer, Item, Order, Return, Shipment
from orders.statuses import OrderStatus, ReturnStatus, ShipmentStatus
from orders.tracked import Tracked

__all__ = [
    "change_customer",
    "change_order",
    "change_return",
    "erase_customer",
    "make_customer",
    "place_order",
    "record_event",
    "report_shipment",
    "request_return",
    "upsert_customer",
]

# Words that would mean something else in an address.
RESERVED = frozenset({".", "..", "bulk"})
Row = TypeVar("Row", bound=Tracked)


def place_order(
    merchant: Merchant,
    *,
    number: str,
    customer: Customer | CustomerFields,
    items: Sequence[ItemFields] = (),
    is_bulk: bool = False,
    **fields: Unpack[OrderFields],
) -> Order:
    """Return a new order with its items; its customer is made or brought up to date.

    Its events happened when it was placed. Raises `AlreadyExists` when the merchant has the number.
    """
    number = _number(number)
    if "currency" not in fields:
        fields["currency"] = merchant.currency
    values = _order_values(fields, currency=fields["currency"])
    try:
        with transaction.atomic():
            order = Order(merchant=merchant, number=number, customer=_buyer(merchant, customer), **values)
            order.is_bulk = is_bulk
            lines = lines_of(order, items)
            order.save(force_insert=True)
            order.fresh_items = Item.objects.bulk_create(lines)
    except IntegrityError as error:
        if Order.objects.filter(merchant=merchant, number=number).exists():
            raise AlreadyExists("number", number) from error
        raise
    return order


def change_order(
    order: Order,
    *,
    customer: Customer | CustomerFields | None = None,
    items: Sequence[ItemFields] | None = None,
    occurred_at: datetime | None = None,
    **changes: Unpack[OrderFields],
) -> Order:
    """Return the order with what was given changed; `items` replace all that there were."""
    moment = normalise.happened(occurred_at)
    with transaction.atomic():
        order = _lock(order)
        values = _order_values(changes, currency=changes.get("currency", order.currency), known=order)
        for name, value in values.items():
            setattr(order, name, value)
        if customer is not None:
            order.customer = _buyer(order.merchant, customer)
        order.occurred_at = moment
        order.save()
        if items is not None:
            lines = lines_of(order, items)
            order.items.all().delete()
            Item.objects.bulk_create(lines)
    return order


def report_shipment(
    order: Order,
    *,
    shipment: Shipment | None = None,
    occurred_at: datetime | None = None,
    is_bulk: bool = False,
    **fields: Unpack[ShipmentFields],
) -> Shipment:
    """Return the shipment as it stands after this report.

    Without a `shipment` the report is about the order's parcel of this tracking number, which is
    made unless known. A late report leaves its event, and the shipment as it is.
    """
    moment = normalise.happened(occurred_at)
    values = clean(fields, countries=(order.merchant.country,))
    _one_of(values, ShipmentStatus)
    with transaction.atomic():
        if shipment is None:
            order = _lock(order)  # two reports of one new parcel make one
            shipment = _parcel(order, values)
        else:
            shipment = _lock(shipment)
        normalise.window(values, start=shipment.window_start, end=shipment.window_end)
        for name, value in values.items():
            setattr(shipment, name, value)
        shipment.occurred_at, shipment.is_bulk = moment, is_bulk
        shipment.save()
    return shipment


def _parcel(order: Order, values: Mapping[str, Any]) -> Shipment:
    if number := values.get("tracking_number"):
        same = Shipment.objects.filter(order=order, tracking_number=number)
        if carrier := values.get("carrier"):
            same = same.filter(carrier__in=["", carrier])
        known: Shipment | None = (
            same.select_related("order", "merchant").select_for_update(of=("self",)).first()
        )
        if known:
            return known
    return Shipment(merchant=order.merchant, order=order)


def request_return(
    order: Order,
    *,
    occurred_at: datetime | None = None,
    is_bulk: bool = False,
    **fields: Unpack[ReturnFields],
) -> Return:
    """Return a new return of goods of this order."""
    values = _return_values(fields, order=order)
    made = Return(merchant=order.merchant, order=order, **values)
    normalise.window(values, start=None, end=None)
    made.occurred_at, made.is_bulk = normalise.happened(occurred_at), is_bulk
    made.save()
    return made


def change_return(
    order_return: Return, *, occurred_at: datetime | None = None, **changes: Unpack[ReturnFields]
) -> Return:
    """Return the return of goods with what was given changed."""
    moment = normalise.happened(occurred_at)
    with transaction.atomic():
        order_return = _lock(order_return)
        values = _return_values(changes, order=order_return.order)
        normalise.window(values, start=order_return.window_start, end=order_return.window_end)
        for name, value in values.items():
            setattr(order_return, name, value)
        order_return.occurred_at = moment
        order_return.save()
    return order_return


def _lock(row: Row) -> Row:
    """Return the row anew, with its order and merchant at hand, locked until the transaction ends."""
    related = ["merchant", "customer"] if isinstance(row, Order) else ["merchant", "order__merchant"]
    rows = type(row).objects.select_related(*related).select_for_update(of=("self",))
    locked: Row = rows.get(pk=row.pk)
    return locked


def _number(text: str) -> str:
    number = text.strip()
    if not number or len(number) > 64 or number in RESERVED or "/" in number or not number.isprintable():
        raise InvalidInput(
            "number",
            "invalid_number",
            _("Take up to 64 printable characters without a slash: the number stands in addresses."),
        )
    return number


def _order_values(fields: OrderFields, *, currency: str, known: Order | None = None) -> dict[str, Any]:
    values = clean(fields)
    _one_of(values, OrderStatus)
    currency = normalise.currency(currency)
    total = values.get("total", known.total if known else None)
    if total is None:
        raise InvalidInput("total", "required", _("Say what the order costs."))
    if known is None or "total" in values or "currency" in values:
        normalise.money(total, currency=currency, field="total")
    return values


def _return_values(fields: ReturnFields, *, order: Order) -> dict[str, Any]:
    values = clean(fields)
    _one_of(values, ReturnStatus)
    if (amount := values.get("refund_amount")) is not None:
        normalise.money(amount, currency=order.currency, field="refund_amount")
    if "items" in values:
        normalise.json_object({"items": values["items"]}, field="items")
    return values


def _one_of(values: Mapping[str, Any], statuses: type[OrderStatus | ShipmentStatus | ReturnStatus]) -> None:
    if "status" in values and values["status"] not in statuses.values:
        raise InvalidInput("status", "unknown_status", _("There is no such status."))


def _buyer(merchant: Merchant, customer: Customer | CustomerFields) -> Customer:
    if isinstance(customer, Customer):
        return customer
    try:
        return upsert_customer(merchant, **customer)
    except InvalidInput as error:
        raise error.within("customer") from error
