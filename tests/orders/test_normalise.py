"""What people write, brought into one form."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders import normalise
from orders.errors import InvalidInput


def outcome(act: Callable[[], Any]) -> tuple[Any, InvalidInput | None]:
    """Return what came of it: a value, or why there is none."""
    try:
        return act(), None
    except InvalidInput as error:
        return None, error


@pytest.mark.parametrize(
    ("text", "countries", "number"),
    [
        ("138 0000 0001", ("CN",), "+8613800000001"),
        ("１３８-００００-０００１", ("CN",), "+8613800000001"),
        ("0086 138 0000 0001", ("CN",), "+8613800000001"),
        ("+1 (650) 253-0000", ("CN",), "+16502530000"),
        ("030 123456", ("DE", "CN"), "+4930123456"),
        ("13800000001", ("", "CN"), "+8613800000001"),
        ("  ", ("CN",), ""),
    ],
)
def test_a_phone_is_kept_in_e164(text, countries, number):
    assert normalise.phone(text, countries=tuple(filter(None, countries))) == number


@pytest.mark.parametrize(
    "text", ["12345", "138000", "abc", "+999 123456", "13800000001" * 3, "+", "☎", "\0", "-1"]
)
def test_an_impossible_phone_is_refused(text):
    with pytest.raises(InvalidInput, match="impossible_phone"):
        normalise.phone(text, countries=("CN",))


@given(st.text(max_size=300), st.sampled_from([(), ("CN",), ("US", "CN"), ("ZZ",)]))
def test_whatever_is_written_is_a_phone_or_refused(text, countries):
    number, fault = outcome(lambda: normalise.phone(text, countries=countries))
    if fault:
        assert fault.code == "impossible_phone"
    else:
        assert not number or phonenumbers.is_possible_number(phonenumbers.parse(number))
        assert len(number) <= 20
        assert normalise.phone(number) == number


@given(st.text())
def test_a_line_is_one_line(text):
    line = normalise.one_line(text)
    assert len(line.splitlines()) <= 1
    assert normalise.one_line(line) == line
    line.encode()


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("zh_CN", "zh-hans"),
        ("ZH", "zh-hans"),
        ("zh-Hant-TW", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("en-US", "en-us"),
        ("pt-BR", "pt-br"),
        ("", ""),
    ],
)
def test_languages_have_one_name(text, tag):
    assert normalise.language(text) == tag


@pytest.mark.parametrize("text", ["klingon", "en-", "xx-yy", "en_US.UTF-8", "../etc", "e", "zz"])
def test_unknown_languages_are_refused(text):
    with pytest.raises(InvalidInput, match="unknown_language"):
        normalise.language(text)


@pytest.mark.parametrize("text", ["", "QQQ", "CN¥", "euro", "€"])
def test_unknown_currencies_are_refused(text):
    with pytest.raises(InvalidInput, match="unknown_currency"):
        normalise.currency(text)


@given(st.decimals(), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_an_amount_is_kept_as_it_is_or_refused(amount, currency):
    kept, fault = outcome(lambda: normalise.money(amount, currency=currency, field="total"))
    if fault:
        assert fault.code in {"impossible_amount", "too_precise"}
    else:
        assert kept == amount
        assert 0 <= kept <= normalise.MOST_MONEY
        assert kept == kept.quantize(Decimal("0.01"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_attributes_are_an_object_that_can_be_kept_or_refused(value):
    kept, fault = outcome(lambda: normalise.json_object(value, field="attributes"))
    if fault:
        assert fault.field == "attributes"
    else:
        assert kept is value
        assert "\0" not in repr(kept).replace("\\x00", "\0")


def test_attributes_do_not_go_on_for_ever():
    deep: dict[str, object] = {}
    for _ in range(2_000):
        deep = {"a": deep}
    with pytest.raises(InvalidInput, match="too_deep"):
        normalise.json_object(deep, field="attributes")
    with pytest.raises(InvalidInput, match="too_long"):
        normalise.json_object({"a": "x" * 20_000}, field="attributes")
