from __future__ import annotations

from typing import Any

import pytest

from merchants.models import Merchant
from merchants.ownership import inside
from notifications.configuring import InvalidSettings, save_rule
from notifications.models import Rule
from tests.builders import a_merchant, a_rule, a_template

pytestmark = pytest.mark.django_db


def a_shop() -> Merchant:
    shop = a_merchant()
    a_template(shop, code="paid", event="order.paid")
    return shop


def fields(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Paid",
        "event": "order.paid",
        "recipients": ["customer"],
        "channels": ["sms"],
        "template": "paid",
    } | changed


def wrong(shop: Merchant, *, rule: Rule | None = None, data: dict[str, Any]) -> dict[str, str]:
    with inside(shop), pytest.raises(InvalidSettings) as caught:
        save_rule(shop, data=data, rule=rule)
    assert all(str(error.message) for error in caught.value.errors)
    return {error.field: error.code for error in caught.value.errors}


def test_a_rule_is_made_of_what_a_script_names():
    shop = a_shop()
    conditions = [{"field": "order.total", "operator": "gte", "value": "500"}]
    with inside(shop):
        rule = save_rule(shop, data=fields(conditions=conditions, delay_seconds=60, match="any"))
    rule.refresh_from_db()
    assert (rule.merchant, rule.conditions, rule.delay_seconds, rule.match) == (shop, conditions, 60, "any")
    assert (rule.strategy, rule.is_active) == ("all", True)


def test_every_error_is_said_at_once_beside_its_field():
    data = {
        "name": " ",
        "event": "order.lost",
        "match": "some",
        "delay_seconds": -1,
        "is_active": "yes",
        "x": 1,
    }
    assert wrong(a_shop(), data=data) == {
        "name": "required",
        "event": "unknown_choice",
        "match": "unknown_choice",
        "delay_seconds": "out_of_range",
        "is_active": "not_a_flag",
        "x": "unknown_field",
        "template": "required",
        "recipients": "required",
        "channels": "required",
    }
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"conditions": [{"field": "order.colour", "operator": "eq", "value": "red"}]}, "unknown_field"),
        (
            {"conditions": [{"field": "shipment.carrier", "operator": "eq", "value": "SF"}]},
            "field_not_in_event",
        ),
        ({"conditions": [{"field": "order.total", "operator": "gt", "value": "many"}]}, "not_a_number"),
        ({"conditions": [{"field": "order.number", "operator": "eq", "value": "A\0B"}]}, "invalid_text"),
        ({"conditions": {"field": "order.total"}}, "not_a_list"),
        ({"recipients": ["role:boss"]}, "unknown_role"),
        ({"recipients": ["phone:12"]}, "bad_phone"),
        ({"recipients": [7]}, "bad_recipient"),
        ({"recipients": []}, "required"),
        ({"channels": ["sms", "sms"]}, "twice"),
        ({"channels": ["pigeon"]}, "unknown_choice"),
        ({"channels": ["email"]}, "unknown_template"),
        ({"event": "order.created"}, "other_event"),
        ({"delay_seconds": 90 * 86_400 + 1}, "out_of_range"),
        ({"delay_seconds": True}, "out_of_range"),
    ],
)
def test_it_refuses_what_could_not_work(changed, expected):
    assert list(wrong(a_shop(), data=fields(**changed)).values()) == [expected]


def test_recipients_are_kept_in_one_form_each_once():
    shop = a_shop()
    given = ["phone:138 0000 0000", "phone:+8613800000000", "email:Boss@Shop.example", "role:owner"]
    with inside(shop):
        rule = save_rule(shop, data=fields(recipients=given))
    assert rule.recipients == ["phone:+8613800000000", "email:boss@shop.example", "role:owner"]


def test_a_change_leaves_alone_what_it_does_not_name():
    shop = a_shop()
    rule = a_rule(shop, template="paid", event="order.paid", name="Old", recipients=["role:owner"])
    with inside(shop):
        save_rule(shop, data={"name": "New"}, rule=rule)
    rule.refresh_from_db()
    assert (rule.name, rule.recipients) == ("New", ["role:owner"])


def test_conditions_that_stand_must_fit_a_new_event():
    shop = a_shop()
    a_template(shop, code="sent", event="shipment.dispatched")
    condition = {"field": "shipment.carrier", "operator": "eq", "value": "SF"}
    rule = a_rule(shop, template="sent", event="shipment.dispatched", conditions=[condition])
    errors = wrong(shop, rule=rule, data={"event": "order.paid", "template": "paid"})
    assert errors == {"conditions[0]": "field_not_in_event"}


def test_a_name_is_taken_once_in_a_shop_and_free_in_another():
    shop = a_shop()
    a_rule(shop, name="Paid", template="paid", event="order.paid")
    assert wrong(shop, data=fields()) == {"name": "taken"}
    other = a_shop()
    with inside(other):
        assert save_rule(other, data=fields()).name == "Paid"


def test_a_name_that_was_removed_is_free_again():
    shop = a_shop()
    with inside(shop):
        save_rule(shop, data=fields()).archive()
        assert save_rule(shop, data=fields()).archived_at is None


def test_another_shops_template_is_unknown():
    shop = a_merchant()
    a_template(a_merchant(), code="paid", event="order.paid")
    assert wrong(shop, data=fields()) == {"template": "unknown_template"}
