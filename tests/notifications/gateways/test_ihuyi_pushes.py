"""What ihuyi pushes, whose names for things nobody printed: found where they are usual, or as told."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.base import BadPush, Push
from notifications.gateways.ihuyi import Ihuyi
from notifications.gateways.ihuyi_intl import IhuyiInternational
from notifications.outcomes import ErrorClass, ReceiptFacts, ReceiptKind
from tests.notifications.gateways import given as g

REPORT = {"smsid": "60495654", "mobile": "13800138000", "status": "DELIVRD"}
REPLY = {"mobile": "13800138000", "content": "退订", "receive_time": "2026-11-22 18:30:00"}


def query(told: dict[str, str]) -> Push:
    return Push("GET", told, {}, b"")


def form(told: dict[str, str]) -> Push:
    return Push("POST", {}, told, b"a=b", "application/x-www-form-urlencoded")


def body(told: Any) -> Push:
    return Push("POST", {}, {}, json.dumps(told).encode(), "application/json")


def facts(told: Any, *, names: str = "") -> list[ReceiptFacts]:
    account = g.account("ihuyi", receipt_fields=names)
    return Ihuyi().for_account(account).parse_push(body(told))


def fact(told: Any, *, names: str = "") -> ReceiptFacts:
    (one,) = facts(told, names=names)
    return one


@pytest.mark.parametrize("push", [query(REPORT), form(REPORT), body(REPORT), body([REPORT])])
def test_a_report_is_read_wherever_it_stands(push: Push) -> None:
    (one,) = Ihuyi().parse_push(push)

    assert (one.kind, one.provider_id, one.code) == (ReceiptKind.DELIVERED, "60495654", "DELIVRD")
    assert (one.address, one.reference) == ("", "")


@pytest.mark.parametrize("push", [query(REPLY), form(REPLY), body(REPLY), body([REPLY])])
def test_a_reply_is_read_wherever_it_stands(push: Push) -> None:
    (one,) = Ihuyi().parse_push(push)

    assert (one.kind, one.address, one.text) == (ReceiptKind.REPLY, "+8613800138000", "退订")


def test_many_are_read_out_of_an_envelope() -> None:
    told = {"type": "mixed", "list": [REPORT, REPLY, {"strange": True}]}

    assert [one.kind for one in facts(told)] == [ReceiptKind.DELIVERED, ReceiptKind.REPLY]


@pytest.mark.parametrize("spelling", ["smsid", "taskid", "msgid", "SmsId"])
def test_the_usual_names_are_known(spelling: str) -> None:
    assert fact({spelling: 7, "stat": "DELIVRD"}).provider_id == "7"


@pytest.mark.parametrize(
    ("state", "kind", "error"),
    [
        ("delivrd", ReceiptKind.DELIVERED, None),
        ("成功", ReceiptKind.DELIVERED, None),
        ("UNDELIV", ReceiptKind.UNDELIVERED, None),
        ("EXPIRED", ReceiptKind.UNDELIVERED, ErrorClass.TRANSIENT),
        ("REJECTD", ReceiptKind.UNDELIVERED, ErrorClass.CONTENT),
        ("MK:0001", ReceiptKind.UNDELIVERED, None),
        ("ACCEPTD", ReceiptKind.PROGRESS, None),
        # Success with one vendor, failure with the next.
        ("0", ReceiptKind.PROGRESS, None),
        ("1", ReceiptKind.PROGRESS, None),
    ],
)
def test_a_state_means_only_what_is_certain(state: str, kind: ReceiptKind, error: ErrorClass | None) -> None:
    one = fact(REPORT | {"status": state})

    assert (one.kind, one.code, one.error) == (kind, state, error)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (0, ReceiptKind.DELIVERED),
        (1, ReceiptKind.UNDELIVERED),
        ("DELIVRD", ReceiptKind.UNDELIVERED),
        ("ACCEPTD", ReceiptKind.PROGRESS),
    ],
)
def test_an_account_may_name_the_word_for_success(state: Any, kind: ReceiptKind) -> None:
    assert fact(REPORT | {"status": state}, names="delivered=0").kind is kind


def test_an_account_may_name_the_fields() -> None:
    told = {"Sid": "9", "rpt": "DELIVRD", "no": "13800138000", "words": "R"}

    assert facts(told | {"words": ""}, names="id=sid, status=rpt")[0].provider_id == "9"
    assert facts(told | {"rpt": ""}, names="phone = no，text = words")[0].text == "R"


def test_an_optout_is_not_lost_to_a_number_that_looks_like_a_state() -> None:
    assert fact(REPLY | {"smsid": "60495654", "code": "0"}).kind is ReceiptKind.REPLY


def test_a_report_that_repeats_the_text_is_a_report() -> None:
    assert fact(REPORT | {"content": "您的订单已发货"}).kind is ReceiptKind.DELIVERED


@pytest.mark.parametrize("number", ["13800138000", "8613800138000", "+8613800138000", "008613800138000"])
def test_a_reply_comes_from_a_whole_number(number: str) -> None:
    assert fact(REPLY | {"mobile": number}).address == "+8613800138000"


@pytest.mark.parametrize("number", ["1 9785550123", "19785550123", "+1 978 555 0123", "0019785550123"])
def test_a_reply_from_abroad_comes_from_a_whole_number(number: str) -> None:
    (one,) = IhuyiInternational().parse_push(body(REPLY | {"mobile": number}))

    assert one.address == "+19785550123"


def test_the_same_fact_told_twice_has_one_name() -> None:
    assert fact(REPORT | {"time": "1"}).dedupe == fact(REPORT | {"time": "2"}).dedupe
    assert fact(REPLY).dedupe == fact(REPLY).dedupe


def test_different_facts_have_different_names() -> None:
    told = [
        REPORT,
        REPORT | {"status": "EXPIRED"},
        REPORT | {"smsid": "2"},
        REPLY,
        REPLY | {"content": "R"},
        REPLY | {"receive_time": "later"},
        REPLY | {"mobile": "13900139000"},
    ]

    assert len({fact(one).dedupe for one in told}) == len(told)


@pytest.mark.parametrize(
    "told", [{}, [], [1], {"a": 1}, {"smsid": "1"}, {"mobile": "1"}, REPLY | {"mobile": "?"}]
)
def test_what_is_neither_report_nor_reply_is_refused(told: Any) -> None:
    with pytest.raises(BadPush):
        facts(told)


def test_what_was_cut_off_is_refused() -> None:
    with pytest.raises(BadPush):
        Ihuyi().parse_push(Push("POST", {}, {}, b'[{"smsid":"1","sta', "application/json"))


def test_it_hears_what_the_account_says_it_wants_to_hear() -> None:
    account = g.account("ihuyi", receipt_answer="success")

    assert Ihuyi().answer_push()[2] == b"0"
    assert Ihuyi().for_account(account).answer_push()[2] == b"success"


names = st.sampled_from(["smsid", "taskid", "mobile", "status", "code", "content", "time", "list"])
words = st.text() | st.integers() | st.none() | st.booleans() | st.floats()
items = st.dictionaries(names, words | st.lists(st.dictionaries(names, words)))


@given(items | st.lists(items), st.text())
def test_no_push_makes_it_stumble(told: Any, setting: str) -> None:
    with contextlib.suppress(BadPush):
        for one in facts(told, names=setting):
            assert len(one.dedupe) <= 200
            (one.text + one.code + one.provider_id + one.address).encode()


@given(st.binary())
def test_no_body_makes_it_stumble(raw: bytes) -> None:
    with contextlib.suppress(BadPush):
        Ihuyi().parse_push(Push("POST", {}, {}, raw))
