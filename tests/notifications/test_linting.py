"""What vendors and carriers would object to."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.linting import Severity, lint
from notifications.rendering import Source

NOTICE = "您的订单{订单号}已发货，请留意查收。"


def sms(body: str, *, event: str = "order.paid", language: str = "zh-hans") -> Source:
    return Source("sms", event, language, "", body)


def codes(body: str, *, country: str = "CN", category: str = "transactional", **about: Any) -> list[str]:
    source = sms(body, language="zh-hans" if country == "CN" else "en", **about)
    return [f.code for f in lint(source, countries=[country], category=category, signature="山间茶铺")]


def test_it_has_nothing_against_a_plain_notice() -> None:
    assert codes(NOTICE) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (NOTICE + "全场8.5折", "marketing_words"),
        (NOTICE + "点击领取优惠券", "marketing_words"),
        (NOTICE + "拒收请回复R", "opt_out_in_notice"),
        (NOTICE + "回T退订", "opt_out_in_notice"),
        ("【山间茶铺】" + NOTICE, "brackets"),
        (NOTICE + "😊", "emoji"),
        (NOTICE + "★", "symbols"),
        (NOTICE + "感谢您的耐心等待与支持。" * 5, "more_than_one_part"),
        ("亲爱的{客户姓名}，亲爱的顾客，订单{订单号}已付款", "too_dear"),
        ("您的订单已付款。", "no_order_number"),
        (NOTICE + "设置{links.preferences}", "link_in_placeholder"),
        ("{订单号}{订单金额}已付款", "adjacent_placeholders"),
    ],
)
def test_it_objects_to(body: str, code: str) -> None:
    assert code in codes(body)


def test_marketing_to_china_must_end_with_the_way_out() -> None:
    assert "no_opt_out" in codes("春茶上新，限时优惠", category="marketing")
    assert codes("春茶上新，限时优惠，拒收请回复R", category="marketing") == []


def test_what_china_refuses_others_may_only_frown_upon() -> None:
    body = "Order {order.number}: 20% off next time"
    (there,) = lint(sms(body, language="en"), countries=["GB"])
    assert (there.severity, there.code) == (Severity.WARNING, "marketing_words")
    here = lint(sms(body), countries=["CN"], signature="山间茶铺")
    assert [finding.severity for finding in here] == [Severity.ERROR]


def test_the_worst_comes_first_and_is_said_once() -> None:
    found = lint(sms("大促😊★"), countries=["GB", "CN"], signature="山间茶铺")
    assert [finding.severity for finding in found] == sorted(finding.severity for finding in found)
    assert len({(finding.code, finding.span) for finding in found}) == len(found)


def test_it_says_where() -> None:
    (finding,) = [f for f in lint(sms("订单{订单号}秒杀"), countries=["CN"], signature="茶铺") if f.span]
    assert finding.span
    assert "订单{订单号}秒杀"[slice(*finding.span)] == "秒杀"
    assert finding.params == {"text": "秒杀"}


def test_a_text_to_china_wants_a_signature() -> None:
    assert [f.code for f in lint(sms(NOTICE), countries=["CN"])] == ["no_signature"]


def test_words_inside_a_placeholder_are_not_spoken() -> None:
    assert codes("{{ order.number | default: '优惠' }}已付款") == []


def test_a_mail_may_be_long_and_smile() -> None:
    source = Source("email", "order.paid", "en", "x", "<p>Order {order.number} 😊 " + "word " * 200 + "</p>")
    assert lint(source, countries=["CN"]) == []


def test_a_text_that_does_not_compile_has_problems_instead() -> None:
    assert lint(sms("{nothing} 秒杀"), countries=["CN"]) == []
