"""A merchant's words, compiled and rendered."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.braces import translate
from notifications.placeholders import CATALOGUE, sample_facts
from notifications.rendering import (
    Code,
    MissingValue,
    Problem,
    Rendered,
    Source,
    TemplateErrors,
    compile,
    values,
)
from orders.events import EventKind

FACTS = sample_facts("shipment.dispatched", language="zh-hans")


def sms(body: str, *, event: str = "shipment.dispatched", language: str = "zh-hans") -> Source:
    return Source("sms", event, language, "", body)


def mail(body: str, *, subject: str = "订单 {订单号}", event: str = "shipment.dispatched") -> Source:
    return Source("email", event, "zh-hans", subject, body)


def render(source: Source, facts: dict[str, Any] = FACTS) -> Rendered:
    return compile(source).render(facts, language=source.language, timezone="Asia/Shanghai")


def problems(source: Source) -> list[Any]:
    with pytest.raises(TemplateErrors) as caught:
        compile(source)
    return caught.value.problems


def with_name(name: str) -> dict[str, Any]:
    return FACTS | {"customer": FACTS["customer"] | {"name": name}}


@pytest.mark.parametrize(
    "body",
    [
        "{订单号}",
        "{order.number}",
        "{{ order.number }}",
        "{{订单号}}",
        "{ 订单号 }",
        "｛订单号｝",
        "{order_number}",
        "{{ order['number'] }}",
    ],
)
def test_it_takes_a_placeholder_however_it_is_written(body: str) -> None:
    assert render(sms(f"a{body}b")).text == "a20261012-0815b"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ customer.name | append: '！' }}", "李娜！"),
        ("{{ order.number | truncate: 8 }}", "20261..."),
        ("{{ shipment.status | prepend: '状态：' | strip }}", "状态：已发货"),
        ("{% if order.total > 300 %}大{% else %}小{% endif %}", "大"),
        (
            "{% if order.status == 'paid' %}已付{% elsif order.status == 'created' %}未付{% endif %}。",
            "已付。",
        ),
        ("{% unless shipment.eta %}待定{% endunless %}好", "好"),
        ("{% if shipment.carrier contains '顺丰' %}顺丰{% endif %}", "顺丰"),
        ("{% comment %}秘密{% endcomment %}好", "好"),
        ("好\n{% if shipment.eta %}\n到\n{% endif %}\n了", "好\n到\n了"),
    ],
)
def test_it_can_do_what_a_message_needs(body: str, text: str) -> None:
    assert render(sms(body)).text == text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", Code.EMPTY),
        (" \n", Code.EMPTY),
        ("{order.nmber}", Code.UNKNOWN_PLACEHOLDER),
        ("{{ now }}", Code.UNKNOWN_PLACEHOLDER),
        ("{order}", Code.UNKNOWN_PLACEHOLDER),
        ("{{ order.attributes.key }}", Code.UNKNOWN_PLACEHOLDER),
        ("{{ order[customer.name] }}", Code.UNKNOWN_PLACEHOLDER),
        ("{{ order.number.__class__ }}", Code.UNKNOWN_PLACEHOLDER),
        ("{退款金额}", Code.NOT_FOR_THIS_EVENT),
        ("{商品明细}", Code.NOT_FOR_THIS_CHANNEL),
        ("{% for item in order.items %}{% endfor %}", Code.LOOP),
        ("{% tablerow x in y %}{% endtablerow %}", Code.LOOP),
        ("{% assign x = 1 %}", Code.TAG_NOT_ALLOWED),
        ("{% include 'x' %}", Code.TAG_NOT_ALLOWED),
        ("{% raw %}{{ x }}{% endraw %}", Code.TAG_NOT_ALLOWED),
        ("{%- liquid echo order.number -%}", Code.TAG_NOT_ALLOWED),
        ("{% # note %}", Code.TAG_NOT_ALLOWED),
        ("{{ 7 | times: 7 }}", Code.FILTER_NOT_ALLOWED),
        ("{{ order.number | replace: '1', '2' }}", Code.FILTER_NOT_ALLOWED),
        ("{{ order.number | safe }}", Code.FILTER_NOT_ALLOWED),
        ("{{ order.number | url_part }}", Code.FILTER_NOT_ALLOWED),
        ("{{ order.placed_at | date: '%Y' }}", Code.FILTER_NOT_ALLOWED),
        ("{{ order.number | truncate: 100000 }}", Code.BAD_FILTER_ARGUMENT),
        ("{{ order.number | truncate: order.number }}", Code.BAD_FILTER_ARGUMENT),
        ("{{ order.number | append }}", Code.BAD_FILTER_ARGUMENT),
        ("{{ order.number | default: 'x', allow_false: true }}", Code.BAD_FILTER_ARGUMENT),
        ("{% if order.number > 5 %}x{% endif %}", Code.BAD_COMPARISON),
        ("{% if order.total > 'five' %}x{% endif %}", Code.BAD_COMPARISON),
        ("{% if order.number contains order.total %}x{% endif %}", Code.BAD_COMPARISON),
        ("{{ (1..50000000) | join }}", Code.SYNTAX),
        ("{{ order.number", Code.SYNTAX),
        ("{% if order.total %}x", Code.SYNTAX),
        ("{% endif %}", Code.SYNTAX),
        ("{订单 号}", Code.SYNTAX),
        ("{}", Code.SYNTAX),
        ("x" * 1001, Code.TOO_LONG),
        ("{{ order.number | append: '" + "x" * 400 + "' }}", Code.TOO_LONG),
        ("{{" * 500, Code.TOO_MANY),
    ],
)
def test_it_refuses_what_could_fail_or_harm_at_night(body: str, code: Code) -> None:
    assert code in [problem.code for problem in problems(sms(body))]


def test_it_says_where_the_problem_is_in_the_merchants_own_text() -> None:
    (problem,) = problems(sms("您好{订单号}，\n金额{order.totl}。"))
    assert (problem.line, problem.column, problem.excerpt) == (2, 4, "order.totl")
    assert problem.suggestion == "order.total"


def test_it_tells_all_problems_at_once() -> None:
    assert [p.code for p in problems(mail("{a.b} {退款金额} {{ order.number | size }}", subject=""))] == [
        Code.MISSING_SUBJECT,
        Code.UNKNOWN_PLACEHOLDER,
        Code.NOT_FOR_THIS_EVENT,
        Code.FILTER_NOT_ALLOWED,
    ]


def test_a_value_that_the_text_needs_is_missed_by_name() -> None:
    facts = FACTS | {"shipment": {"eta": None, "carrier": ""}}
    with pytest.raises(MissingValue) as caught:
        render(
            sms("{快递公司}{{ shipment.eta | upcase }}{订单号}{{ order.number | append: shipment.eta }}"),
            facts,
        )
    assert caught.value.names == ["shipment.carrier", "shipment.eta"]


@pytest.mark.parametrize(
    "body",
    [
        "{{ shipment.eta | default: '另行通知' }}",
        "{% if shipment.eta %}{预计送达}{% else %}另行通知{% endif %}",
    ],
)
def test_a_missing_value_that_is_provided_for_is_no_fault(body: str) -> None:
    assert render(sms(body), FACTS | {"shipment": {}}).text == "另行通知"


def test_a_nameless_customer_is_still_addressed() -> None:
    facts = with_name("")
    assert render(sms("{客户姓名}您好"), facts).text == "顾客您好"
    assert render(sms("Hi {customer.name}", language="en"), facts).text == "Hi there"
    assert render(sms("{{ customer.name | default: '亲' }}您好"), facts).text == "亲您好"
    assert render(sms("{% if customer.name %}{客户姓名}，{% endif %}您好"), facts).text == "您好"


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{ 7|times:7 }}", "{% raw %}", "{订单号}", "a\"b'c", "$x ${y} %s"]
)
def test_a_name_stays_a_name(name: str) -> None:
    assert render(sms("{客户姓名}"), with_name(name)).text == name
    rendered = render(mail("<p>{客户姓名}</p>", subject="{客户姓名}"), with_name(name))
    assert rendered.subject == name
    assert name in rendered.text
    assert "<script>" not in rendered.html.replace("<style>", "")


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_no_name_can_break_out_of_a_line_or_of_the_html(name: str) -> None:
    rendered = render(mail("<p>[{客户姓名}]</p>", subject="[{客户姓名}]"), with_name(name))
    assert "\n" not in rendered.subject
    assert rendered.subject[0] + rendered.subject[-1] == "[]"
    inside = rendered.html.split('<p style="margin: 0 0 16px;">[', 1)[1].split("]</p>", 1)[0]
    assert "<" not in inside
    assert '"' not in inside


def test_a_subject_is_one_line_whatever_the_values_hold() -> None:
    rendered = render(mail("x", subject="致 {客户姓名}"), with_name("李\r\nBcc: all@example.com\u2028娜"))
    assert rendered.subject == "致 李 Bcc: all@example.com 娜"


def test_the_brackets_of_a_signature_belong_to_the_signature() -> None:
    assert render(sms("【官方】{客户姓名}"), with_name("【银行】")).text == "[官方][银行]"


def test_direction_marks_are_taken_out() -> None:
    assert render(sms("{客户姓名}"), with_name("李\u202e娜\u200f\x00")).text == "李娜"


def test_a_quoted_text_is_no_markup_in_a_mail() -> None:
    rendered = render(mail("<p>{{ '<img src=x>' }}{{ customer.name | append: '<b>' }}</p>"), with_name("A"))
    assert "<img" not in rendered.html
    assert "A&lt;b&gt;" in rendered.html


def test_the_same_text_is_compiled_once() -> None:
    assert compile(sms("{订单号}!")) is compile(sms("{订单号}!"))


def test_it_names_the_placeholders_it_uses() -> None:
    assert compile(mail("{快递公司}", subject="{订单号}")).uses == {"shipment.carrier", "order.number"}


def test_it_fills_a_vendors_template() -> None:
    found = values({"no": "order.number", "who": "客户姓名", "x": "nothing"}, FACTS)
    assert found == {"no": "20261012-0815", "who": "李娜", "x": ""}


@pytest.mark.parametrize("placeholder", CATALOGUE, ids=lambda placeholder: placeholder.name)
def test_every_placeholder_goes_into_a_mail(placeholder: Any) -> None:
    kind = next(kind for kind in EventKind if placeholder.knows(kind))
    source = mail(f"<p>{{{placeholder.name}}}</p>", subject="x", event=kind)
    rendered = render(source, sample_facts(kind, language="zh-hans"))
    assert placeholder.sample("zh-hans", kind=kind).split("\n")[0] in rendered.text


@given(st.text(alphabet="{}%｛｝ab. |-'订单号\n", max_size=60))
@settings(max_examples=150)
def test_any_text_either_compiles_or_is_refused_with_a_place(body: str) -> None:
    problems: list[Problem] = []
    try:
        compile.__wrapped__(sms(body))
    except TemplateErrors as errors:
        problems = [*errors.problems, *problems]
    assert all(0 <= problem.line <= body.count("\n") + 1 for problem in problems)


@given(st.text(alphabet="{}% 订a", max_size=40))
def test_a_place_in_the_translated_text_leads_back(text: str) -> None:
    translated = translate(text)
    plain = text.translate(str.maketrans("｛｝", "{}"))
    for offset, char in enumerate(translated.text):
        if offset not in translated.inserted:
            assert plain[translated.origin(offset)] == char


@pytest.mark.parametrize("body", ["{{" * 190, "{%" * 190, "{% if order.total %}" * 60, "{" * 399, "}" * 900])
def test_no_text_makes_the_compiler_slow(body: str) -> None:
    started = time.process_time()
    with pytest.raises(TemplateErrors):
        compile(mail(body + "{x.y}"))
    assert time.process_time() - started < 2
