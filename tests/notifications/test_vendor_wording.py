"""Our wording in a vendor's spelling, and the other way round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.registry import GATEWAYS
from notifications.placeholders import for_event
from notifications.rendering import Source
from notifications.vendor_wording import CannotSpell, Finding, Kind, compare, differences, spelled

ALIYUN, TENCENT, IHUYI = (GATEWAYS[kind].spell_variable for kind in ("aliyun", "tencent", "ihuyi"))
QUERY = {"merchant.query_url": "https://shop.example/q/1/"}
EVENT = "order.paid"
# What a value of a vendor's variable can be: those that are no links.
NAMES = [one.name for one in for_event(EVENT) if not one.is_link and one.name not in QUERY and not one.html]


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


WORDS = st.text(st.characters(exclude_characters="{}｛｝【】[]", exclude_categories=["C"]), max_size=12)


@pytest.mark.parametrize("spell", [ALIYUN, TENCENT, IHUYI])
@given(pieces=st.lists(st.one_of(WORDS, st.sampled_from([f"{{{name}}}" for name in NAMES])), min_size=1))
def test_what_was_spelled_says_the_same_as_ours(spell, pieces):
    ours = source("".join(pieces) + "。")
    theirs = spelled(ours, spell)
    assert differences(ours, theirs.body, theirs.params, spell=spell, fixed={}) == []


OURS = source("您的订单{订单号}已付款")
PARAMS = {"no": "order.number"}


def check(body: str, params: dict[str, str] | None = None) -> list[Finding]:
    return differences(OURS, body, PARAMS if params is None else params, spell=ALIYUN, fixed={})


@pytest.mark.parametrize(
    "body",
    [
        "您的订单${no}已付款",
        "【叮单茶铺】您的订单${no}已付款",
        "您的订单 ${no} 已付款 \n",
        "您的订单${ no }已付款，拒收请回复R",
    ],
)
def test_white_space_signature_and_the_words_about_opting_out_do_not_count(body):
    assert check(body) == []


def test_other_words_are_said_with_both_sides():
    assert check("您的订单${no}已支付") == [Finding(Kind.WORDS, "", "支"), Finding(Kind.WORDS, "款", "")]
    assert not any(one.is_error for one in check("您的订单${no}已支付"))


def test_words_in_place_of_a_placeholder_are_a_difference():
    assert check("您的订单已付款", {}) == [Finding(Kind.WORDS, "{order.number}", "")]


@pytest.mark.parametrize(
    ("body", "params", "expected"),
    [
        ("您的订单${no}已付款", {}, Kind.UNMAPPED),
        ("您的订单${no}已付款", PARAMS | {"sum": "order.total"}, Kind.NO_SUCH_VARIABLE),
        ("您的订单${no}已付款", {"no": "order.mood"}, Kind.UNKNOWN_PLACEHOLDER),
        ("", {"no": "order.mood"}, Kind.UNKNOWN_PLACEHOLDER),
        ("您的订单${no}已付款", {"no": "shipment.eta"}, Kind.UNKNOWN_PLACEHOLDER),
    ],
)
def test_variables_that_do_not_fit_are_errors(body, params, expected):
    assert expected in {one.kind for one in check(body, params) if one.is_error}


def test_the_two_texts_are_laid_side_by_side():
    runs = compare(OURS, "您的订单${no}已支付！", PARAMS, spell=ALIYUN, fixed={}).runs
    assert "".join(run.ours for run in runs) == "您的订单{order.number}已付款"
    assert "".join(run.theirs for run in runs) == "您的订单{order.number}已支付！"
    assert runs[0].is_same
