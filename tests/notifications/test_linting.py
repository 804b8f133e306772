"""What vendors, carriers and readers would object to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.registry import GATEWAYS
from notifications.linting import RULES, VENDORS, Finding, Severity, Way, lint, marked
from notifications.linting.terms import ANY_VENDOR, COUNTRIES, EVERYBODY
from notifications.placeholders import sample_facts
from notifications.rendering import Source

NOTICE = "您的订单{订单号}已发货，请留意查收。"
ENGLISH = "Your order {order.number} is on its way"


def sms(body: str, *, event: str = "order.paid", language: str = "zh-hans") -> Source:
    return Source("sms", event, language, "", body)


def found(body: str, *, kind: str = "", country: str = "CN", sender: str = "", **about: Any) -> list[Finding]:
    """Return what is found in a text to one country that leaves by one vendor, or by none."""
    source = sms(body, language="zh-hans" if country == "CN" else "en")
    ways = [Way(kind, sender=sender)] if kind else []
    signature = "山间茶铺" if country == "CN" else ""
    return lint(source, **{"countries": [country], "signature": signature, "gateways": ways} | about)


def codes(body: str, **about: Any) -> list[str]:
    return [finding.code for finding in found(body, **about)]


def refused(body: str, **about: Any) -> list[str]:
    return [finding.code for finding in found(body, **about) if finding.severity is Severity.ERROR]


def words(body: str, code: str, **about: Any) -> list[str]:
    """Return the words that a rule marks."""
    return [
        body[slice(*span)]
        for finding in found(body, **about)
        if finding.code == code
        for span in finding.spans
    ]


@pytest.mark.parametrize("kind", ["", "sandbox", "aliyun", "kannel"])
def test_it_has_nothing_against_a_plain_notice(kind: str) -> None:
    assert codes(NOTICE, kind=kind) == []


@pytest.mark.parametrize("kind", ["twilio", "vonage", "sns", "kannel", "ihuyi_intl", "aliyun", "tencent"])
def test_it_has_nothing_against_a_plain_notice_abroad(kind: str) -> None:
    assert codes(ENGLISH, kind=kind, country="GB") == []


@pytest.mark.parametrize(
    ("body", "code", "marks"),
    [
        (NOTICE + "全场8.5折", "marketing_words", ["8.5折"]),
        (NOTICE + "点击领取优惠券，优惠多多", "marketing_words", ["点击领取", "优惠", "优惠"]),
        (NOTICE + "拒收请回复R", "opt_out_in_notice", ["拒收请回复R"]),
        (NOTICE + "回T退订", "opt_out_in_notice", ["回T退订"]),
        ("【山间茶铺】" + NOTICE, "brackets", ["【", "】"]),
        (NOTICE + "👨‍👩‍👧好😊", "emoji", ["👨‍👩‍👧", "😊"]),
        (NOTICE + "★", "symbols", ["★"]),
        (NOTICE + "感谢您的耐心等待与支持。" * 5, "more_than_one_part", []),
        ("亲爱的{客户姓名}，亲爱的顾客，订单{订单号}已付款", "too_dear", ["亲爱的"]),
        ("您的订单已付款。", "no_order_number", []),
        (NOTICE + "设置{links.preferences}", "link_in_placeholder", ["{links.preferences}"]),
        ("{订单号}{订单金额}已付款", "adjacent_placeholders", ["{订单号}{订单金额}"]),
    ],
)
def test_it_objects_whoever_sends(body: str, code: str, marks: list[str]) -> None:
    assert code in codes(body)
    assert sorted(words(body, code)) == sorted(marks)


@pytest.mark.parametrize(
    ("body", "code", "marks"),
    [
        (NOTICE + "★", "symbols", ["★"]),
        ("[山间]" + NOTICE, "edge_brackets", ["["]),
        (NOTICE + "【急】", "edge_brackets", ["】"]),
        (NOTICE + "致电13800138000", "mobile_number", ["13800138000"]),
        (NOTICE + "致电+86 138-0013-8000", "mobile_number", ["+86 138-0013-8000"]),
        (
            NOTICE + "致电400-800-1234、0571-12345678或95555",
            "many_phones",
            ["400-800-1234", "0571-12345678", "95555"],
        ),
        (NOTICE + "设置{退订链接}", "link_in_placeholder", ["{退订链接}"]),
        (NOTICE + "见https://t.cn/{订单号}", "link_with_placeholder", ["https://t.cn/{订单号}"]),
        ("订单{订单号}见{查询网址}{查询码}", "link_with_placeholder", ["{查询网址}{查询码}"]),
        ("{订单号} {{ order.total }}{% if 币种 %}{币种}{% endif %}已付款", "adjacent_placeholders",
         ["{订单号} {{ order.total }}{% if 币种 %}{币种}"]),
        ("{订单号}，{订单金额}。", "only_placeholders", []),
        ("订单{{ 订单号 | default: '—' }}", "filters", ["{{ 订单号 | default: '—' }}"]),
        (NOTICE + "很长" * 250, "long_text", []),
    ],
)  # fmt: skip
def test_aliyun_refuses(body: str, code: str, marks: list[str]) -> None:
    assert code in refused(body, kind="aliyun")
    assert words(body, code, kind="aliyun") == marks


@pytest.mark.parametrize(
    "body",
    [
        NOTICE + "致电400-800-1234或0571-12345678",
        NOTICE + "单号20261012138001380001",
        NOTICE + "见https://shop.example/orders。",
        "订单{订单号}，查询{查询网址} 查询码{查询码}",
        "订单{% if 订单号 %}{订单号}{% else %}{订单金额}{% endif %}已付款",
        "订单{订单号}[已付款]，谢谢",
        "订单{{ 订单号 | append: '号' }}已付款",
        "{% comment %}优惠★{订单金额}{订单金额}{% endcomment %}" + NOTICE,
    ],
)
def test_aliyun_takes(body: str) -> None:
    assert refused(body, kind="aliyun") == []


def test_each_vendor_has_his_own_longest_value() -> None:
    body = "订单{订单号}，商品{商品名称}"
    facts = sample_facts("order.paid", language="zh-hans")
    facts["order"]["number"] = "N" * 36
    ways = [Way("aliyun"), Way("tencent"), Way("ihuyi")]
    told = [f for f in found(body, gateways=ways, facts=facts) if f.code == "long_value"]
    assert {(f.gateways, f.params["name"], f.params["limit"], f.severity) for f in told} == {
        (("aliyun",), "订单号", 35, Severity.ERROR),
        (("tencent",), "订单号", 6, Severity.WARNING),
        (("tencent",), "商品名称", 6, Severity.WARNING),
        (("ihuyi",), "订单号", 20, Severity.WARNING),
    }
    assert {f.params["length"] for f in told if f.params["name"] == "订单号"} == {36}


def test_a_value_may_be_as_long_as_the_limit() -> None:
    facts = sample_facts("order.paid", language="zh-hans")
    facts["order"]["number"] = "N" * 35
    assert found(NOTICE, kind="aliyun", facts=facts) == []


def test_a_value_that_the_order_does_not_say_is_empty_at_the_vendor() -> None:
    body = NOTICE + "{% if 币种 %}币种{币种}{% endif %}"
    facts = sample_facts("order.paid", language="zh-hans")
    facts["order"]["currency"] = ""
    assert "empty_value" in codes(body, kind="aliyun", facts=facts)
    assert words(body, "empty_value", kind="aliyun", facts=facts) == ["{币种}"]
    assert "empty_value" not in codes(body, kind="kannel", facts=facts)


def test_a_value_with_a_link_in_it_is_a_link() -> None:
    facts = sample_facts("order.paid", language="zh-hans")
    facts["items"] = [{"name": "茶 www.shop.example", "quantity": 1}]
    body = NOTICE + "商品{商品名称}"
    assert refused(body, kind="tencent", facts=facts) == ["link_in_placeholder"]
    assert refused(body, kind="tencent") == []


def test_a_placeholder_in_two_places_is_doubted_at_aliyun() -> None:
    body = "订单{订单号}，单号{ order.number }"
    assert words(body, "repeated_placeholder", kind="aliyun") == ["{订单号}", "{ order.number }"]
    assert "repeated_placeholder" not in codes(body, kind="tencent")
    assert refused(body, kind="aliyun") == []


def test_conditions_are_doubted_where_the_text_is_on_file() -> None:
    body = "订单{订单号}{% if 币种 %}已付款{% endif %}"
    for kind in ("aliyun", "tencent", "ihuyi"):
        assert words(body, "conditions", kind=kind) == ["{% if 币种 %}", "{% endif %}"]
        assert "conditions" not in refused(body, kind=kind)
    assert "conditions" not in codes(body, kind="kannel")


def test_tencent_may_refuse_every_placeholder_at_home() -> None:
    assert "any_placeholder" in codes(NOTICE, kind="tencent")
    assert "any_placeholder" not in codes("您的订单已付款", kind="tencent")
    assert "any_placeholder" not in codes(ENGLISH, kind="tencent", country="GB")


@pytest.mark.parametrize("text", ["訂單", "體驗", "電話", "優"])
def test_traditional_characters_are_doubted(text: str) -> None:
    assert words(NOTICE + text, "traditional", kind="aliyun") == [text]


@pytest.mark.parametrize("text", ["订单体验优惠", "乾隆", "繁荣昌盛", "朱镕", "、。ＡＢＣ", "ｶﾀｶﾅ"])
def test_what_is_not_surely_traditional_passes(text: str) -> None:
    assert words(NOTICE + text, "traditional", kind="aliyun") == []


def test_twilio_counts_characters_and_sns_bytes() -> None:
    body, facts = ENGLISH + "é" * 900 + "{order.item_names}", sample_facts("order.paid", language="en")
    facts["items"] = [{"name": "x" * 30, "quantity": 1}, {"name": "y" * 30, "quantity": 1}]
    assert refused(body, kind="sns", country="GB", facts=facts) == ["long_bytes"]
    assert refused(body, kind="twilio", country="GB", facts=facts) == []
    longer = ENGLISH + "x" * 700 + " {customer.name} {merchant.name}"
    facts["customer"]["name"] = facts["merchant"]["name"] = "n" * 500
    assert refused(longer, kind="twilio", country="GB", facts=facts) == ["long_text"]


@pytest.mark.parametrize(
    ("country", "sender", "code"),
    [
        ("US", "Willow", "letters_in_sender"),
        ("CA", "Willow", "letters_in_sender"),
        ("FR", "+33612345678", "number_as_sender"),
        ("GB", "Willow Lane Tea", "long_sender"),
    ],
)
def test_it_objects_to_a_sender(country: str, sender: str, code: str) -> None:
    (finding,) = found(ENGLISH, kind="twilio", country=country, sender=sender)
    assert (finding.code, finding.severity, finding.gateways) == (code, Severity.WARNING, ("twilio",))
    assert finding.countries == (() if code == "long_sender" else (country,))


@pytest.mark.parametrize(
    ("country", "sender"),
    [
        ("US", "+12025550123"),
        ("FR", "Willow"),
        ("FR", "36105"),
        ("FR", ""),
        ("US", ""),
        ("GB", "Willow Lane"),
    ],
)
def test_other_senders_pass(country: str, sender: str) -> None:
    assert codes(ENGLISH, kind="vonage", country=country, sender=sender) == []


def test_an_account_that_does_not_go_there_has_no_say() -> None:
    ways = [Way("twilio", frozenset({"GB"}), "Willow Lane Tea"), Way("kannel", frozenset({"US"}))]
    assert codes(ENGLISH, country="US", gateways=ways) == []
    assert codes(ENGLISH, country="GB", gateways=ways) == ["long_sender"]


def test_france_and_india_have_rules_of_their_own() -> None:
    assert codes(ENGLISH, country="FR", category="marketing") == ["marketing_days"]
    assert codes(ENGLISH, country="FR") == []
    assert codes(ENGLISH, country="IN") == ["unregistered"]


def test_without_a_vendor_what_all_of_china_refuses_is_a_hint() -> None:
    body = "{订单号}{订单金额}已付款"
    for kind in ("", "sandbox"):
        (finding,) = found(body, kind=kind)
        assert (finding.code, finding.severity, finding.countries) == (
            "adjacent_placeholders", Severity.WARNING, ("CN",),
        )  # fmt: skip
    assert codes(body, kind="kannel") == []


def test_marketing_to_china_must_end_with_the_way_out() -> None:
    assert "no_opt_out" in refused("春茶上新，限时优惠", category="marketing")
    assert codes("春茶上新，限时优惠，拒收请回复R", category="marketing") == []


def test_what_china_refuses_others_may_only_frown_upon() -> None:
    body = "Order {order.number}: 20% off next time"
    (there,) = lint(sms(body, language="en"), countries=["GB"])
    assert (there.severity, there.code, there.countries) == (Severity.WARNING, "marketing_words", ())
    (here,) = lint(sms(body, language="en"), countries=["CN", "GB"], signature="茶铺")
    assert (here.severity, here.countries) == (Severity.ERROR, ("CN",))


def test_a_hint_for_some_countries_names_them() -> None:
    body = ENGLISH + " and will be with you in a few days, when you will hear from us again"
    (finding,) = lint(sms(body, language="en"), countries=["CN", "GB"], signature={"CN": "茶铺"})
    assert (finding.code, finding.countries) == ("more_than_one_part", ("CN",))


def test_the_worst_comes_first_and_is_said_once() -> None:
    ways = [Way("aliyun"), Way("aliyun"), Way("tencent")]
    told = lint(sms("大促😊★"), countries=["GB", "CN"], signature="山间茶铺", gateways=ways)
    assert [finding.severity for finding in told] == sorted(finding.severity for finding in told)
    assert len({(finding.code, finding.spans, finding.gateways) for finding in told}) == len(told)
    (symbol,) = [finding for finding in told if finding.code == "symbols"]
    assert symbol.gateways == ("aliyun", "tencent")


def test_it_says_where() -> None:
    body = "订单{订单号}秒杀，再秒杀"
    (finding,) = found(body)
    assert [body[slice(*span)] for span in finding.spans] == ["秒杀", "秒杀"]
    assert finding.params == {"text": "秒杀"}


def test_a_text_to_china_wants_a_signature() -> None:
    assert [f.code for f in lint(sms(NOTICE), countries=["CN"])] == ["no_signature"]
    assert lint(sms(NOTICE), countries=["CN", "GB"], signature={"CN": "茶铺"}) == []


def test_words_inside_a_placeholder_are_not_spoken() -> None:
    assert codes("{{ order.number | default: '优惠' }}已付款") == []


def test_a_mail_may_be_long_and_smile() -> None:
    source = Source("email", "order.paid", "en", "x", "<p>Order {order.number} 😊 " + "word " * 200 + "</p>")
    assert lint(source, countries=["CN"], gateways=[Way("aliyun")]) == []


def test_nobody_refuses_a_mail() -> None:
    source = Source("email", "order.paid", "en", "x", "<p>Order {order.number}: 20% off</p>")
    (finding,) = lint(source, countries=["CN"])
    assert (finding.code, finding.severity) == ("marketing_words", Severity.WARNING)


def test_a_text_that_does_not_compile_has_problems_instead() -> None:
    assert lint(sms("{nothing} 秒杀"), countries=["CN"]) == []


def test_every_gateway_has_terms() -> None:
    assert set(GATEWAYS) <= set(VENDORS)


def test_terms_speak_of_rules_that_there_are() -> None:
    vendors = [*VENDORS.values(), ANY_VENDOR]
    every = [EVERYBODY, *COUNTRIES.values(), *(v.home for v in vendors), *(v.abroad for v in vendors)]
    assert set().union(*(terms.codes for terms in every)) == {rule.code for rule in RULES}
    for terms in every:
        assert not terms.refuses & terms.doubts
        for limit in ("long_value", "long_text", "long_bytes"):
            assert (limit in terms.codes) == bool(getattr(terms, limit))
        assert ("symbols" in terms.codes) == bool(terms.symbols)


PIECES = (
    "{订单号}", "{{ order.total }}", "{{ 客户姓名 | truncate: 3 }}", "｛币种｝", "{退订链接}", "{查询网址}",
    "{查询码}", "{% if 币种 %}", "{% else %}", "{% endif %}", "{% comment %}", "{% endcomment %}",
    "{{ '优惠' }}", "亲爱的", "優惠", "优惠", "拒收请回复R", "【", "]", "★", "👩‍👧", "https://t.cn/",
    "13800138000", "95555", " ", "，", "\n",
)  # fmt: skip
BODIES = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join)
WAYS = st.lists(
    st.builds(
        Way,
        st.sampled_from(sorted(VENDORS)) | st.text(max_size=3),
        st.frozensets(st.sampled_from(["CN", "US", "FR"])),
        st.text(max_size=20),
    ),
    max_size=3,
)


@given(BODIES, WAYS, st.sampled_from(["sms", "email"]), st.sampled_from(["transactional", "marketing"]))
def test_it_never_stumbles_and_marks_only_what_is_there(
    body: str, ways: list[Way], channel: str, category: str
) -> None:
    source = Source(channel, "order.paid", "zh-hans", "x", body)
    told = lint(source, countries=["CN", "US", "FR", "IN", ""], category=category, gateways=ways)
    for finding in told:
        assert all(0 <= start < end <= len(body) for start, end in finding.spans)
        assert finding.spans == tuple(sorted(finding.spans))
        if "text" in finding.params and finding.spans:
            assert {body[slice(*span)] for span in finding.spans} == {finding.params["text"]}
    pieces = marked(body, told)
    assert "".join(piece.text for piece in pieces) == body
    assert all(set(piece.ends) <= set(piece.numbers) for piece in pieces)


def test_the_marked_words_lead_to_what_is_said_of_them() -> None:
    findings = [
        Finding(Severity.ERROR, "a", spans=((2, 6),)),
        Finding(Severity.WARNING, "b", spans=((4, 8), (0, 1))),
        Finding(Severity.WARNING, "whole"),
    ]
    assert [
        (piece.text, piece.numbers, piece.ends, piece.is_error) for piece in marked("0123456789", findings)
    ] == [
        ("0", (2,), (2,), False),
        ("1", (), (), False),
        ("23", (1,), (), True),
        ("45", (1, 2), (1,), True),
        ("67", (2,), (2,), False),
        ("89", (), (), False),
    ]


def test_words_without_findings_are_one_piece() -> None:
    assert [piece.text for piece in marked("Hello", [])] == ["Hello"]
    assert marked("", []) == []
