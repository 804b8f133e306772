"""What a vendor has on file beside our wording."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.placeholders import for_event
from notifications.vendor_comparison import compare
from notifications.vendor_wording import Finding, Kind, spelled
from tests.notifications.test_vendor_wording import ALIYUN, EVENT, IHUYI, QUERY, TENCENT, source

# What a value of a vendor's variable can be: those that are no links.
NAMES = [one.name for one in for_event(EVENT) if not one.is_link and one.name not in QUERY and not one.html]

WORDS = st.text(st.characters(exclude_characters="{}｛｝【】[]", exclude_categories=["C"]), max_size=12)


@pytest.mark.parametrize("spell", [ALIYUN, TENCENT, IHUYI])
@given(pieces=st.lists(st.one_of(WORDS, st.sampled_from([f"{{{name}}}" for name in NAMES])), min_size=1))
def test_what_was_spelled_says_the_same_as_ours(spell, pieces):
    ours = source("".join(pieces) + "。")
    theirs = spelled(ours, spell)
    assert compare(ours, theirs.body, theirs.params, spell=spell, fixed={}).findings == []


OURS = source("您的订单{订单号}已付款")
PARAMS = {"no": "order.number"}


def check(body: str, params: dict[str, str] | None = None) -> list[Finding]:
    return compare(OURS, body, PARAMS if params is None else params, spell=ALIYUN, fixed={}).findings


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
