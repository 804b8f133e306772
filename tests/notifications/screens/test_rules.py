from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from merchants.models import Merchant
from merchants.roles import Right, Role
from notifications import conditions
from notifications.models import Rule
from notifications.screens import rule_words
from orders.events import EventKind
from tests.builders import a_merchant, a_rule, a_template
from tests.notifications.screens.given import (
    Doors,
    answers_to_a_stranger,
    expected_doors,
    logged_in,
    open_doors,
)

pytestmark = pytest.mark.django_db
DEAR = {"field": "order.total", "operator": "gte", "value": "500"}


def a_shop() -> Merchant:
    shop = a_merchant()
    a_template(shop, code="paid", event="order.paid")
    return shop


def entered(**changed: Any) -> dict[str, Any]:
    fields = {
        "name": "Paid",
        "event": "order.paid",
        "to_customer": "on",
        "addresses": "",
        "template": "paid",
        "channel_0": "sms",
        "channel_1": "",
        "strategy": "all",
        "timing": "now",
        "delay": "",
        "unit": "minutes",
        "is_active": "on",
        "rows": "0",
    } | changed
    return {name: value for name, value in fields.items() if value is not None}


def doors(row: Rule) -> Doors:
    return {f"rule_{name}": (Right.CONFIGURE, [row.pk]) for name in ("edit", "toggle", "copy", "remove")}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_has_the_right_to(role):
    row = a_rule(a_merchant())
    every = dict(doors(row)) | {"rule_list": (Right.SEE, []), "rule_create": (Right.CONFIGURE, [])}
    assert open_doors(row.merchant, every, role=role) == expected_doors(every, role=role)


def test_another_shops_rule_is_not_found():
    row = a_rule(a_merchant(), name="Secret rule")
    every = dict(doors(row))
    assert answers_to_a_stranger(every) == {name: {404} for name in every}
    assert Rule.objects.count() == 1
    row.refresh_from_db()
    assert row.is_active
    assert "Secret rule" not in logged_in(a_merchant()).get(reverse("rule_list")).content.decode()


def test_a_rule_is_made_of_what_was_entered():
    shop = a_shop()
    fields = entered(
        rows="2",
        **{"c0-field": "order.total", "c0-operator": "gte", "c0-value": "500", "c1-field": ""},
        roles=["finance"],
        addresses="boss@shop.example\n138 0000 0000",
        timing="later",
        delay="2",
        unit="hours",
    )
    assert logged_in(shop).post(reverse("rule_create"), fields).status_code == 302
    rule = Rule.objects.get()
    assert (rule.merchant, rule.event, rule.conditions, rule.delay_seconds) == (
        shop,
        "order.paid",
        [DEAR],
        7200,
    )
    assert rule.recipients == [
        "customer",
        "role:finance",
        "email:boss@shop.example",
        "phone:+8613800000000",
    ]


def test_saving_a_rule_as_it_stands_changes_nothing():
    shop = a_shop()
    row = a_rule(
        shop,
        template="paid",
        event="order.paid",
        conditions=[DEAR, {"field": "item.kind", "operator": "in", "value": ["virtual", "service"]}],
        recipients=["role:owner", "email:a@shop.example"],
        delay_seconds=90,
        channels=["email", "sms"],
    )
    client = logged_in(shop)
    form = client.get(reverse("rule_edit", args=[row.pk])).context["form"]
    fields = {"rows": str(len(form.conditions))}
    for bound in [*form, *(bound for condition in form.conditions for bound in condition)]:
        value = bound.value()
        if value not in (None, "", False):
            fields[bound.html_name] = "on" if value is True else value
    before = {name: getattr(row, name) for name in ("conditions", "recipients", "delay_seconds", "channels")}
    assert client.post(reverse("rule_edit", args=[row.pk]), fields).status_code == 302
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in before} == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"template": "none"}, "template"),
        ({"to_customer": None}, "addresses"),
        ({"addresses": "nobody"}, "addresses"),
        ({"channel_1": "sms"}, "channel_1"),
        ({"timing": "later"}, "delay"),
        ({"timing": "later", "delay": "91", "unit": "days"}, "delay"),
    ],
)
def test_an_error_stands_beside_its_field_and_the_input_stays(changed, field):
    page = logged_in(a_shop()).post(reverse("rule_create"), entered(**changed))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert not Rule.objects.exists()


def test_an_error_in_a_condition_stands_at_its_row():
    fields = entered(
        rows="2", **{"c0-field": ""}, **{"c1-field": "order.total", "c1-operator": "gt", "c1-value": "many"}
    )
    page = logged_in(a_shop()).post(reverse("rule_create"), fields)
    rows = page.context["form"].conditions
    assert [bool(row.errors) for row in rows] == [False, True]


