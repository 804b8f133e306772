from __future__ import annotations

from typing import Any

import pytest

from merchants.models import Merchant
from merchants.ownership import inside
from notifications.configuring import InvalidSettings, InvalidTemplate, save_template
from notifications.models import Template
from tests.builders import a_member, a_merchant, a_template

pytestmark = pytest.mark.django_db


def fields(**changed: Any) -> dict[str, Any]:
    return {
        "code": "paid",
        "event": "order.paid",
        "channel": "sms",
        "language": "zh-CN",
        "body": "订单{订单号}已付款。",
    } | changed


def wrong(shop: Merchant, *, data: dict[str, Any], template: Template | None = None) -> dict[str, str]:
    with inside(shop), pytest.raises(InvalidSettings) as caught:
        save_template(shop, data=data, template=template)
    assert all(str(error.message) for error in caught.value.errors)
    return {error.field: error.code for error in caught.value.errors}


def test_a_template_is_made_with_its_first_version():
    shop = a_merchant()
    author = a_member(shop)
    with inside(shop):
        made = save_template(shop, data=fields(), by=author)
    assert (made.language, made.category, made.version) == ("zh-hans", "transactional", 1)
    assert made.versions.get().created_by == author


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"code": "to pay"}, {"code": "bad_code"}),
        ({"language": "Klingon"}, {"language": "unknown_language"}),
        ({"channel": "pigeon"}, {"channel": "unknown_choice"}),
        ({"body": 7}, {"body": "not_a_text"}),
        ({"subject": "Hi"}, {"subject": "no_subject"}),
        ({"body": "{{ order.colour }}"}, {"body": "unknown_placeholder"}),
        ({"body": "{{ shipment.carrier }}"}, {"body": "not_for_this_event"}),
        ({"channel": "email", "body": "Hi"}, {"subject": "missing_subject"}),
        ({"colour": "red"}, {"colour": "unknown_field"}),
    ],
)
def test_it_refuses_what_could_not_be_sent(changed, expected):
    assert wrong(a_merchant(), data=fields(**changed)) == expected
    assert not Template.objects.exists()


def test_a_wording_at_fault_says_where():
    shop = a_merchant()
    with inside(shop), pytest.raises(InvalidTemplate) as caught:
        save_template(shop, data=fields(body="订单\n{{ order.colour }}"))
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, 4)]


def test_other_words_make_a_version_and_other_settings_do_not():
    shop = a_merchant()
    row = a_template(shop)
    with inside(shop):
        save_template(shop, data={"body": "Order {{ order.number }}: noted."}, template=row)
        save_template(shop, data={"is_active": False, "category": "marketing"}, template=row)
    row.refresh_from_db()
    assert (row.version, row.versions.count(), row.is_active, row.category) == (2, 2, False, "marketing")


def test_a_wording_at_fault_changes_nothing():
    shop = a_merchant()
    row = a_template(shop)
    assert wrong(shop, data={"body": "{{ nothing }}", "is_active": False}, template=row) == {
        "body": "unknown_placeholder"
    }
    row.refresh_from_db()
    assert (row.version, row.is_active) == (1, True)


@pytest.mark.parametrize(
    "changed", [{"code": "other"}, {"event": "order.paid"}, {"channel": "email"}, {"language": "fr"}]
)
def test_what_a_template_is_known_by_stays(changed):
    shop = a_merchant()
    row = a_template(shop)
    assert set(wrong(shop, data=changed, template=row).values()) == {"fixed"}


def test_a_code_has_one_wording_a_channel_and_language_and_one_event():
    shop = a_merchant()
    with inside(shop):
        save_template(shop, data=fields())
    assert wrong(shop, data=fields(language="zh-hans")) == {"code": "taken"}
    assert wrong(shop, data=fields(language="en", event="order.created")) == {"event": "other_event"}
    other = a_merchant()
    with inside(other):
        assert save_template(other, data=fields(event="order.created")).merchant == other
