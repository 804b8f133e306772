"""What goes to Aliyun, one by one and in batches, and what its answers mean."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.aliyun import Aliyun
from notifications.gateways.base import Text
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