def test_a_row_comes_and_goes_without_script_and_saves_nothing():
    shop = a_shop()
    client = logged_in(shop)
    filled = entered(rows="1", **{"c0-field": "order.number", "c0-operator": "contains", "c0-value": "VIP"})
    page = client.post(reverse("rule_create"), filled | {"do": "add"})
    rows = page.context["form"].conditions
    assert page.status_code == 200
    assert [row["value"].value() for row in rows] == ["VIP", None]
    page = client.post(reverse("rule_create"), filled | {"do": "remove-0"})
    assert page.context["form"].conditions == []
    assert not page.context["form"].errors
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("field", "operator", "widget"),
    [
        ("order.total", "gte", 'type="number"'),
        ("order.status", "eq", "<select"),
        ("order.status", "in", 'type="checkbox"'),
        ("order.source", "contains", 'type="text"'),
        ("order.source", "is_set", 'type="hidden"'),
    ],
)
def test_the_widget_of_a_value_fits_field_and_comparison(field, operator, widget):
    fields = entered(rows="1", do="look", **{"c0-field": field, "c0-operator": operator})
    page = logged_in(a_shop()).post(reverse("rule_create"), fields)
    assert widget in str(page.context["form"].conditions[0]["value"])


def test_only_templates_that_speak_of_the_event_are_offered():
    shop = a_shop()
    a_template(shop, code="created", event="order.created")
    page = logged_in(shop).post(reverse("rule_create"), entered(do="look", event="order.created"))
    assert [code for code, _label in page.context["form"].fields["template"].choices] == ["created"]


def test_a_rule_is_switched_off_and_on():
    row = a_rule(a_merchant())
    client = logged_in(row.merchant)
    for expected in (False, True):
        client.post(reverse("rule_toggle", args=[row.pk]))
        row.refresh_from_db()
        assert row.is_active is expected


def test_a_copy_says_the_same_under_a_free_name_and_is_off():
    row = a_rule(a_merchant(), name="Paid", conditions=[DEAR], useful_seconds=60)
    client = logged_in(row.merchant)
    for _ in range(2):
        client.post(reverse("rule_copy", args=[row.pk]))
    copies = Rule.objects.exclude(pk=row.pk).order_by("name")
    assert [(one.name, one.is_active, one.conditions, one.useful_seconds) for one in copies] == [
        ("Paid (2)", False, [DEAR], 60),
        ("Paid (3)", False, [DEAR], 60),
    ]


def test_removing_asks_first_and_keeps_the_row():
    row = a_rule(a_merchant())
    client = logged_in(row.merchant)
    client.get(reverse("rule_remove", args=[row.pk]))
    row.refresh_from_db()
    assert row.archived_at is None
    client.post(reverse("rule_remove", args=[row.pk]))
    row.refresh_from_db()
    assert row.archived_at is not None


def test_a_rule_reads_as_a_sentence():
    status = {"field": "order.status", "operator": "in", "value": ["paid", "approved"]}
    rule = Rule(
        event="order.paid",
        conditions=[DEAR, status],
        match="any",
        recipients=["customer", "role:finance", "email:boss@shop.example"],
        channels=["sms", "email"],
        delay_seconds=3600,
    )
    assert rule_words.sentence(rule) == (
        "When an order is paid and order total ≥ 500 or order status is one of Paid, Approved, tell the"
        " customer, the team (Finance) and boss@shop.example by SMS and Email, after 1 hour."
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "at once"), (30, "after 30 seconds"), (60, "after 1 minute"), (172_800, "after 2 days")],
)
def test_a_delay_is_said_in_its_largest_unit(seconds, words):
    with translation.override("en"):
        assert rule_words.delay_words(seconds) == words


def test_there_are_words_for_every_event_field_comparison_and_choice():
    assert set(rule_words.HAPPENINGS) == set(EventKind.values)
    assert set(rule_words.FIELDS) == set(conditions.FIELDS)
    assert set(rule_words.OPERATORS) == set(conditions.OPERATORS)
    chosen = {name: set(field.choices) for name, field in conditions.FIELDS.items() if field.choices}
    assert {name: set(labels) for name, labels in rule_words.CHOICES.items()} == chosen


def test_the_list_takes_as_many_queries_for_twenty_as_for_one(django_assert_max_num_queries):
    shop = a_shop()
    for _ in range(20):
        a_rule(shop, template="paid", event="order.paid", conditions=[DEAR])
    client = logged_in(shop)
    with django_assert_max_num_queries(7):
        page = client.get(reverse("rule_list"))
    assert page.content.decode().count("When an order is paid") == 20
