"""What Aliyun's answers mean: to a text, and to the question what became of one."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.aliyun import Aliyun
from notifications.gateways.base import Sent, Unanswered
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.gateways import given as g

ACCOUNT = g.account("aliyun", access_key_id="ak", access_key_secret="s3cret/+")
OK = {"Code": "OK", "Message": "OK", "BizId": "9006195^0", "RequestId": "R"}


def answered(body: Any, *, status: int = 200) -> Response:
    return Response(status, body if isinstance(body, bytes) else json.dumps(body).encode())


def fields_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query)) | dict(parse_qsl(request.body.decode()))


def read(body: Any, *, status: int = 200) -> Result:
    (result,) = Aliyun().parse([g.text()], answered(body, status=status))
    return result


def test_ok_is_accepted_under_the_vendors_id() -> None:
    result = read(OK)

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, "9006195^0")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", ErrorClass.RECIPIENT),
        ("isv.CUSTOMER_REFUSED", ErrorClass.OPTED_OUT),
        ("isv.SMS_TEMPLATE_ILLEGAL", ErrorClass.CONTENT),
        ("template_parameter_count_illegal", ErrorClass.CONTENT),
        ("isv.BUSINESS_LIMIT_CONTROL", ErrorClass.RATE_RECIPIENT),
        ("BUSINESS_LIMIT_CONTROL", ErrorClass.RATE_RECIPIENT),
        ("isv.DAY_LIMIT_CONTROL", ErrorClass.RATE_ACCOUNT),
        ("Throttling.User", ErrorClass.RATE_ACCOUNT),
        ("isv.AMOUNT_NOT_ENOUGH", ErrorClass.BALANCE),
        ("SignatureDoesNotMatch", ErrorClass.CREDENTIALS),
        ("InvalidAccessKeyId.NotFound", ErrorClass.CREDENTIALS),
        ("isp.RAM_PERMISSION_DENY", ErrorClass.CREDENTIALS),
        ("InvalidAction.NotFound", ErrorClass.CONFIG),
        ("MissingPhoneNumbers", ErrorClass.CONFIG),
        ("isp.SYSTEM_ERROR", ErrorClass.TRANSIENT),
        ("isv.INTERFACE_OFFLINE", ErrorClass.CONFIG),
        ("isv.BLACK_KEY_CONTROL_LIMIT", ErrorClass.OPTED_OUT),
        ("isv.SOMETHING_NEW", ErrorClass.CONTENT),
        ("isp.SOMETHING_NEW", ErrorClass.TRANSIENT),
    ],
)
def test_a_code_is_refused_with_its_class(code: str, error: ErrorClass) -> None:
    result = read({"Code": code, "Message": "no"})

    assert (result.outcome, result.error, result.code, result.text) == (Outcome.REFUSED, error, code, "no")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("COUNTRY_RESTRICTED", ErrorClass.NO_ROUTE),
        ("NOT_SUPPORTED_COUNTRY", ErrorClass.NO_ROUTE),
        ("BLACK_KEY_CONTROL_LIMIT", ErrorClass.CONTENT),
        ("INVALID_SENDERID", ErrorClass.CONTENT),
        ("SMS_SECURITY_INTERCEPTED", ErrorClass.CONTENT),
        ("CONTENT_MISSING_PARAMETERS", ErrorClass.CONTENT),
        ("BUSINESS_LIMIT_CONTROL_PHONE", ErrorClass.RATE_RECIPIENT),
        ("QPS_LIMIT_CONTROL", ErrorClass.RATE_ACCOUNT),
        ("AMOUNT_NOT_ENOUGH", ErrorClass.BALANCE),
        ("PRODUCT_NOT_SUBSCRIBED", ErrorClass.CREDENTIALS),
        ("FORBIDDEN_ACTION", ErrorClass.CREDENTIALS),
        ("ONLINE_BILLING_FAILED", ErrorClass.TRANSIENT),
        ("SOMETHING_NEW", ErrorClass.CONFIG),
    ],
)
def test_a_code_from_abroad_has_no_prefix(code: str, error: ErrorClass) -> None:
    assert read({"Code": code}).error is error


@pytest.mark.parametrize(
    ("code", "seconds"),
    [
        ("BUSINESS_LIMIT_CONTROL_MINUTE", 60),
        ("isv.BUSINESS_LIMIT_HOUR", 3600),
        ("isv.BUSINESS_LIMIT_DAY", 86400),
        ("isv.DAY_LIMIT_CONTROL", None),
    ],
)
def test_a_code_may_say_how_long_to_wait(code: str, seconds: int | None) -> None:
    assert read({"Code": code}).retry_after == seconds


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("触发分钟级流控Permits:1", 60),
        ("触发小时级流控Permits:5", 3600),
        ("触发天级流控Permits:10", 86400),
        ("?", None),
    ],
)
def test_a_rate_refusal_says_how_long_to_wait(message: str, seconds: int | None) -> None:
    assert read({"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": message}).retry_after == seconds


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (502, b"<html>"),
        (504, {"Code": "GatewayTimeout"}),
        (200, b""),
        (200, b"[]"),
        (200, b"{"),
        (200, b"[" * 100_000),
    ],
)
def test_an_answer_that_says_nothing_is_unknown(status: int, body: Any) -> None:
    assert read(body, status=status).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (503, {"Code": "ServiceUnavailable"}, ErrorClass.TRANSIENT),
        (400, {"Code": "InvalidTimeStamp.Expired"}, ErrorClass.CREDENTIALS),
        (404, b"<html>", ErrorClass.CONFIG),
        (302, b"", ErrorClass.CONFIG),
        (429, b"", ErrorClass.RATE_ACCOUNT),
    ],
)
def test_an_error_status_is_refused_by_code_then_by_status(status: int, body: Any, error: ErrorClass) -> None:
    assert read(body, status=status).error is error


@given(
    st.integers(100, 599),
    st.binary(max_size=99)
    | st.recursive(
        st.none() | st.text(),
        lambda some: st.dictionaries(st.sampled_from(["Code", "Message", "BizId"]), some),
    ).map(lambda value: json.dumps(value).encode()),
)
def test_no_answer_makes_it_stumble(status: int, body: bytes) -> None:
    assert len(Aliyun().parse([g.text(), g.text()], Response(status, body))) == 2


def sent(**fields: Any) -> Sent:
    usual: dict[str, Any] = {
        "reference": "r1",
        "phone": "+8613800138000",
        "provider_id": "",
        "started_at": g.NOW,
    }
    return Sent(**(usual | fields))


def details(*rows: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {
        "Code": "OK",
        "TotalCount": str(len(rows) if total is None else total),
        "SmsSendDetailDTOs": {"SmsSendDetailDTO": list(rows)},
    }


def asked(body: Any, **fields: Any) -> Result | None:
    world = g.World(lambda request: answered(body))
    return asyncio.run(Aliyun().ask(sent(**fields), ACCOUNT, world, now=g.NOW))


def test_it_asks_by_phone_and_by_the_vendors_date() -> None:
    evening = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai

    request = Aliyun().build_ask(sent(started_at=evening), ACCOUNT, now=g.NOW)

    assert request.headers["x-acs-action"] == "QuerySendDetails"
    assert fields_of(request) == {
        "PhoneNumber": "13800138000",
        "SendDate": "20261123",
        "PageSize": "50",
        "CurrentPage": "1",
    }


@pytest.mark.parametrize("status", [1, 3, "1", "3"])
def test_a_text_that_the_vendor_has_was_accepted(status: Any) -> None:
    result = asked(details({"OutId": "r0", "SendStatus": 2}, {"OutId": "r1", "SendStatus": status}))

    assert result is not None
    assert result.outcome is Outcome.ACCEPTED


def test_a_text_of_a_batch_is_found_by_the_batchs_reference() -> None:
    result = asked(details({"OutId": "b1", "SendStatus": 3}), batch_reference="b1")

    assert result is not None
    assert result.outcome is Outcome.ACCEPTED


def test_a_text_that_failed_is_refused_with_the_receipts_reason() -> None:
    result = asked(details({"OutId": "r1", "SendStatus": 2, "ErrCode": "MOBILE_IN_BLACK"}))

    assert result is not None
    assert (result.outcome, result.error) == (Outcome.REFUSED, ErrorClass.OPTED_OUT)


def test_a_text_that_is_nowhere_was_not_taken() -> None:
    assert asked(details()) is None
    assert asked(details({"OutId": "other", "SendStatus": 3})) is None


@pytest.mark.parametrize(
    "body",
    [
        {"Code": "Throttling.User"},
        {"Code": "OK"},
        details({"OutId": "other"}, total=51),
        b"<html>",
    ],
    ids=["an error", "no count", "more pages", "no JSON"],
)
def test_an_answer_that_proves_nothing_leaves_it_open(body: Any) -> None:
    with pytest.raises(Unanswered):
        asked(body)


BEFORE_MIDNIGHT = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)  # in Shanghai


AFTER_MIDNIGHT = BEFORE_MIDNIGHT + timedelta(minutes=10)


def asked_before_midnight(
    *answers: Any, moment: datetime = BEFORE_MIDNIGHT
) -> tuple[Result | None, list[str]]:
    told = iter(answers)
    world = g.World(lambda request: answered(next(told)))
    result = asyncio.run(Aliyun().ask(sent(started_at=moment), ACCOUNT, world, now=moment))
    return result, [fields_of(request)["SendDate"] for request in world.requests]


def test_a_text_sent_at_the_end_of_the_day_may_stand_under_the_next() -> None:
    result, days = asked_before_midnight(details(), details({"OutId": "r1", "SendStatus": 3}))

    assert days == ["20261122", "20261123"]
    assert result is not None
    assert result.outcome is Outcome.ACCEPTED


def test_a_text_that_stands_under_neither_day_was_not_taken() -> None:
    assert asked_before_midnight(details(), details()) == (None, ["20261122", "20261123"])


def test_a_day_that_cannot_be_read_leaves_it_open() -> None:
    with pytest.raises(Unanswered):
        asked_before_midnight(details(), {"Code": "isv.INVALID_PARAMETERS"})


def test_a_text_sent_at_the_beginning_of_a_day_may_stand_under_the_one_before_for_clocks_differ() -> None:
    result, days = asked_before_midnight(
        details({"OutId": "r1", "SendStatus": 3}), details(), moment=AFTER_MIDNIGHT
    )

    assert days[0] == "20261122"
    assert result is not None
    assert asked_before_midnight(details(), details(), moment=AFTER_MIDNIGHT)[1] == ["20261122", "20261123"]
