"""Vonage's receipts and replies as its pages print them, and signatures from its Python SDK's tests."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from notifications import links
from notifications.gateways.base import Account, BadPush, ForgedPush, Push
from notifications.gateways.vonage import Vonage
from notifications.gateways.vonage_pushes import sign
from notifications.models import Receipt
from notifications.outcomes import ErrorClass, ReceiptFacts, ReceiptKind
from tests.builders import a_gateway, a_merchant
from tests.notifications.gateways import given as g

FORM = "application/x-www-form-urlencoded"
REPORT = {
    "msisdn": "447700900000",
    "to": "AcmeInc",
    "network-code": "12345",
    "messageId": "0A0000001234567B",
    "price": "0.03330000",
    "status": "delivered",
    "scts": "2001011400",
    "err-code": "0",
    "api-key": "abcd1234",
    "client-ref": "r1",
    "message-timestamp": "2020-01-01 12:00:00",
}
REPLY = {
    "api-key": "abcd1234",
    "msisdn": "447700900001",
    "to": "447700900000",
    "messageId": "0A0000000123ABCD1",
    "text": "Stop",
    "type": "text",
    "keyword": "STOP",
    "message-timestamp": "2020-01-01 12:00:00",
}


def as_query(fields: dict[str, str]) -> Push:
    return Push("GET", fields, {}, b"")


def as_form(fields: dict[str, str]) -> Push:
    body = urlencode(fields).encode()
    return Push("POST", {}, dict(parse_qsl(body.decode(), keep_blank_values=True)), body, FORM)


def as_json(fields: Any) -> Push:
    return Push("POST", {}, {}, json.dumps(fields).encode(), "application/json")


WAYS = [as_query, as_form, as_json]


def read(fields: dict[str, str]) -> ReceiptFacts:
    (facts,) = Vonage().parse_push(as_json(fields))
    return facts


@pytest.mark.parametrize("way", WAYS)
def test_a_receipt_is_read_however_it_comes(way: Any) -> None:
    assert Vonage().parse_push(way(REPORT)) == [
        ReceiptFacts(
            ReceiptKind.DELIVERED,
            dedupe="vonage:report:0A0000001234567B:delivered:0",
            reference="r1",
            provider_id="0A0000001234567B",
            address="+447700900000",
            code="0",
            text="delivered",
        )
    ]


@pytest.mark.parametrize("way", WAYS)
def test_a_reply_is_read_however_it_comes(way: Any) -> None:
    assert Vonage().parse_push(way(REPLY)) == [
        ReceiptFacts(
            ReceiptKind.REPLY, dedupe="vonage:reply:0A0000000123ABCD1", address="+447700900001", text="Stop"
        )
    ]


@pytest.mark.parametrize(
    ("status", "code", "kind", "error"),
    [
        ("accepted", "0", ReceiptKind.PROGRESS, None),
        ("buffered", "0", ReceiptKind.PROGRESS, None),
        ("unknown", "1", ReceiptKind.PROGRESS, None),
        ("never seen before", "9", ReceiptKind.PROGRESS, None),
        ("Delivered", "0", ReceiptKind.DELIVERED, None),
        ("failed", "1", ReceiptKind.UNDELIVERED, None),
        ("expired", "2", ReceiptKind.UNDELIVERED, ErrorClass.TRANSIENT),
        ("failed", "3", ReceiptKind.UNDELIVERED, ErrorClass.RECIPIENT),
        ("failed", "4", ReceiptKind.UNDELIVERED, ErrorClass.RECIPIENT),
        ("failed", "5", ReceiptKind.UNDELIVERED, None),
        ("rejected", "6", ReceiptKind.UNDELIVERED, ErrorClass.CONTENT),
        ("failed", "7", ReceiptKind.UNDELIVERED, ErrorClass.TRANSIENT),
        ("failed", "8", ReceiptKind.UNDELIVERED, ErrorClass.TRANSIENT),
        ("failed", "9", ReceiptKind.UNDELIVERED, ErrorClass.OPTED_OUT),
        ("rejected", "9", ReceiptKind.UNDELIVERED, ErrorClass.OPTED_OUT),
        ("rejected", "10", ReceiptKind.UNDELIVERED, ErrorClass.CONTENT),
        ("rejected", "11", ReceiptKind.UNDELIVERED, ErrorClass.CONFIG),
        ("failed", "12", ReceiptKind.UNDELIVERED, ErrorClass.RECIPIENT),
        ("failed", "99", ReceiptKind.UNDELIVERED, None),
    ],
)
def test_a_receipt_is_read_by_its_status_and_code(
    status: str, code: str, kind: ReceiptKind, error: ErrorClass | None
) -> None:
    facts = read(REPORT | {"status": status, "err-code": code})

    assert (facts.kind, facts.error, facts.code) == (kind, error, code)


def test_the_same_told_twice_has_one_name_and_another_fact_another() -> None:
    assert read(REPORT).dedupe == read(REPORT | {"message-timestamp": "2020-01-01 13:00:00"}).dedupe
    told = [REPORT, REPORT | {"status": "failed"}, REPORT | {"messageId": "0A2"}, REPORT | {"err-code": "1"}]
    assert len({read(one).dedupe for one in told}) == 4


def test_the_parts_of_a_long_reply_are_kept_one_by_one_and_marked() -> None:
    long = REPLY | {"concat": "true", "concat-ref": "1", "concat-total": "2", "text": "please do not"}
    first = read(long | {"concat-part": "1", "messageId": "a"})
    last = read(long | {"concat-part": "2", "messageId": "b", "text": "STOP"})

    assert (first.text, last.text) == ("(1/2) please do not", "(2/2) STOP")
    assert first.dedupe != last.dedupe


def test_a_binary_reply_is_taken_and_forgotten() -> None:
    told = REPLY | {"type": "binary", "data": "0102", "udh": "06050415811581"}
    del told["text"]

    assert Vonage().parse_push(as_json(told)) == []


def test_the_vendors_trial_of_an_address_is_answered_with_success() -> None:
    assert Vonage().parse_push(as_query({})) == []
    assert Vonage().parse_push(Push("POST", {}, {}, b"", "application/json")) == []
    assert Vonage().answer_push()[0] == 200


@pytest.mark.parametrize(
    "told",
    [
        {"a": "b"},
        REPORT | {"msisdn": ""},
        REPORT | {"msisdn": "x"},
        REPORT | {"messageId": ""},
        {"msisdn": "447700900000", "messageId": "1"},
        [REPORT],
        "text",
    ],
)
def test_what_is_neither_receipt_nor_reply_is_refused(told: Any) -> None:
    with pytest.raises(BadPush):
        Vonage().parse_push(as_json(told))


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(BadPush):
        Vonage().parse_push(Push("POST", {}, {}, b"<xml/>", "text/xml"))


VENDORS = {"a": "1", "b": "2", "timestamp": "1461605396"}


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("md5hash", "6af838ef94998832dbfc29020b564830"),
        ("md5", "c15c21ced558c93a226c305f58f902f2"),
        ("sha1", "3e19a4e6880fdc2c1426bfd0587c98b9532f0210"),
        ("sha256", "a321e824b9b816be7c3f28859a31749a098713d39f613c80d455bbaffae1cd24"),
        (
            "sha512",
            "812a18f76680fa0fe1b8bd9ee1625466ceb1bd96242e4d050d2cfd9a7b40166c"
            "63ed26ec9702168781b6edcf1633db8ff95af9341701004eec3fcf9550572ee8",
        ),
    ],
)
def test_it_makes_the_signatures_that_the_vendors_sdk_makes(method: str, signature: str) -> None:
    assert sign(VENDORS, "secret", method=method) == signature


def test_the_signs_that_part_names_from_values_are_signed_as_underscores() -> None:
    told = {"text": "a=b&c 退订", "to": "447700900000", "timestamp": "1461605396"}

    assert (
        sign(told, "secret", method="sha256")
        == "6a820c79125f0010747d1f9dceacf51b4b4ba31dd9d6adea761108da95e7b210"  # made by the vendor's SDK
    )


def signed(fields: dict[str, str], *, method: str = "md5hash", secret: str = "s3cret") -> dict[str, str]:
    told = fields | {"timestamp": "1461605396", "nonce": "abc"}
    return told | {"sig": sign(told, secret, method=method)}


def signing(method: str = "") -> Account:
    return g.account("vonage", signature_secret="s3cret", signature_method=method)


def is_genuine(push: Push, account: Account) -> bool:
    try:
        Vonage().check_push(push, account)
    except ForgedPush:
        return False
    return True


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", ["md5hash", "md5", "sha1", "sha256", "sha512"])
def test_a_signed_push_is_genuine_however_it_comes(way: Any, method: str) -> None:
    told = signed(REPLY | {"text": "a=b&c 退订"}, method=method)

    assert is_genuine(way(told), signing(method))
    assert is_genuine(way(told | {"sig": told["sig"].upper()}), signing(method.upper()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "told",
    [
        REPLY,
        REPLY | {"sig": ""},
        signed(REPLY) | {"text": "START"},
        signed(REPLY) | {"sig": "退订"},
        signed(REPLY, secret="another"),
        signed(REPLY, method="sha1"),
    ],
)
def test_a_push_that_is_not_signed_as_agreed_is_forged(way: Any, told: dict[str, str]) -> None:
    assert not is_genuine(way(told), signing())


def test_an_unknown_signature_method_lets_nothing_in() -> None:
    assert not is_genuine(as_json(signed(REPLY)), signing("md6"))


def test_an_account_without_a_signature_secret_takes_what_knows_its_address() -> None:
    assert is_genuine(as_json(REPLY), g.account("vonage"))


@given(
    st.sampled_from(["GET", "POST"]),
    st.dictionaries(
        st.sampled_from(["msisdn", "messageId", "status", "err-code", "text", "type", "sig", "client-ref"]),
        st.text() | st.sampled_from(["447700900000", "delivered", "md5"]),
    ),
    st.binary(max_size=50)
    | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode()),
)
def test_no_push_makes_it_stumble(method: str, told: dict[str, str], body: bytes) -> None:
    for push in (Push(method, told, told, body), Push(method, {}, {}, body), as_json(told)):
        with contextlib.suppress(BadPush):
            Vonage().check_push(push, signing())
        with contextlib.suppress(BadPush):
            assert all(len(facts.dedupe) <= 200 for facts in Vonage().parse_push(push))


@pytest.mark.django_db
def test_the_door_lets_in_what_is_signed_and_the_vendors_trial(client: Client) -> None:
    account = a_gateway(a_merchant(), kind="vonage", credentials={"signature_secret": "s3cret"})
    url = links.push_url(account)

    answers = [client.get(url, told).status_code for told in (REPORT, signed(REPORT), {})]

    assert answers == [403, 200, 200]
    assert Receipt.objects.get().reference == "r1"
