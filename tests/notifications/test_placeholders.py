"""What a template may say, and how it reads."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from notifications.placeholders import CATALOGUE, clean, find, for_event, locale_of, sample_facts, suggest
from notifications.placeholders.formats import money, span, when
from notifications.placeholders.words import ORDER_STATUS, RETURN_STATUS, SHIPMENT_STATUS
from orders.events import EventKind
from orders.statuses import OrderStatus, ReturnStatus, ShipmentStatus

ZH = locale_of("zh-hans", "Asia/Shanghai")
EN = locale_of("en", "Europe/London")
NOON = datetime(2026, 10, 12, 4, 0, tzinfo=UTC)


def say(name: str, facts: dict[str, Any], *, locale: Any = ZH) -> str:
    placeholder = find(name)
    assert placeholder
    return placeholder.value(facts, locale)


@pytest.mark.parametrize("language", ["en", "zh-hans", "de"])
@pytest.mark.parametrize("placeholder", CATALOGUE, ids=lambda placeholder: placeholder.name)
def test_every_placeholder_says_something_about_the_sample_order(placeholder: Any, language: str) -> None:
    assert placeholder.sample(language)


@pytest.mark.parametrize("placeholder", CATALOGUE, ids=lambda placeholder: placeholder.name)
def test_every_placeholder_is_silent_when_nothing_is_known(placeholder: Any) -> None:
    assert placeholder.value({}, EN) == ""
    assert placeholder.fact({"order": {}, "shipment": None}, EN) is None


def test_no_two_placeholders_of_one_event_share_a_name() -> None:
    for kind in EventKind:
        taken: dict[str, str] = {}
        for placeholder in for_event(kind):
            for name in (placeholder.name, placeholder.label_zh, *placeholder.aliases):
                assert taken.setdefault(name, placeholder.name) == placeholder.name


def test_every_event_has_its_shop_and_its_links() -> None:
    for kind in EventKind:
        names = {placeholder.name for placeholder in for_event(kind)}
        assert {"merchant.name", "customer.name", "links.unsubscribe"} <= names


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("订单号", "order.number"),
        ("商品名称", "order.item_names"),
        ("order_number", "order.number"),
        ("快递单号", "shipment.tracking_number"),
    ],
)
def test_it_knows_the_words_that_merchants_use(alias: str, name: str) -> None:
    placeholder = find(alias)
    assert placeholder
    assert placeholder.name == name


def test_one_word_means_what_the_event_is_about() -> None:
    for kind, name in (("shipment.delayed", "shipment.reason"), ("return.requested", "return.reason")):
        placeholder = find("原因", kind)
        assert placeholder
        assert placeholder.name == name


def test_it_knows_nothing_of_a_shipment_before_there_is_one() -> None:
    assert find("shipment.eta", "order.paid") is None


@pytest.mark.parametrize(
    "name", ["card.key", "order.attributes", "order.attributes.key", "merchant", "facts", ""]
)
def test_there_is_no_way_to_what_is_not_listed(name: str) -> None:
    assert find(name) is None


def test_it_suggests_the_name_that_was_meant() -> None:
    assert suggest("order.nmber", "order.paid") == "order.number"
    assert suggest("shipment.etta", "order.paid") != "shipment.eta"
    assert suggest("zzz", "order.paid") == ""


def test_every_status_has_words_in_both_languages() -> None:
    assert set(ORDER_STATUS) == set(OrderStatus.values)
    assert set(SHIPMENT_STATUS) == set(ShipmentStatus.values)
    assert set(RETURN_STATUS) == set(ReturnStatus.values)


@pytest.mark.parametrize(
    ("currency", "language", "text"),
    [
        ("CNY", "zh-hans", "¥1,234.50"),
        ("USD", "zh-hans", "US$1,234.50"),
        ("GBP", "en", "£1,234.50"),
        ("JPY", "en", "¥1,234"),
        ("EUR", "de", "1.234,50 €"),
        ("EUR", "fr", "1 234,50 €"),
        ("XYZ", "en", "XYZ1,234.50"),
        ("", "en", "1,234.50"),
    ],
)
def test_it_writes_an_amount_as_the_reader_does(currency: str, language: str, text: str) -> None:
    assert money(Decimal("1234.5"), currency, locale_of(language, "UTC")) == text


@given(
    amount=st.decimals(min_value=0, max_value=10**10, places=2),
    currency=st.sampled_from(["CNY", "USD", "EUR", "JPY", "KWD", "INR"]),
    language=st.sampled_from(["zh_Hans", "en", "de", "fr", "hi", "es", "pt", "ru", "ja"]),
)
def test_it_agrees_with_babel_about_every_amount(amount: Decimal, currency: str, language: str) -> None:
    expected = format_currency(amount, currency, locale=language)
    said = money(amount, currency, locale_of(language.replace("_", "-"), "UTC"))
    assert said == expected.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("amount", [None, "x", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_amount_says_nothing(amount: object) -> None:
    assert money(amount, "CNY", ZH) == ""


def test_it_tells_times_in_the_readers_zone_and_tongue() -> None:
    assert when(NOON, ZH) == "10月12日 12:00"
    assert when(NOON, EN) == "12 Oct, 05:00"
    assert when("2026-10-12T00:00:00+08:00", ZH) == "10月12日"
    assert when("tomorrow", ZH) == ""


def test_it_tells_a_window_of_time() -> None:
    later, next_day = NOON.replace(hour=6), NOON.replace(day=13)
    assert span(NOON, later, ZH) == "10月12日 12:00-14:00"
    assert span(NOON, next_day, EN) == "12 Oct, 05:00-13 Oct, 05:00"
    assert span(NOON, None, ZH) == "10月12日 12:00起"
    assert span(None, NOON, EN) == "by 12 Oct, 05:00"


def test_an_unknown_zone_or_language_is_no_fault() -> None:
    assert when(NOON, locale_of("xx-invalid", "Mars/Olympus")) == "12 Oct, 04:00"
    assert when(NOON, locale_of("", "../../etc/passwd")) == "12 Oct, 04:00"


def test_it_names_the_goods() -> None:
    items = [{"name": name, "quantity": 2} for name in ("茶", "碗", "盘")]
    assert say("商品名称", {"items": items[:1]}) == "茶"
    assert say("商品名称", {"items": items[:2]}) == "茶、碗"
    assert say("商品名称", {"items": items}) == "茶、碗等6件"
    assert say("商品名称", {"items": items}, locale=EN) == "茶, 碗 and 1 more"


def test_a_table_of_goods_is_escaped_and_bounded() -> None:
    placeholder = find("order.items_table")
    assert placeholder
    assert placeholder.html
    facts = {
        "order": {"currency": "CNY"},
        "items": [{"name": "<script>", "quantity": 1, "unit_price": 1}] * 500,
    }
    table = placeholder.html(facts, EN)
    assert "<script>" not in table
    assert "&lt;script&gt;" in table
    assert table.count("<tr>") == 51
    assert "and 450 more" in table


def test_a_link_that_is_no_web_address_says_nothing() -> None:
    assert say("links.unsubscribe", {"links": {"unsubscribe": "javascript:alert(1)"}}) == ""


@given(st.text(max_size=600))
def test_a_value_is_one_clean_line(text: str) -> None:
    line = clean(text)
    assert len(line) <= 500
    assert not set(line) & set("\n\r\t\x00\u2028\u202e\u2066\u200f\ufeff【】")
    assert clean(line) == line


def test_a_value_keeps_what_scripts_and_emoji_need() -> None:
    assert clean("👩\u200d🍳 क्\u200dष") == "👩\u200d🍳 क्\u200dष"


def test_a_condition_compares_the_bare_fact() -> None:
    facts = sample_facts("order.paid", language="zh-hans")
    placeholder = find("order.status")
    assert placeholder
    assert placeholder.fact(facts, ZH) == "paid"
    assert placeholder.value(facts, ZH) == "已付款"
