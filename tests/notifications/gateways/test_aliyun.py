"""What goes to Aliyun, one by one and in batches, and what its answers mean."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.aliyun import Aliyun
from notifications.gateways.base import Sent, Text, Unanswered
from notifications.outbound import NoAnswer, NotSent, Request, Response
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.gateways import given as g

ACCOUNT = g.account("aliyun", access_key_id="ak", access_key_secret="s3cret/+")
OK = {"Code": "OK", "Message": "OK", "BizId": "9006195^0", "RequestId": "R"}


def text(**fields: Any) -> Text:
    return g.text(**({"signature": "云栖", "template_code": "SMS_1", "params": {"no": "A1"}} | fields))


def answered(body: Any, *, status: int = 200) -> Response:
    return Response(status, body if isinstance(body, bytes) else json.dumps(body).encode())


def fields_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query)) | dict(parse_qsl(request.body.decode()))


def build(*texts: Text) -> Request:
    return Aliyun().build(texts, ACCOUNT, now=g.NOW, nonce="n")


def read(body: Any, *, status: int = 200) -> Result:
    (result,) = Aliyun().parse([text()], answered(body, status=status))
    return result


def send(texts: list[Text], answer: Any) -> tuple[list[Result], list[Request]]:
    world = g.World(answer)
    return asyncio.run(Aliyun().send(texts, ACCOUNT, world, now=g.NOW)), world.requests


def test_a_single_text_leaves_under_its_own_reference() -> None:
    request = build(text(reference="abc"))

    assert request.url.startswith("https://dysmsapi.aliyuncs.com/?")
    assert request.headers["x-acs-action"] == "SendSms"
    assert fields_of(request) == {
        "PhoneNumbers": "13800138000",
        "SignName": "云栖",
        "TemplateCode": "SMS_1",
        "TemplateParam": '{"no":"A1"}',
        "OutId": "abc",
    }


def test_the_endpoint_can_be_another() -> None:
    account = g.account("aliyun", endpoint="http://127.0.0.1:9", access_key_id="a", access_key_secret="b")

    request = Aliyun().build([text()], account, now=g.NOW)

    assert request.url.startswith("http://127.0.0.1:9/?")
    assert request.headers["host"] == "127.0.0.1:9"


def test_a_text_without_placeholders_sends_no_params() -> None:
    assert "TemplateParam" not in fields_of(build(text(params={})))


def test_every_param_leaves_as_a_string() -> None:
    assert fields_of(build(text(params={"n": 3})))["TemplateParam"] == '{"n":"3"}'


@pytest.mark.parametrize(
    ("phone", "spelt"),
    [("+8613800138000", "13800138000"), ("+85261234567", "85261234567"), ("+15550100", "15550100")],
)
def test_a_phone_is_spelt_as_the_vendor_wants_it(phone: str, spelt: str) -> None:
    assert fields_of(build(text(phone=phone)))["PhoneNumbers"] == spelt


def test_a_batch_leaves_under_one_reference_with_a_list_for_each_field() -> None:
    (batch,) = Aliyun().batches(
        [
            text(reference="r1", phone="+8613800138000", params={"no": "A1"}),
            text(reference="r2", phone="+8613900139000", params={"no": "A2"}, signature="云集"),
        ]
    )

    request = build(*batch)

    assert request.headers["x-acs-action"] == "SendBatchSms"
    assert parse_qs(urlsplit(request.url).query) == {"TemplateCode": ["SMS_1"], "OutId": ["r1"]}
    assert dict(parse_qsl(request.body.decode())) == {
        "PhoneNumberJson": '["13800138000","13900139000"]',
        "SignNameJson": '["云栖","云集"]',
        "TemplateParamJson": '[{"no":"A1"},{"no":"A2"}]',
    }


EXTENDED = g.account("aliyun", access_key_id="a", access_key_secret="b", sms_up_extend_code="90")


def test_an_extension_code_goes_with_every_text_at_home() -> None:
    (batch,) = Aliyun().batches([text(reference="r1"), text(reference="r2", phone="+8613900139000")])

    single = fields_of(Aliyun().build([text()], EXTENDED, now=g.NOW))
    several = fields_of(Aliyun().build(batch, EXTENDED, now=g.NOW))

    assert single["SmsUpExtendCode"] == "90"
    assert several["SmsUpExtendCodeJson"] == '["90","90"]'


def test_no_extension_code_goes_abroad() -> None:
    request = Aliyun().build([text(phone="+85261234567")], EXTENDED, now=g.NOW)

    assert "SmsUpExtendCode" not in fields_of(request)


def test_texts_that_were_not_batched_cannot_travel_together() -> None:
    with pytest.raises(ValueError, match="batches"):
        build(text(reference="r1"), text(reference="r2", phone="+8613900139000"))


def test_a_text_alone_in_its_batch_keeps_its_own_reference() -> None:
    assert Aliyun().batches([text()]) == [[text()]]


phones = st.sampled_from(["+8613800138000", "+8613900139000", "+85261234567", "+85269876543"])
many = st.lists(st.tuples(phones, st.sampled_from(["SMS_1", "SMS_2"])), max_size=30)


@given(many)
def test_no_batch_mixes_what_cannot_travel_together(kinds: list[tuple[str, str]]) -> None:
    texts = [
        text(reference=f"r{n}", phone=phone, template_code=code) for n, (phone, code) in enumerate(kinds)
    ]

    batches = Aliyun().batches(texts)

    assert sorted(one.reference for batch in batches for one in batch) == sorted(
        one.reference for one in texts
    )
    for batch in batches:
        assert len({one.phone for one in batch}) == len(batch)
        assert len({one.template_code for one in batch}) == 1
        assert len({one.phone.startswith("+86") for one in batch}) == 1
        assert {one.batch_reference for one in batch} == {batch[0].reference if len(batch) > 1 else ""}


def test_a_batch_holds_at_most_a_hundred() -> None:
    texts = [text(reference=f"r{n}", phone=f"+861380013{n:04}") for n in range(250)]

    assert [len(batch) for batch in Aliyun().batches(texts)] == [100, 100, 50]


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
        ("COUNTRY_RESTRICTED", ErrorClass.RECIPIENT),
        ("NOT_SUPPORTED_COUNTRY", ErrorClass.RECIPIENT),
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
    assert len(Aliyun().parse([text(), text()], Response(status, body))) == 2


def test_what_the_vendor_repeats_of_the_secret_is_crossed_out() -> None:
    said = {"Code": "SignatureDoesNotMatch", "Message": "used s3cret/+ or s3cret%2F%2B\0"}

    (result,), _ = send([text()], lambda request: answered(said))

    assert result.text == "used *** or ***"


def batch_of_three() -> list[Text]:
    (batch,) = Aliyun().batches([text(reference=f"r{n}", phone=f"+861380013800{n}") for n in range(3)])
    return batch


def test_an_accepted_batch_is_accepted_for_each() -> None:
    results, requests = send(batch_of_three(), lambda request: answered(OK))

    assert [(result.outcome, result.provider_id) for result in results] == [
        (Outcome.ACCEPTED, "9006195^0")
    ] * 3
    assert len(requests) == 1


def test_a_batch_refused_for_one_text_is_sent_one_by_one() -> None:
    def answer(request: Request) -> Response:
        is_bad = "PhoneNumberJson" in fields_of(request) or fields_of(request)["OutId"] == "r1"
        return answered({"Code": "isv.MOBILE_NUMBER_ILLEGAL"} if is_bad else OK)

    results, requests = send(batch_of_three(), answer)

    assert [result.outcome for result in results] == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED]
    assert [fields_of(request)["OutId"] for request in requests] == ["r0", "r0", "r1", "r2"]


def test_each_of_them_may_end_in_its_own_way() -> None:
    def answer(request: Request) -> Response | Exception:
        fields = fields_of(request)
        if "PhoneNumberJson" in fields:
            return answered({"Code": "isv.BUSINESS_LIMIT_CONTROL"})
        endings: dict[str, Response | Exception]
        endings = {"r0": NotSent("refused"), "r1": NoAnswer("time-out"), "r2": answered(OK)}
        return endings[fields["OutId"]]

    results, _ = send(batch_of_three(), answer)

    assert [result.outcome for result in results] == [Outcome.REFUSED, Outcome.UNKNOWN, Outcome.ACCEPTED]
    assert results[0].error is ErrorClass.TRANSIENT


def test_a_batch_refused_for_the_account_is_not_sent_again() -> None:
    results, requests = send(batch_of_three(), lambda request: answered({"Code": "isv.AMOUNT_NOT_ENOUGH"}))

    assert {result.error for result in results} == {ErrorClass.BALANCE}
    assert len(requests) == 1


def test_a_batch_without_an_answer_is_not_sent_again() -> None:
    world = g.World(lambda request: NoAnswer("time-out"))

    with pytest.raises(NoAnswer):
        asyncio.run(Aliyun().send(batch_of_three(), ACCOUNT, world, now=g.NOW))

    assert len(world.requests) == 1


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


def asked_before_midnight(*answers: Any) -> tuple[Result | None, list[str]]:
    told = iter(answers)
    world = g.World(lambda request: answered(next(told)))
    result = asyncio.run(Aliyun().ask(sent(started_at=BEFORE_MIDNIGHT), ACCOUNT, world, now=BEFORE_MIDNIGHT))
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
