"""What goes to Tencent Cloud, alone and in batches, and what its answers mean."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.base import Sent, Text, Unanswered
from notifications.gateways.tencent import Tencent
from notifications.gateways.tencent_answers import read_packages
from notifications.gateways.terms import Balance
from notifications.outbound import NoAnswer, NotSent, Request, Response
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.gateways import given as g

ACCOUNT = g.account("tencent", secret_id="AKID", secret_key="s3cret/+", sdk_app_id="1400006666")
SERIAL = "5000:1045710669157053657849499619"
# As the vendor prints it.
STATUS = {
    "SerialNo": SERIAL,
    "PhoneNumber": "+8618511122233",
    "Fee": 1,
    "SessionContext": "test",
    "Code": "Ok",
    "Message": "send success",
    "IsoCode": "CN",
}


def text(**fields: Any) -> Text:
    return g.text(**({"signature": "云栖", "template_code": "1110", "params": {"1": "A1"}} | fields))


def content(**fields: Any) -> dict[str, Any]:
    return {"Response": {"RequestId": "a0aabda6", **fields}}


def fault(code: str, said: str = "no") -> dict[str, Any]:
    return content(Error={"Code": code, "Message": said})


def statuses(*rows: dict[str, Any]) -> dict[str, Any]:
    return content(SendStatusSet=[STATUS | row for row in rows])


def answered(body: Any, *, status: int = 200) -> Response:
    return Response(status, body if isinstance(body, bytes) else json.dumps(body).encode())


def build(*texts: Text, sender: str = "") -> dict[str, Any]:
    account = g.account("tencent", sender=sender, sdk_app_id="1400006666")
    fields: dict[str, Any] = json.loads(Tencent().build(texts, account, now=g.NOW).body)
    return fields


def read(body: Any, *, status: int = 200) -> Result:
    (result,) = Tencent().parse([text()], answered(body, status=status))
    return result


def send(texts: list[Text], answer: Any) -> tuple[list[Result], list[Request]]:
    world = g.World(answer)
    return asyncio.run(Tencent().send(texts, ACCOUNT, world, now=g.NOW)), world.requests


def batch_of(count: int) -> list[Text]:
    texts = [text(reference=f"r{n}", phone=f"+861380013{n:04}") for n in range(count)]
    (batch,) = Tencent().batches(texts)
    return batch


def test_a_single_text_leaves_under_its_own_reference() -> None:
    assert build(text(reference="abc", phone="+8618511122233")) == {
        "PhoneNumberSet": ["+8618511122233"],
        "SmsSdkAppId": "1400006666",
        "TemplateId": "1110",
        "SignName": "云栖",
        "TemplateParamSet": ["A1"],
        "SessionContext": "abc",
    }


def test_params_leave_in_the_order_of_their_places_as_strings() -> None:
    params: dict[str, Any] = {"10": "j", "2": 2, "1": "a"}

    assert build(text(params=params))["TemplateParamSet"] == ["a", "2", "j"]


def test_a_text_without_placeholders_sends_no_params() -> None:
    assert "TemplateParamSet" not in build(text(params={}))


def test_the_sender_goes_along_only_abroad() -> None:
    assert build(text(phone="+85261234567"), sender="Shop")["SenderId"] == "Shop"
    assert "SenderId" not in build(text(), sender="Shop")


def test_abroad_no_signature_is_needed() -> None:
    assert "SignName" not in build(text(phone="+85261234567", signature=""))


def test_a_variable_is_spelt_by_its_place() -> None:
    assert Tencent().spell_variable("order.number", 2) == "{2}"


def test_a_batch_leaves_under_one_reference() -> None:
    fields = build(*batch_of(2))

    assert fields["PhoneNumberSet"] == ["+8613800130000", "+8613800130001"]
    assert fields["SessionContext"] == "r0"


def test_texts_that_were_not_batched_cannot_travel_together() -> None:
    with pytest.raises(ValueError, match="batches"):
        build(text(reference="r1"), text(reference="r2", phone="+8613900139000"))


def test_a_text_alone_in_its_batch_keeps_its_own_reference() -> None:
    assert Tencent().batches([text()]) == [[text()]]


def test_a_batch_holds_at_most_two_hundred() -> None:
    texts = [text(reference=f"r{n}", phone=f"+861380013{n:04}") for n in range(450)]

    assert [len(batch) for batch in Tencent().batches(texts)] == [200, 200, 50]


many = st.lists(
    st.fixed_dictionaries(
        {
            "phone": st.sampled_from(["+8613800138000", "+8613900139000", "+85261234567", "+85269876543"]),
            "template_code": st.sampled_from(["1", "2"]),
            "signature": st.sampled_from(["云栖", "云集"]),
            "params": st.sampled_from([{}, {"1": "a"}, {"1": "b"}]),
        }
    ),
    max_size=30,
)


@given(many)
def test_no_batch_mixes_what_a_request_has_only_one_of(kinds: list[dict[str, Any]]) -> None:
    texts = [text(reference=f"r{n}", **kind) for n, kind in enumerate(kinds)]

    batches = Tencent().batches(texts)

    assert sorted(one.reference for batch in batches for one in batch) == sorted(
        one.reference for one in texts
    )
    for batch in batches:
        assert len({one.phone for one in batch}) == len(batch)
        assert len({one.phone.startswith("+86") for one in batch}) == 1
        assert len({(one.template_code, one.signature, str(one.params)) for one in batch}) == 1
        assert {one.batch_reference for one in batch} == {batch[0].reference if len(batch) > 1 else ""}


def test_ok_is_accepted_under_the_serial_number() -> None:
    result = read(statuses({}))

    assert (result.outcome, result.provider_id, result.code) == (Outcome.ACCEPTED, SERIAL, "Ok")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("InvalidParameterValue.IncorrectPhoneNumber", ErrorClass.RECIPIENT),
        ("FailedOperation.PhoneNumberParseFail", ErrorClass.RECIPIENT),
        ("UnsupportedOperation.UnsupportedRegion", ErrorClass.NO_ROUTE),
        ("FailedOperation.PhoneNumberInBlacklist", ErrorClass.OPTED_OUT),
        ("FailedOperation.ContainSensitiveWord", ErrorClass.CONTENT),
        ("FailedOperation.TemplateIncorrectOrUnapproved", ErrorClass.CONTENT),
        ("InvalidParameter.DirtyWordFound", ErrorClass.CONTENT),
        ("InvalidParameterValue.TemplateParameterLengthLimit", ErrorClass.CONTENT),
        ("UnsupportedOperation.ContainDomesticPhoneNumber", ErrorClass.CONTENT),
        ("LimitExceeded.DeliveryFrequencyLimit", ErrorClass.RATE_RECIPIENT),
        ("FailedOperation.MarketingSendTimeConstraint", ErrorClass.RATE_RECIPIENT),
        ("LimitExceeded.AppDailyLimit", ErrorClass.RATE_ACCOUNT),
        ("LimitExceeded.GlobalSmsSendingRateLimit", ErrorClass.RATE_ACCOUNT),
        ("RequestLimitExceeded.UinLimitExceeded", ErrorClass.RATE_ACCOUNT),
        ("LimitExceeded.PhoneNumberCountLimit", ErrorClass.CONFIG),
        ("LimitExceeded.AppCountryOrRegionInBlacklist", ErrorClass.NO_ROUTE),
        ("FailedOperation.InsufficientBalanceInSmsPackage", ErrorClass.BALANCE),
        ("UnauthorizedOperation.ServiceSuspendDueToArrears", ErrorClass.BALANCE),
        ("AuthFailure.SignatureExpire", ErrorClass.CREDENTIALS),
        ("UnauthorizedOperation.RequestIpNotInWhitelist", ErrorClass.CREDENTIALS),
        ("IpNotInWhitelist", ErrorClass.CREDENTIALS),
        ("InternalError.RequestTimeException", ErrorClass.CREDENTIALS),
        ("InvalidParameterValue.SdkAppIdNotExist", ErrorClass.CONFIG),
        ("MissingParameter.EmptyPhoneNumberSet", ErrorClass.CONFIG),
        ("InternalError.RestApiInterfaceNotExist", ErrorClass.CONFIG),
        ("FailedOperation.FailResolvePacket", ErrorClass.CONFIG),
        ("InternalError.OtherError", ErrorClass.TRANSIENT),
        ("FailedOperation.OtherError", ErrorClass.TRANSIENT),
        ("ServiceUnavailable", ErrorClass.TRANSIENT),
        ("FailedOperation.SomethingNew", ErrorClass.CONTENT),
        ("InvalidParameterValue.SomethingNew", ErrorClass.CONFIG),
        ("LimitExceeded.SomethingNew", ErrorClass.RATE_ACCOUNT),
        ("SomethingNew", ErrorClass.CONFIG),
    ],
)
def test_a_code_is_refused_with_its_class_for_one_number_or_for_all(code: str, error: ErrorClass) -> None:
    for body in (statuses({"Code": code, "Message": "no"}), fault(code)):
        result = read(body)

        assert (result.outcome, result.error, result.code, result.text) == (
            Outcome.REFUSED,
            error,
            code,
            "no",
        )


@pytest.mark.parametrize(
    "code", ["InternalError.Timeout", "InternalError.SendAndRecvFail", "InternalError", "InternalError.New"]
)
def test_the_vendors_own_time_out_leaves_the_outcome_open(code: str) -> None:
    for body in (statuses({"Code": code}), fault(code)):
        result = read(body)

        assert (result.outcome, result.error, result.code) == (Outcome.UNKNOWN, None, code)


def test_an_open_outcome_keeps_the_serial_number_that_a_report_will_name() -> None:
    assert read(statuses({"Code": "InternalError.Timeout"})).provider_id == SERIAL


@pytest.mark.parametrize(
    ("code", "seconds"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", 30),
        ("LimitExceeded.PhoneNumberOneHourLimit", 3600),
        ("LimitExceeded.PhoneNumberDailyLimit", 86400),
        ("LimitExceeded.AppDailyLimit", 3600),
        ("LimitExceeded.DeliveryFrequencyLimit", None),
    ],
)
def test_a_rate_refusal_says_how_long_to_wait(code: str, seconds: int | None) -> None:
    assert read(fault(code)).retry_after == seconds


@given(st.integers(0, 10 * 60 - 1))
def test_advertising_that_was_refused_at_night_is_tried_again_by_day(minutes: int) -> None:
    refused_at = datetime(2026, 11, 22, 22) + timedelta(minutes=minutes)

    wait = read(fault("FailedOperation.MarketingSendTimeConstraint")).retry_after

    assert wait is not None
    assert 8 <= (refused_at + timedelta(seconds=wait)).hour < 22


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (502, b"<html>"),
        (200, b""),
        (200, b"[]"),
        (200, b'{"Response":{"SendStatusSet":[{"Serial'),
        (200, content()),
        (200, content(SendStatusSet=[])),
        (200, content(SendStatusSet=[{}])),
        (200, b"[" * 100_000),
    ],
)
def test_an_answer_that_says_nothing_is_unknown(status: int, body: Any) -> None:
    assert read(body, status=status).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (503, fault("ServiceUnavailable"), ErrorClass.TRANSIENT),
        (404, b"<html>", ErrorClass.CONFIG),
        (302, b"", ErrorClass.CONFIG),
        (429, b"", ErrorClass.RATE_ACCOUNT),
    ],
)
def test_an_error_status_is_refused_by_code_then_by_status(status: int, body: Any, error: ErrorClass) -> None:
    assert read(body, status=status).error is error


def test_each_number_of_a_batch_has_its_own_result_in_whatever_order() -> None:
    rows = [
        {"PhoneNumber": "+8613800130002", "Code": "InternalError.Timeout", "SerialNo": "s2"},
        {"PhoneNumber": "+8613800130001", "Code": "LimitExceeded.PhoneNumberDailyLimit"},
        {"PhoneNumber": "+8613800130000", "SerialNo": "s0"},
    ]

    results, requests = send(batch_of(4), lambda request: answered(statuses(*rows)))

    assert [(one.outcome, one.error) for one in results] == [
        (Outcome.ACCEPTED, None),
        (Outcome.REFUSED, ErrorClass.RATE_RECIPIENT),
        (Outcome.UNKNOWN, None),
        (Outcome.UNKNOWN, None),  # the vendor says nothing of it
    ]
    assert [one.provider_id for one in results] == ["s0", "", "s2", ""]
    assert len(requests) == 1


def test_a_batch_of_which_only_one_number_was_refused_is_never_sent_again() -> None:
    rows = [
        {"PhoneNumber": "+8613800130000", "Code": "InvalidParameterValue.IncorrectPhoneNumber"},
        {"PhoneNumber": "+8613800130001"},
    ]

    results, requests = send(batch_of(2), lambda request: answered(statuses(*rows)))

    assert [one.outcome for one in results] == [Outcome.REFUSED, Outcome.ACCEPTED]
    assert len(requests) == 1


def test_a_batch_refused_for_one_number_is_sent_one_by_one() -> None:
    def answer(request: Request) -> Response | Exception:
        session, phones = (json.loads(request.body)[name] for name in ("SessionContext", "PhoneNumberSet"))
        if len(phones) > 1 or session == "r1":
            return answered(fault("InvalidParameterValue.IncorrectPhoneNumber"))
        endings: dict[str, Response | Exception]
        endings = {"r0": answered(statuses({})), "r2": NoAnswer("time-out"), "r3": NotSent("refused")}
        return endings[session]

    results, requests = send(batch_of(4), answer)

    assert [one.outcome for one in results] == [
        Outcome.ACCEPTED,
        Outcome.REFUSED,
        Outcome.UNKNOWN,
        Outcome.REFUSED,
    ]
    assert (results[1].error, results[3].error) == (ErrorClass.RECIPIENT, ErrorClass.TRANSIENT)
    assert [json.loads(request.body)["SessionContext"] for request in requests] == [
        "r0",
        "r0",
        "r1",
        "r2",
        "r3",
    ]


@pytest.mark.parametrize("code", ["AuthFailure.SignatureFailure", "FailedOperation.ContainSensitiveWord"])
def test_a_batch_refused_for_what_all_share_is_not_sent_again(code: str) -> None:
    results, requests = send(batch_of(3), lambda request: answered(fault(code)))

    assert [one.code for one in results] == [code] * 3
    assert len(requests) == 1


def test_a_batch_without_an_answer_is_not_sent_again() -> None:
    world = g.World(lambda request: NoAnswer("time-out"))

    with pytest.raises(NoAnswer):
        asyncio.run(Tencent().send(batch_of(3), ACCOUNT, world, now=g.NOW))

    assert len(world.requests) == 1


values = st.none() | st.booleans() | st.integers() | st.text()
names = st.sampled_from(
    ["Response", "Error", "Code", "Message", "SendStatusSet", "PullSmsSendStatusSet", "PhoneNumber"]
)
answers = st.binary(max_size=99) | st.recursive(
    values, lambda some: st.dictionaries(names, some) | st.lists(some, max_size=3)
).map(lambda value: json.dumps({"Response": value}).encode())


@given(st.integers(100, 599), answers)
def test_no_answer_makes_it_stumble(status: int, body: bytes) -> None:
    response = Response(status, body)

    assert len(Tencent().parse([text(), text()], response)) == 2
    for ask in (lambda: Tencent().parse_ask(sent(), response), lambda: Tencent().parse_balance(response)):
        with pytest.raises(Unanswered):
            ask()


def test_what_the_vendor_repeats_of_the_secret_is_crossed_out() -> None:
    said = fault("AuthFailure.SignatureFailure", "used s3cret/+ or s3cret%2F%2B\0")

    (result,), _ = send([text()], lambda request: answered(said))

    assert result.text == "used *** or ***"


def test_no_secret_and_nothing_of_a_person_shows_in_a_repr() -> None:
    shown = repr(ACCOUNT) + repr(Tencent().build([text()], ACCOUNT, now=g.NOW))

    assert not any(word in shown for word in ("s3cret", "A1", "13800138000"))


def sent(**fields: Any) -> Sent:
    usual: dict[str, Any] = {
        "reference": "r1",
        "phone": "+8618501234444",
        "provider_id": "",
        "started_at": g.NOW,
    }
    return Sent(**(usual | fields))


# As the vendor prints it.
PULLED = {
    "UserReceiveTime": 1617504000,
    "CountryCode": "86",
    "SubscriberNumber": "18501234444",
    "PhoneNumber": "+8618501234444",
    "SerialNo": SERIAL,
    "ReportStatus": "SUCCESS",
    "Description": "DELIVRD",
    "SessionContext": "",
}


def asked(*rows: dict[str, Any], **fields: Any) -> Result | None:
    body = content(PullSmsSendStatusSet=[PULLED | row for row in rows])
    world = g.World(lambda request: answered(body))
    return asyncio.run(Tencent().ask(sent(**fields), ACCOUNT, world, now=g.NOW))


def test_it_asks_by_phone_from_shortly_before_the_attempt() -> None:
    request = Tencent().build_ask(sent(), ACCOUNT, now=g.NOW)

    assert request.headers["x-tc-action"] == "PullSmsSendStatusByPhoneNumber"
    assert json.loads(request.body) == {
        "BeginTime": int(g.NOW.timestamp()) - 60,
        "Offset": 0,
        "Limit": 100,
        "PhoneNumber": "+8618501234444",
        "SmsSdkAppId": "1400006666",
    }


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"SessionContext": "r1"}, {}),
        ({"SessionContext": "b1"}, {"batch_reference": "b1"}),
        ({}, {"provider_id": SERIAL}),
        ({"SessionContext": "r1", "ReportStatus": None}, {}),
    ],
    ids=["our reference", "the batch's reference", "the serial number", "not reported yet"],
)
def test_a_text_that_the_vendor_has_was_accepted(row: dict[str, Any], fields: dict[str, Any]) -> None:
    result = asked({"SessionContext": "r0", "SerialNo": "other"}, row, **fields)

    assert result is not None
    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, SERIAL)


@pytest.mark.parametrize(("said", "error"), [("-106", ErrorClass.CONTENT), ("MK:0012", ErrorClass.RECIPIENT)])
def test_a_text_that_failed_is_refused_with_the_carriers_word(said: str, error: ErrorClass) -> None:
    result = asked({"SessionContext": "r1", "ReportStatus": "FAIL", "Description": said})

    assert result is not None
    assert (result.outcome, result.error, result.text) == (Outcome.REFUSED, error, said)


@pytest.mark.parametrize("fields", [{}, {"provider_id": "other"}])
def test_a_text_that_is_not_there_may_only_not_be_reported_yet(fields: dict[str, Any]) -> None:
    with pytest.raises(Unanswered):
        asked(**fields)
    with pytest.raises(Unanswered):
        asked({}, **fields)


def test_a_fault_answers_nothing() -> None:
    response = answered(fault("UnauthorizedOperation.RequestPermissionDeny"))

    with pytest.raises(Unanswered, match="RequestPermissionDeny"):
        Tencent().parse_ask(sent(), response)
    with pytest.raises(Unanswered, match="RequestPermissionDeny"):
        Tencent().parse_balance(response)


def test_it_asks_for_the_packages_of_three_years_by_the_vendors_hours() -> None:
    at_midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)

    request = Tencent().build_balance(ACCOUNT, now=at_midnight)

    assert request.headers["x-tc-action"] == "SmsPackagesStatistics"
    assert json.loads(request.body) == {
        "SmsSdkAppId": "1400006666",
        "Limit": 500,
        "Offset": 0,
        "BeginTime": "2023112100",
        "EndTime": "2026112223",
    }


def packages(*rows: tuple[int, int, int]) -> Response:
    """Make packages of so many texts, so many used, that expire so many days from now."""
    end = int(g.NOW.timestamp())
    return answered(
        content(
            SmsPackagesStatisticsSet=[
                {"PackageAmount": amount, "CurrentUsage": used, "PackageExpiredTime": end + days * 86400}
                for amount, used, days in rows
            ]
        )
    )


def test_the_balance_is_what_is_left_of_the_packages_that_have_not_expired() -> None:
    response = packages((1000, 400, 30), (500, 0, 1), (900, 0, -1), (10, 30, 9))

    assert read_packages(response, now=g.NOW) == Balance(Decimal(1100))


def test_a_package_whose_two_times_have_changed_places_ends_at_the_later() -> None:
    end = int(g.NOW.timestamp())
    row = {
        "PackageAmount": 5,
        "CurrentUsage": 0,
        "PackageExpiredTime": end - 9,
        "PackageEffectiveTime": end + 9,
    }

    assert read_packages(answered(content(SmsPackagesStatisticsSet=[row])), now=g.NOW) == Balance(Decimal(5))


def test_expired_packages_leave_nothing_and_none_at_all_says_nothing() -> None:
    assert Tencent().parse_balance(
        answered(content(SmsPackagesStatisticsSet=[{"PackageAmount": 9}]))
    ) == Balance(Decimal(0))
    with pytest.raises(Unanswered):
        Tencent().parse_balance(answered(content(SmsPackagesStatisticsSet=[])))


def test_the_carriers_allow_a_number_fewer_advertisements_than_notices() -> None:
    a_day = {
        category: limit.count
        for limit in Tencent().limits
        for category in limit.categories
        if limit.per == ("phone",) and limit.seconds == 86400 and "CN" in limit.countries
    }

    assert a_day == {"transactional": 10, "marketing": 3}
