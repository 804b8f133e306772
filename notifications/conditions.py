"""A rule's conditions: which fields may be asked about, how, and whether they hold.

Pure. Facts are one nested plain dict (see facts.py); a field of a group that an event has not
(a shipment's carrier in an order event) is simply absent, and no comparison with it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

Facts = Mapping[str, Any]


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """Something a condition can ask about; `groups` are the event groups that have it."""

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    groups: tuple[str, ...] = ("order", "shipment", "return")
    choices: tuple[str, ...] = ()


_ORDER_STATUSES = ("created", "paid", "payment_failed", "flagged", "approved", "cancelled", "completed")
_EVERY = ("order", "shipment", "return", "stock", "cards", "membership", "weather")

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("order.status", "Order status", FieldKind.CHOICE, choices=_ORDER_STATUSES),
        Field("order.total", "Order total", FieldKind.NUMBER),
        Field("order.currency", "Order currency"),
        Field("order.source", "Order source"),
        Field("order.language", "Order language"),
        Field("order.number", "Order number"),
        Field(
            "item.kind",
            "Kind of an item",
            FieldKind.CHOICE,
            choices=("physical", "virtual", "consigned", "service"),
        ),
        Field("item.sku", "SKU of an item"),
        Field("item.name", "Name of an item"),
        Field("item.quantity", "Quantity of an item", FieldKind.NUMBER),
        Field("item.unit_price", "Unit price of an item", FieldKind.NUMBER),
        Field("customer.country", "Customer's country", groups=_EVERY),
        Field("customer.region", "Customer's region", groups=_EVERY),
        Field("customer.language", "Customer's language", groups=_EVERY),
        Field("customer.email", "Customer's email", groups=_EVERY),
        Field("customer.phone", "Customer's phone", groups=_EVERY),
        Field("shipment.carrier", "Carrier", groups=("shipment",)),
        Field("shipment.status", "Shipment status", groups=("shipment",)),
        Field("shipment.location", "Shipment location", groups=("shipment",)),
        Field("shipment.reason", "Reason of a delay", groups=("shipment",)),
        Field("shipment.delay_hours", "Hours of delay", FieldKind.NUMBER, groups=("shipment",)),
        Field("return.reason", "Return reason", groups=("return",)),
        Field("return.status", "Return status", groups=("return",)),
        Field("return.refund_amount", "Refund amount", FieldKind.NUMBER, groups=("return",)),
    )
}


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip().casefold()


def _equal(actual: Any, wanted: Any) -> bool:
    if isinstance(actual, int | Decimal | float):
        return _number(actual) == _number(wanted)
    return _text(actual) == _text(wanted)


def _ordered(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[Any, Any], bool]:
    def holds(actual: Any, wanted: Any) -> bool:
        left, right = _number(actual), _number(wanted)
        return left is not None and right is not None and compare(left, right)

    return holds


def _is_in(actual: Any, wanted: Any) -> bool:
    return any(_equal(actual, one) for one in wanted)


def _contains(actual: Any, wanted: Any) -> bool:
    return _text(wanted) in _text(actual)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": _equal,
    "ne": lambda actual, wanted: not _equal(actual, wanted),
    "gt": _ordered(lambda a, b: a > b),
    "gte": _ordered(lambda a, b: a >= b),
    "lt": _ordered(lambda a, b: a < b),
    "lte": _ordered(lambda a, b: a <= b),
    "in": _is_in,
    "not_in": lambda actual, wanted: not _is_in(actual, wanted),
    "contains": _contains,
    "is_set": lambda actual, _: actual not in (None, ""),
    "is_empty": lambda actual, _: actual in (None, ""),
}
_ORDERED = {"gt", "gte", "lt", "lte"}
_LISTED = {"in", "not_in"}
_BARE = {"is_set", "is_empty"}


def operators_for(field: Field) -> tuple[str, ...]:
    """Return the operators that make sense for a field."""
    if field.kind is FieldKind.NUMBER:
        return ("eq", "ne", "gt", "gte", "lt", "lte", "is_set", "is_empty")
    if field.kind is FieldKind.CHOICE:
        return ("eq", "ne", "in", "not_in")
    return ("eq", "ne", "in", "not_in", "contains", "is_set", "is_empty")


@dataclass(frozen=True, slots=True)
class ConditionProblem:
    """What is wrong with a condition: its place in the list, a stable code, the facts for the words."""

    index: int
    code: str
    params: Mapping[str, str]


def problems(conditions: Any, *, event: str) -> list[ConditionProblem]:
    """Check a list of conditions as a merchant or a script wrote it; an empty list means good."""
    if not isinstance(conditions, list):
        return [ConditionProblem(0, "not_a_list", {})]
    if len(conditions) > 20:
        return [ConditionProblem(20, "too_many", {"most": "20"})]
    found = (_problem(index, condition, event) for index, condition in enumerate(conditions))
    return [problem for problem in found if problem]


def _problem(index: int, condition: Any, event: str) -> ConditionProblem | None:
    if not isinstance(condition, dict) or not set(condition) <= {"field", "operator", "value"}:
        return ConditionProblem(index, "bad_shape", {})
    name, operator, value = condition.get("field"), condition.get("operator"), condition.get("value")
    field = FIELDS.get(name) if isinstance(name, str) else None
    if field is None:
        return ConditionProblem(index, "unknown_field", {"field": str(name)[:60]})
    if event.partition(".")[0] not in field.groups:
        return ConditionProblem(index, "field_not_in_event", {"field": field.name, "event": event})
    if operator not in operators_for(field):
        return ConditionProblem(index, "bad_operator", {"field": field.name, "operator": str(operator)[:20]})
    if operator in _BARE:
        return None
    values = value if operator in _LISTED else [value]
    if not isinstance(values, list) or not values or len(values) > 100:
        return ConditionProblem(index, "bad_value", {"field": field.name})
    for one in values:
        if not isinstance(one, str | int | float | Decimal) or isinstance(one, bool) or len(str(one)) > 200:
            return ConditionProblem(index, "bad_value", {"field": field.name})
        if field.kind is FieldKind.NUMBER and _number(one) is None:
            return ConditionProblem(index, "not_a_number", {"field": field.name})
        if field.choices and one not in field.choices:
            return ConditionProblem(index, "unknown_choice", {"field": field.name, "value": str(one)[:60]})
    return None


def _actuals(name: str, facts: Facts) -> Iterable[Any]:
    group, _, key = name.partition(".")
    if group == "item":
        return [item.get(key) for item in facts.get("items") or ()]
    return [(facts.get(group) or {}).get(key)]


def _holds(condition: Mapping[str, Any], facts: Facts) -> bool:
    test = OPERATORS[condition["operator"]]
    return any(test(actual, condition.get("value")) for actual in _actuals(condition["field"], facts))


def hold(match: str, conditions: Sequence[Mapping[str, Any]], facts: Facts) -> bool:
    """Say whether `conditions` hold for `facts`: all of them or any of them. None always hold."""
    if not conditions:
        return True
    return (any if match == "any" else all)(_holds(condition, facts) for condition in conditions)
