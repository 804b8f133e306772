"""A rule as a sentence, and the words for what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from merchants.roles import Role
from notifications.models import ChannelKind, Rule
from orders.events import EventKind
from orders.models import ItemKind
from orders.statuses import OrderStatus

Words = str | Promise
_K = EventKind

# What comes behind "When".
HAPPENINGS: dict[str, Words] = {
    _K.ORDER_CREATED: gettext_lazy("an order is created"),
    _K.ORDER_PAID: gettext_lazy("an order is paid"),
    _K.ORDER_PAYMENT_FAILED: gettext_lazy("a payment fails"),
    _K.ORDER_UNPAID: gettext_lazy("an order stays unpaid too long"),
    _K.ORDER_CANCELLED: gettext_lazy("an order is cancelled"),
    _K.ORDER_FLAGGED: gettext_lazy("an order is flagged"),
    _K.ORDER_APPROVED: gettext_lazy("an order is approved"),
    _K.ORDER_COMPLETED: gettext_lazy("an order is completed"),
    _K.SHIPMENT_DISPATCHED: gettext_lazy("a parcel is dispatched"),
    _K.SHIPMENT_IN_TRANSIT: gettext_lazy("a parcel is in transit"),
    _K.SHIPMENT_AT_HUB: gettext_lazy("a parcel reaches a hub"),
    _K.SHIPMENT_CUSTOMS: gettext_lazy("a parcel comes to customs"),
    _K.SHIPMENT_CUSTOMS_CLEARED: gettext_lazy("a parcel clears customs"),
    _K.SHIPMENT_OUT_FOR_DELIVERY: gettext_lazy("a parcel is out for delivery"),
    _K.SHIPMENT_READY_FOR_PICKUP: gettext_lazy("a parcel is ready for pickup"),
    _K.SHIPMENT_DELAYED: gettext_lazy("a parcel is delayed"),
    _K.SHIPMENT_FAILED_ATTEMPT: gettext_lazy("a delivery attempt fails"),
    _K.SHIPMENT_DELIVERED: gettext_lazy("a parcel is delivered"),
    _K.SHIPMENT_SIGNED: gettext_lazy("a parcel is signed for"),
    _K.SHIPMENT_STALLED: gettext_lazy("a parcel does not move for a while"),
    _K.SHIPMENT_ETA_CHANGED: gettext_lazy("the expected delivery changes"),
    _K.RETURN_REQUESTED: gettext_lazy("a return is requested"),
    _K.RETURN_APPROVED: gettext_lazy("a return is approved"),
    _K.RETURN_REJECTED: gettext_lazy("a return is rejected"),
    _K.RETURN_PICKUP_SCHEDULED: gettext_lazy("the pickup of a return is scheduled"),
    _K.RETURN_PICKED_UP: gettext_lazy("a return is picked up"),
    _K.RETURN_INSPECTED: gettext_lazy("a return is inspected"),
    _K.RETURN_REFUNDED: gettext_lazy("a return is refunded"),
    _K.STOCK_IN: gettext_lazy("stock arrives"),
    _K.STOCK_OUT: gettext_lazy("stock leaves"),
    _K.STOCK_LOW: gettext_lazy("stock runs low"),
    _K.CARDS_LOW: gettext_lazy("a card pool runs low"),
    _K.MEMBERSHIP_EXPIRING: gettext_lazy("a membership is about to expire"),
    _K.WEATHER_ALERT: gettext_lazy("there is a weather alert"),
    _K.GATEWAY_SWITCHED: gettext_lazy("a gateway rests and texts take another way"),
    _K.GATEWAY_BACK: gettext_lazy("a gateway is used again"),
    _K.GATEWAY_BALANCE_LOW: gettext_lazy("the balance of a gateway is low"),
    _K.LIMIT_NEAR: gettext_lazy("a sending limit is nearly used up"),
    _K.LIMIT_REACHED: gettext_lazy("a sending limit is used up"),
    _K.REVIEW_DECIDED: gettext_lazy("a vendor decides on a signature or template"),
}
GROUPS: dict[str, Words] = {
    "order": gettext_lazy("Orders"),
    "shipment": gettext_lazy("Shipments"),
    "return": gettext_lazy("Returns"),
    "item": gettext_lazy("Items"),
    "customer": gettext_lazy("Customers"),
    "stock": gettext_lazy("Stock"),
    "cards": gettext_lazy("Cards"),
    "membership": gettext_lazy("Memberships"),
    "weather": gettext_lazy("Weather"),
    "gateway": gettext_lazy("Gateways"),
    "limit": gettext_lazy("Limits"),
    "review": gettext_lazy("Reviews"),
}
FIELDS: dict[str, Words] = {
    "order.status": gettext_lazy("order status"),
    "order.total": gettext_lazy("order total"),
    "order.currency": gettext_lazy("order currency"),
    "order.source": gettext_lazy("order source"),
    "order.language": gettext_lazy("order language"),
    "order.number": gettext_lazy("order number"),
    "item.kind": gettext_lazy("kind of an item"),
    "item.sku": gettext_lazy("SKU of an item"),
    "item.name": gettext_lazy("name of an item"),
    "item.quantity": gettext_lazy("quantity of an item"),
    "item.unit_price": gettext_lazy("unit price of an item"),
    "customer.country": gettext_lazy("customer's country"),
    "customer.region": gettext_lazy("customer's region"),
    "customer.language": gettext_lazy("customer's language"),
    "customer.email": gettext_lazy("customer's email"),
    "customer.phone": gettext_lazy("customer's phone"),
    "shipment.carrier": gettext_lazy("carrier"),
    "shipment.status": gettext_lazy("shipment status"),
    "shipment.location": gettext_lazy("shipment location"),
    "shipment.reason": gettext_lazy("reason of the delay"),
    "shipment.delay_hours": gettext_lazy("hours of delay"),
    "return.reason": gettext_lazy("return reason"),
    "return.status": gettext_lazy("return status"),
    "return.refund_amount": gettext_lazy("refund amount"),
}
OPERATORS: dict[str, Words] = {
    "eq": pgettext_lazy("comparison", "is"),
    "ne": pgettext_lazy("comparison", "is not"),
    "gt": pgettext_lazy("comparison", ">"),
    "gte": pgettext_lazy("comparison", "≥"),
    "lt": pgettext_lazy("comparison", "<"),
    "lte": pgettext_lazy("comparison", "≤"),
    "in": pgettext_lazy("comparison", "is one of"),
    "not_in": pgettext_lazy("comparison", "is none of"),
    "contains": pgettext_lazy("comparison", "contains"),
    "is_set": pgettext_lazy("comparison", "is known"),
    "is_empty": pgettext_lazy("comparison", "is not known"),
}
CHOICES: dict[str, Mapping[str, Words]] = {
    "order.status": dict(OrderStatus.choices),
    "item.kind": dict(ItemKind.choices),
}
UNITS: tuple[tuple[str, int, Words], ...] = (
    ("minutes", 60, gettext_lazy("minutes")),
    ("hours", 3_600, gettext_lazy("hours")),
    ("days", 86_400, gettext_lazy("days")),
)


def sentence(rule: Rule) -> str:
    """Return what a rule does in one sentence."""
    conditions = [condition_words(one) for one in rule.conditions]
    parts = {
        "event": HAPPENINGS.get(rule.event, rule.event),
        "people": listed([recipient_words(one) for one in rule.recipients]),
        "channels": channel_words(rule),
        "when": delay_words(rule.delay_seconds),
    }
    if not conditions:
        return _("When %(event)s, tell %(people)s by %(channels)s, %(when)s.") % parts
    parts["conditions"] = listed(conditions, is_any=rule.match == Rule.Match.ANY)
    return _("When %(event)s and %(conditions)s, tell %(people)s by %(channels)s, %(when)s.") % parts


def listed(words: Sequence[str], *, is_any: bool = False) -> str:
    """Return words as a list in a sentence: a, b and c; or with "or"."""
    if len(words) < 2:
        return words[0] if words else "—"
    first = pgettext("between words of a list", ", ").join(words[:-1])
    pattern = _("%(first)s or %(last)s") if is_any else _("%(first)s and %(last)s")
    return pattern % {"first": first, "last": words[-1]}


def condition_words(condition: Mapping[str, Any]) -> str:
    name, operator, value = condition["field"], condition["operator"], condition.get("value")
    labels = CHOICES.get(name, {})
    values = value if isinstance(value, list) else [] if value is None else [value]
    spoken = pgettext("between words of a list", ", ").join(str(labels.get(str(one), one)) for one in values)
    return f"{FIELDS.get(name, name)} {OPERATORS.get(operator, operator)} {spoken}".strip()


def recipient_words(recipient: str) -> str:
    kind, _separator, rest = recipient.partition(":")
    if recipient == "customer":
        return _("the customer")
    if kind == "role":
        return _("the team (%(role)s)") % {"role": Role(rest).label if rest in Role.values else rest}
    return rest


def channel_words(rule: Rule) -> str:
    labels = dict(ChannelKind.choices)
    names = [str(labels.get(channel, channel)) for channel in rule.channels]
    if len(names) > 1 and rule.strategy == Rule.Strategy.FIRST:
        return _("the first of %(channels)s that reaches them") % {"channels": listed(names)}
    return listed(names)


def in_unit(seconds: int) -> tuple[int, str]:
    """Return a delay as a number of the largest unit that it is whole in."""
    for name, size, _label in reversed(UNITS):
        if seconds and seconds % size == 0:
            return seconds // size, name
    return round(seconds / 60), "minutes"


def delay_words(seconds: int) -> str:
    if not seconds:
        return _("at once")
    if seconds % 60:
        return ngettext("after %(count)s second", "after %(count)s seconds", seconds) % {"count": seconds}
    count, unit = in_unit(seconds)
    patterns = {
        "minutes": ngettext("after %(count)s minute", "after %(count)s minutes", count),
        "hours": ngettext("after %(count)s hour", "after %(count)s hours", count),
        "days": ngettext("after %(count)s day", "after %(count)s days", count),
    }
    return patterns[unit] % {"count": count}


def event_choices() -> list[tuple[Words, list[tuple[str, Words]]]]:
    """Return the kinds of events for a select, by what they are about."""
    groups: dict[str, list[tuple[str, Words]]] = {}
    for kind in EventKind:
        groups.setdefault(kind.value.partition(".")[0], []).append((kind.value, kind.label))
    return [(GROUPS[group], kinds) for group, kinds in groups.items()]
