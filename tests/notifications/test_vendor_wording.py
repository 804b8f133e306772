"""Our wording in a vendor's spelling."""

from __future__ import annotations

import pytest

from notifications.gateways.registry import GATEWAYS
from notifications.rendering import Source
from notifications.vendor_wording import CannotSpell, Finding, Kind, spelled

ALIYUN, TENCENT, IHUYI = (GATEWAYS[kind].spell_variable for kind in ("aliyun", "tencent", "ihuyi"))
QUERY = {"merchant.query_url": "https://shop.example/q/1/"}
EVENT = "order.paid"


def source(body: str, *, language: str = "zh-Hans") -> Source:
    return Source("sms", EVENT, language, "", body)


@pytest.mark.parametrize(
    ("spell", "body", "params"),
    [
        (
            ALIYUN,
            "订单${order_number}已付款，共${order_total}",
            {"order_number": "order.number", "order_total": "order.total"},
        ),
        (TENCENT, "订单{1}已付款，共{2}", {"1": "order.number", "2": "order.total"}),
        (IHUYI, "订单【变量】已付款，共【变量】", {"1": "order.number", "2": "order.total"}),
    ],
)
def test_each_vendor_has_its_own_spelling(spell, body, params):
    found = spelled(source("订单{订单号}已付款，共{{ order.total }}"), spell)
    assert (found.body, found.params) == (body, params)


@pytest.mark.parametrize("spell", [ALIYUN, TENCENT, IHUYI])
def test_a_placeholder_that_stands_twice_is_two_variables(spell):
    found = spelled(source("{订单号}：{订单号}"), spell)
    assert list(found.params.values()) == ["order.number", "order.number"]


def test_names_of_variables_stand_once():
    assert spelled(source("{订单号}：{订单号}"), ALIYUN).body == "${order_number}：${order_number2}"


def test_of_a_condition_the_branch_of_the_sample_order_is_taken():
    body = (
        "已付款{% if order.total > 100 %}，共{订单金额}{% else %}，谢谢{% endif %}"
        "{% unless order.number %}！{% endunless %}"
    )
    assert spelled(source(body), ALIYUN).body == "已付款，共${order_total}"


def test_what_is_always_the_same_is_text():
    found = spelled(source("查询：{merchant.query_url} {order.query_code}"), TENCENT, fixed=QUERY)
    assert (found.body, found.params) == ("查询：https://shop.example/q/1/ {1}", {"1": "order.query_code"})


@pytest.mark.parametrize(
    "filters",
    [
        "upcase",
        "downcase",
        "capitalize",
        "truncate: 20",
        "truncate: 500",
        "default: 'x'",
        "append: 'a' | upcase",
    ],
)
def test_a_filter_on_a_placeholder_cannot_be_said(filters):
    with pytest.raises(CannotSpell) as fault:
        spelled(source("订单 {{ order.number | " + filters + " }}"), ALIYUN)
    assert fault.value.findings == [Finding(Kind.FILTER, ours="order.number")]


def test_words_put_around_a_placeholder_are_words():
    assert spelled(source("{{ order.number | prepend: '#' | strip }}"), TENCENT).body == "#{1}"


def test_a_link_that_changes_cannot_be_said():
    with pytest.raises(CannotSpell) as fault:
        spelled(source("退订 {links.unsubscribe}"), ALIYUN)
    assert fault.value.findings == [Finding(Kind.LINK, ours="links.unsubscribe")]
