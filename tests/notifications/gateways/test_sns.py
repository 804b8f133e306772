"""What goes to Amazon SNS and what its answers mean, and moto's SNS that takes what we send."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.sns.models import sns_backends

from notifications.gateways.base import Account, BadPush, Push
from notifications.gateways.sns import Sns
from notifications.gateways.terms import Limit
from notifications.outbound import Request, Response, World
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.gateways import given as g

KEY = {"aws_access_key_id": "AKID", "aws_secret_access_key": "s3cret/+"}
ACCOUNT = g.account("sns", **KEY)
TAKEN = (
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>'
    "<MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult>"
    "<ResponseMetadata><RequestId>f187a3c1</RequestId></ResponseMetadata></PublishResponse>"
)
ERROR = (
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
    "<Code>{}</Code><Message>{}</Message></Error><RequestId>f187a3c1</RequestId></ErrorResponse>"
)


def form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def build(account: Account = ACCOUNT, **fields: Any) -> dict[str, str]:
    return form(Sns().build([g.text(**fields)], account, now=g.NOW))


def attributes(account: Account) -> dict[str, str]:
    sent = build(account)
    return {
        sent[name]: sent[name.replace(".Name", ".Value.StringValue")]
        for name in sent
        if name.endswith(".Name")
    }


def read(body: str, *, status: int = 200) -> Result:
    (result,) = Sns().parse([g.text()], Response(status, body.encode()))
    return result


def test_a_text_leaves_with_its_signature() -> None:
    sent = build(phone="+33612345678", body="Shipped", signature="云栖")

    assert sent == {
        "Action": "Publish",
        "Version": "2010-03-31",
        "PhoneNumber": "+33612345678",
        "Message": "【云栖】Shipped",
        "MessageAttributes.entry.1.Name": "AWS.SNS.SMS.SMSType",
        "MessageAttributes.entry.1.Value.DataType": "String",
        "MessageAttributes.entry.1.Value.StringValue": "Transactional",
    }


@pytest.mark.parametrize(
    ("region", "url"),
    [("", "https://sns.us-east-1.amazonaws.com/"), ("eu-west-1", "https://sns.eu-west-1.amazonaws.com/")],
)
def test_the_region_names_the_endpoint(region: str, url: str) -> None:
    request = Sns().build([g.text()], g.account("sns", region=region, **KEY), now=g.NOW)

    assert request.url == url
    assert f"/{region or 'us-east-1'}/sns/aws4_request" in request.headers["Authorization"]


def test_the_endpoint_can_be_another() -> None:
    account = g.account("sns", endpoint="http://127.0.0.1:9", **KEY)

    assert Sns().build([g.text()], account, now=g.NOW).url == "http://127.0.0.1:9/"


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("Yunqi", "AWS.SNS.SMS.SenderID"),
        ("4Shops", "AWS.SNS.SMS.SenderID"),
        ("+12065550100", "AWS.MM.SMS.OriginationNumber"),
        ("12345", "AWS.MM.SMS.OriginationNumber"),
    ],
)
def test_the_sender_is_a_name_or_a_number(sender: str, name: str) -> None:
    account = g.account("sns", sender=sender, **KEY)

    assert attributes(account) == {"AWS.SNS.SMS.SMSType": "Transactional", name: sender}


def test_an_account_may_send_promotions() -> None:
    assert attributes(g.account("sns", sms_type="Promotional", **KEY)) == {
        "AWS.SNS.SMS.SMSType": "Promotional"
    }


def test_the_secret_shows_nowhere() -> None:
    request = Sns().build([g.text()], ACCOUNT, now=g.NOW)

    assert "cret" not in request.url + str(request.headers) + request.body.decode()
    assert "cret" not in repr(request) + repr(ACCOUNT)


def test_a_message_id_is_success() -> None:
    result = read(TAKEN)

    assert (result.outcome, result.provider_id) == (
        Outcome.ACCEPTED,
        "94f20ce6-13c5-43a0-9a9e-ca52d816e90b",
    )


@pytest.mark.parametrize(
    ("code", "said", "status", "error"),
    [
        ("OptedOut", "", 400, ErrorClass.OPTED_OUT),
        ("InvalidParameter", "Invalid parameter: PhoneNumber Reason: no", 400, ErrorClass.RECIPIENT),
        ("InvalidParameter", "Invalid parameter: Message too long", 400, ErrorClass.CONTENT),
        ("InvalidParameter", "Invalid parameter: SenderID", 400, ErrorClass.CONFIG),
        ("ParameterValueInvalid", "The message attribute is not valid", 400, ErrorClass.CONFIG),
        ("ValidationException", "no origination phone number of yours", 400, ErrorClass.CONFIG),
        ("Throttling", "Rate exceeded", 400, ErrorClass.RATE_ACCOUNT),
        ("ThrottlingException", "Rate exceeded", 400, ErrorClass.RATE_ACCOUNT),
        ("Throttled", "Rate exceeded", 429, ErrorClass.RATE_ACCOUNT),
        ("AuthorizationError", "", 403, ErrorClass.CREDENTIALS),
        ("InvalidSecurity", "", 403, ErrorClass.CREDENTIALS),
        ("InvalidClientTokenId", "", 403, ErrorClass.CREDENTIALS),
        ("SignatureDoesNotMatch", "", 403, ErrorClass.CREDENTIALS),
        ("IncompleteSignature", "", 400, ErrorClass.CREDENTIALS),
        ("InternalError", "", 500, ErrorClass.TRANSIENT),
        ("ServiceUnavailable", "", 503, ErrorClass.TRANSIENT),
        # Not listed.
        ("SomethingNew", "", 400, ErrorClass.CONFIG),
        ("SomethingNew", "", 403, ErrorClass.CREDENTIALS),
        ("SomethingNew", "", 429, ErrorClass.RATE_ACCOUNT),
    ],
)
def test_a_refusal_is_read_by_its_code(code: str, said: str, status: int, error: ErrorClass) -> None:
    result = read(ERROR.format(code, said), status=status)

    assert (result.outcome, result.error, result.code, result.text) == (Outcome.REFUSED, error, code, said)


def test_words_are_read_as_they_were_meant() -> None:
    assert read(ERROR.format("InvalidParameter", "a &lt;b&gt; &amp; c"), status=400).text == "a <b> & c"


@pytest.mark.parametrize(
    ("status", "error"),
    [(301, ErrorClass.CONFIG), (403, ErrorClass.CREDENTIALS), (413, ErrorClass.CONFIG)],
)
def test_a_door_that_is_shut_took_nothing(status: int, error: ErrorClass) -> None:
    result = read("<html>", status=status)

    assert (result.outcome, result.error, result.code) == (Outcome.REFUSED, error, str(status))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 200),
        (TAKEN[:120], 200),
        ("<html>Bad Gateway", 502),
        ("", 504),
        (ERROR.format("SomethingNew", ""), 500),
        (TAKEN, 500),
    ],
)
def test_what_says_nothing_certain_is_unknown(body: str, status: int) -> None:
    assert read(body, status=status).outcome is Outcome.UNKNOWN


@given(st.integers(100, 599), st.binary(max_size=200))
def test_no_answer_makes_it_stumble(status: int, body: bytes) -> None:
    assert len(Sns().parse([g.text()], Response(status, body))) == 1


def test_it_reports_nothing_and_an_unknown_text_is_given_up_at_the_first_look() -> None:
    gateway = Sns()

    assert not gateway.reports
    assert not gateway.can_ask
    assert gateway.settling.deadline == gateway.settling.ask_after
    with pytest.raises(BadPush):
        gateway.parse_push(Push("POST", {}, {}, b"{}"))


def test_it_keeps_to_the_quota_that_accounts_begin_with() -> None:
    assert Sns().limits == (Limit(20, 1),)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def send(endpoint: str, **fields: Any) -> Result:
    account = g.account("sns", endpoint=endpoint, sender="Yunqi", region="eu-west-1", **KEY)

    async def go() -> list[Result]:
        async with World(private_networks=["127.0.0.0/8"]) as world:
            return await Sns().send([g.text(**fields)], account, world, now=g.NOW)

    (result,) = asyncio.run(go())
    return result


def test_moto_takes_what_we_send(moto: str) -> None:
    result = send(moto, phone="+33612345678", body="Total €5 & 您的订单已发货")

    taken = sns_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sms_messages
    assert result.outcome is Outcome.ACCEPTED
    assert taken[result.provider_id] == ("+33612345678", "Total €5 & 您的订单已发货")


def test_moto_refuses_a_number_that_is_none(moto: str) -> None:
    result = send(moto, phone="+0000")

    assert (result.outcome, result.error) == (Outcome.REFUSED, ErrorClass.RECIPIENT)


def test_moto_refuses_a_text_that_is_too_long(moto: str) -> None:
    result = send(moto, phone="+33612345678", body="a" * 1601)

    assert (result.outcome, result.error) == (Outcome.REFUSED, ErrorClass.CONTENT)
