"""A rule's conditions: what may be written, and when they hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.conditions import FIELDS, OPERATORS, hold, operators_for, problems

FACTS: dict[str, Any] = {
    "order": {"status": "paid", "total": Decimal("500.00"), "currency": "CNY", "source": "Web"},
    "customer": {"country": "CN", "email": ""},
    "items": [
        {"kind": "physical", "quantity": 2, "name": "明前龙井"},
        {"kind": "virtual", "quantity": 1, "name": "会员卡"},
    ],
    "shipment": {},
}


def one(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (one("order.total", "gte", "500"), True),
        (one("order.total", "gt", 500), False),
        (one("order.total", "eq", "500.0"), True),
        (one("order.status", "in", ["paid", "created"]), True),
        (one("order.status", "not_in", ["paid"]), False),
        (one("order.source", "eq", "web"), True),
        (one("item.kind", "eq", "virtual"), True),
        (one("item.name", "contains", "龙井"), True),
        (one("customer.email", "is_empty"), True),
        (one("customer.country", "is_set"), True),
        (one("shipment.delay_hours", "gt", 1), False),
        (one("shipment.delay_hours", "lt", 1), False),
    ],
)
def test_it_holds_or_not(condition: dict[str, Any], expected: bool) -> None:
    assert problems([condition], event="shipment.delayed") == []
    assert hold("all", [condition], FACTS) is expected


def test_all_and_any_differ() -> None:
    mixed = [one("order.total", "gt", 1), one("order.total", "gt", 1000)]
    assert hold("any", mixed, FACTS)
    assert not hold("all", mixed, FACTS)
    assert hold("all", [], FACTS)


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ("order.total > 5", "not_a_list"),
        ([one("order.secret", "eq", 1)], "unknown_field"),
        ([one("order.total", "contains", "5")], "bad_operator"),
        ([one("order.total", "gt", "five")], "not_a_number"),
        ([one("order.total", "gt", "NaN")], "not_a_number"),
        ([one("order.status", "eq", "shipped")], "unknown_choice"),
        ([one("order.status", "in", "paid")], "bad_value"),
        ([one("shipment.carrier", "eq", "SF")], "field_not_in_event"),
        ([{"field": "order.total"}], "bad_operator"),
        ([{"field": "order.total", "operator": "gt", "value": 1, "then": "rm"}], "bad_shape"),
        (["order.total"], "bad_shape"),
        ([one("order.total", "gt", True)], "bad_value"),
        ([one("order.total", "gt", 1)] * 21, "too_many"),
    ],
)
def test_what_cannot_be_asked_is_refused_when_written(conditions: Any, code: str) -> None:
    assert next(problem.code for problem in problems(conditions, event="order.paid")) == code


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


written = st.builds(
    one,
    st.sampled_from(sorted(FIELDS)) | st.text(max_size=5),
    st.sampled_from(sorted(OPERATORS)),
    json,
)


@given(st.lists(written, max_size=3))
def test_what_was_let_through_never_fails_at_night(conditions: list[dict[str, Any]]) -> None:
    if not problems(conditions, event="shipment.delayed"):
        assert hold("all", conditions, FACTS) in (True, False)


def test_every_field_has_operators_that_exist() -> None:
    for field in FIELDS.values():
        assert set(operators_for(field)) <= set(OPERATORS)
