"""Aliyun's pushes as its pages print them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.aliyun import Aliyun
from notifications.gateways.base import BadPush, Push
from notifications.outcomes import ErrorClass, ReceiptFacts, ReceiptKind

REPORT = {
    "phone_number": "13811110000",
    "send_time": "2017-01-01 00:00:00",
    "report_time": "2017-01-01 00:00:00",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "12345",
    "out_id": "67890",
}
ABROAD = {
    "To": "85261234567",
    "Status": "1",
    "MessageId": "m1",
    "SmsSize": "1",
    "SendDate": "Thu, 25 Nov 2021 10:27:00 +0800",
    "ErrorCode": "DELIVERED",
    "ErrorDescription": "ok",
}
REPLY = {
    "phone_number": "13811110000",
    "content": "R",
    "send_time": "2017-09-01 00:00:00",
    "dest_code": "1234",
    "sequence_id": "1234567890",
}


def push(body: Any) -> list[ReceiptFacts]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Aliyun().parse_push(Push("POST", {}, {}, raw, "application/json"))


def test_a_delivery_is_read() -> None:
    assert push([REPORT]) == [
        ReceiptFacts(
            ReceiptKind.DELIVERED,
            dedupe="aliyun:report:12345:+8613811110000:DELIVERED:delivered",
            reference="67890",
            provider_id="12345",
            address="+8613811110000",
            code="DELIVERED",
            text="用户接收成功",
        )
    ]


@pytest.mark.parametrize("number", ["13811110000", "8613811110000", "+8613811110000", "008613811110000"])
def test_a_mainland_number_is_made_whole(number: str) -> None:
    assert push([REPORT | {"phone_number": number}])[0].address == "+8613811110000"


def test_a_number_from_abroad_keeps_its_own_country() -> None:
    assert push([REPORT | {"phone_number": "85261234567"}])[0].address == "+85261234567"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("MOBILE_NOT_ON_SERVICE", ErrorClass.RECIPIENT),
        ("USER_REJECT", ErrorClass.OPTED_OUT),
        ("isv.BLACK_KEY_CONTROL_LIMIT", ErrorClass.OPTED_OUT),
        ("PORT_NOT_REGISTERED", ErrorClass.CONTENT),
        ("MOBILE_SEND_LIMIT", ErrorClass.RATE_RECIPIENT),
        ("IS_CLOSE", ErrorClass.TRANSIENT),
        ("MK:0012", None),
    ],
)
def test_a_failure_has_the_class_of_its_code(code: str, error: ErrorClass | None) -> None:
    (facts,) = push([REPORT | {"success": False, "err_code": code}])

    assert (facts.kind, facts.code, facts.error) == (ReceiptKind.UNDELIVERED, code, error)


def test_taken_and_waiting_is_progress() -> None:
    (facts,) = push([REPORT | {"success": False, "err_code": "REQUEST_SUCCESS"}])

    assert (facts.kind, facts.error) == (ReceiptKind.PROGRESS, None)


def test_a_reference_that_is_not_ours_is_not_taken_for_one() -> None:
    assert push([REPORT | {"out_id": "order 7, by hand"}])[0].reference == ""
    assert push([REPORT | {"out_id": None}])[0].reference == ""


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("1", ReceiptKind.DELIVERED),
        ("2", ReceiptKind.UNDELIVERED),
        ("6", ReceiptKind.UNDELIVERED),
        (1, ReceiptKind.DELIVERED),
    ],
)
def test_a_report_from_abroad_is_read(status: Any, kind: ReceiptKind) -> None:
    (facts,) = push([ABROAD | {"Status": status}])

    assert (facts.kind, facts.address, facts.provider_id) == (kind, "+85261234567", "m1")


def test_on_its_way_and_arrived_are_two_facts_though_their_code_is_one() -> None:
    said = [ABROAD | {"Status": status, "ErrorCode": "success"} for status in ("3", "1")]

    facts = push(said)

    assert [fact.kind for fact in facts] == [ReceiptKind.PROGRESS, ReceiptKind.DELIVERED]
    assert facts[0].dedupe != facts[1].dedupe


def test_a_forbidden_word_abroad_is_no_refusal_by_the_person() -> None:
    (facts,) = push([ABROAD | {"Status": "2", "ErrorCode": "BLACK_KEY_CONTROL_LIMIT"}])

    assert (facts.kind, facts.error) == (ReceiptKind.UNDELIVERED, ErrorClass.CONTENT)


def test_several_reports_come_in_one_push() -> None:
    facts = push([REPORT, REPORT | {"phone_number": "13811110001"}, REPLY])

    assert [fact.kind for fact in facts] == [ReceiptKind.DELIVERED, ReceiptKind.DELIVERED, ReceiptKind.REPLY]
    assert len({fact.dedupe for fact in facts}) == 3


def test_the_same_report_told_twice_has_one_name() -> None:
    assert push([REPORT])[0].dedupe == push([REPORT | {"report_time": "later"}])[0].dedupe


@pytest.mark.parametrize("sequence", ["1234567890", 1234567890])
def test_a_reply_is_read(sequence: Any) -> None:
    assert push([REPLY | {"sequence_id": sequence, "sign_name": "云栖"}]) == [
        ReceiptFacts(ReceiptKind.REPLY, dedupe="aliyun:reply:1234567890", address="+8613811110000", text="R")
    ]


def test_replies_without_a_number_of_their_own_are_told_apart() -> None:
    bare = {name: value for name, value in REPLY.items() if name != "sequence_id"}

    names = {push([bare | change])[0].dedupe for change in ({}, {}, {"content": "T"}, {"send_time": "later"})}

    assert len(names) == 3


def test_news_of_templates_and_signatures_hold_no_facts() -> None:
    assert (
        push([{"template_status": "approved", "template_code": "SMS_1"}, {"sign_status": "rejected"}]) == []
    )


def test_an_empty_push_holds_no_facts() -> None:
    assert push([]) == []


def test_an_item_of_a_new_shape_does_not_cost_us_the_reply_beside_it() -> None:
    assert [fact.kind for fact in push([{"new": 1}, REPLY])] == [ReceiptKind.REPLY]


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[1]", b'[{"a": 1}]', b"\xff", b"[" * 100_000])
def test_what_is_not_the_vendors_shape_is_refused(body: bytes) -> None:
    with pytest.raises(BadPush):
        push(body)


odd = st.none() | st.booleans() | st.integers() | st.text(max_size=300) | st.lists(st.text(), max_size=2)


@given(st.dictionaries(st.sampled_from([*REPORT, *ABROAD, *REPLY]), odd))
def test_odd_values_become_facts_that_can_be_saved(changes: dict[str, Any]) -> None:
    for item in (REPORT, ABROAD, REPLY):
        for facts in push([item | changes]):
            assert len(facts.dedupe) <= 200
            assert len(facts.reference) <= 40
            assert max(len(facts.provider_id), len(facts.address), len(facts.code)) <= 100
            assert "\0" not in facts.text + facts.code + facts.provider_id
            (facts.text + facts.code + facts.provider_id + facts.dedupe).encode()


def test_it_answers_as_the_vendor_wants_to_hear_it() -> None:
    status, kind, body = Aliyun().answer_push()

    assert (status, kind) == (200, "application/json")
    assert json.loads(body) == {"code": 0, "msg": "接收成功"}
