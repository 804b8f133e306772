"""Tencent Cloud's pushes as its pages print them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.base import BadPush, Push
from notifications.gateways.tencent import Tencent
from notifications.outcomes import ErrorClass, ReceiptFacts, ReceiptKind

REPORT = {
    "user_receive_time": "2015-10-17 08:03:04",
    "nationcode": "86",
    "mobile": "13811110000",
    "report_status": "SUCCESS",
    "errmsg": "DELIVRD",
    "description": "用户短信送达成功",
    "sid": "5000:1045710669157053657849499619",
}
REPLY = {
    "extend": "扩展码",
    "mobile": "13811110000",
    "nationcode": "86",
    "sign": "短信签名",
    "text": "R",
    "time": 1457336869,
}


def push(body: Any) -> list[ReceiptFacts]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Tencent().parse_push(Push("POST", {}, {}, raw, "application/json"))


def test_a_delivery_is_read() -> None:
    (facts,) = push([REPORT])

    assert facts == ReceiptFacts(
        ReceiptKind.DELIVERED,
        dedupe=facts.dedupe,
        provider_id="5000:1045710669157053657849499619",
        address="+8613811110000",
        code="DELIVRD",
        text="用户短信送达成功",
    )


def test_our_reference_comes_along_where_the_vendor_enabled_it() -> None:
    assert push([REPORT | {"ext": "0198f1"}])[0].reference == "0198f1"
    assert push([REPORT | {"ext": "order 7, by hand"}])[0].reference == ""


@pytest.mark.parametrize(
    ("nation", "mobile", "phone"),
    [
        ("86", "13811110000", "+8613811110000"),
        ("86", "8613811110000", "+8613811110000"),
        ("86", "008613811110000", "+8613811110000"),
        ("86", "+8613811110000", "+8613811110000"),
        (86, 13811110000, "+8613811110000"),
        ("", "13811110000", "+8613811110000"),
        ("+852", "61234567", "+85261234567"),
        ("1", "4155550100", "+14155550100"),
        ("86", "", ""),
    ],
)
def test_a_number_is_made_whole(nation: Any, mobile: Any, phone: str) -> None:
    assert push([REPORT | {"nationcode": nation, "mobile": mobile}])[0].address == phone


@pytest.mark.parametrize(
    ("code", "error"),
    [("-106", ErrorClass.CONTENT), ("002", ErrorClass.TRANSIENT), ("MK:0012", None), ("", None)],
)
def test_a_failure_has_the_class_of_its_code(code: str, error: ErrorClass | None) -> None:
    (facts,) = push([REPORT | {"report_status": "FAIL", "errmsg": code}])

    assert (facts.kind, facts.code, facts.error) == (ReceiptKind.UNDELIVERED, code, error)


def test_a_status_never_seen_before_is_progress() -> None:
    assert push([REPORT | {"report_status": "WAITING"}])[0].kind is ReceiptKind.PROGRESS


def test_a_report_told_twice_has_one_name_and_other_reports_have_others() -> None:
    name = push([REPORT])[0].dedupe

    assert push([REPORT | {"description": "again", "user_receive_time": "later"}])[0].dedupe == name
    for change in ({"sid": "other"}, {"mobile": "13811110001"}, {"report_status": "FAIL"}, {"errmsg": "x"}):
        assert push([REPORT | change])[0].dedupe != name


def test_a_reply_is_read() -> None:
    (facts,) = push(REPLY)

    assert facts == ReceiptFacts(ReceiptKind.REPLY, dedupe=facts.dedupe, address="+8613811110000", text="R")


def test_a_reply_told_twice_has_one_name_and_other_replies_have_others() -> None:
    name = push(REPLY)[0].dedupe

    assert push(REPLY | {"extend": ""})[0].dedupe == name
    for change in ({"time": 1457336870}, {"mobile": "13811110001"}, {"text": "T"}, {"sign": "云栖"}):
        assert push(REPLY | change)[0].dedupe != name


def test_several_come_in_one_push_whatever_stands_between_them() -> None:
    facts = push([REPORT, {"new": 1}, 7, REPORT | {"sid": "other"}, REPLY])

    assert [fact.kind for fact in facts] == [ReceiptKind.DELIVERED, ReceiptKind.DELIVERED, ReceiptKind.REPLY]
    assert len({fact.dedupe for fact in facts}) == 3


def test_an_empty_push_holds_no_facts() -> None:
    assert push([]) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{}", b"7", b"[1]", b'[{"a": 1}]', b'{"voicecode_callback": {}}', b"\xff", b"[" * 100_000],
)
def test_what_is_not_the_vendors_shape_is_refused(body: bytes) -> None:
    with pytest.raises(BadPush):
        push(body)


odd = st.none() | st.booleans() | st.integers() | st.text(max_size=300) | st.lists(st.text(), max_size=2)


@given(st.dictionaries(st.sampled_from([*REPORT, *REPLY, "ext"]), odd))
def test_odd_values_become_facts_that_can_be_saved(changes: dict[str, Any]) -> None:
    for item in ([REPORT | changes], REPLY | changes):
        for facts in push(item):
            assert len(facts.dedupe) <= 200
            assert len(facts.reference) <= 40
            assert max(len(facts.provider_id), len(facts.address), len(facts.code)) <= 100
            assert "\0" not in facts.text + facts.code + facts.provider_id
            (facts.text + facts.code + facts.provider_id + facts.dedupe).encode()


def test_it_answers_as_the_vendor_wants_to_hear_it() -> None:
    status, kind, body = Tencent().answer_push()

    assert (status, kind, json.loads(body)) == (200, "application/json", {"result": 0, "errmsg": "OK"})
