"""The lines of an order."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from orders import normalise
from orders.errors import InvalidInput
from orders.inputs import ItemFields, clean
from orders.models import Item, ItemKind, Order

MOST_ITEMS = 200


def lines_of(order: Order, items: Sequence[ItemFields]) -> list[Item]:
    """Return the lines of the order, not yet saved."""
    if len(items) > MOST_ITEMS:
        raise InvalidInput("items", "too_many", _("An order holds up to 200 items."))
    lines = []
    for place, fields in enumerate(items):
        try:
            lines.append(_item(order, fields))
        except InvalidInput as error:
            raise error.within(f"items.{place}") from error
    return lines


def _item(order: Order, fields: ItemFields) -> Item:
    values = clean(fields)
    if not values.get("name"):
        raise InvalidInput("name", "required", _("Name the item."))
    if values.get("kind", ItemKind.PHYSICAL) not in ItemKind.values:
        raise InvalidInput("kind", "unknown_kind", _("There is no such kind of item."))
    if not 0 < values.get("quantity", 1) <= 1_000_000:
        raise InvalidInput("quantity", "impossible_quantity", _("Write a quantity between 1 and 1,000,000."))
    if "unit_price" in values:
        normalise.money(values["unit_price"], currency=order.currency, field="unit_price")
    return Item(merchant=order.merchant, order=order, **values)
