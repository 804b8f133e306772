"""Twilio's status callbacks and replies as its pages print them, and its own validator of signatures."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from notifications import links, receipts
from notifications.gateways.base import BadPush, ForgedPush, Push
from notifications.gateways.twilio import Twilio
from notifications.gateways.twilio_signing import sign
from notifications.models import OptOut, Receipt
from notifications.outcomes import ErrorClass, ReceiptFacts, ReceiptKind
from tests.builders import a_gateway, a_merchant
from tests.notifications.gateways import given as g

FORM = "application/x-www-form-urlencoded"
HOOK = "https://shop.example/hooks/twilio/t0ken/"
ACCOUNT = g.account("twilio", account_sid="AC1", auth_token="12345")
STATUS = {
    "MessageSid": "SM0123",
    "SmsSid": "SM0123",
    "MessageStatus": "delivered",
    "SmsStatus": "delivered",
    "To": "+15558675310",
    "From": "+15017122661",
    "AccountSid": "AC0123",
    "ApiVersion": "2010-04-01",
    "RawDlrDoneDate": "2301311205",
}
REPLY = {
    "MessageSid": "SM0456",
    "SmsSid": "SM0456",
    "SmsStatus": "received",
    "AccountSid": "AC0123",
    "From": "+15558675310",
    "To": "+15017122661",
    "Body": "Thank you",
    "NumMedia": "0",
    "NumSegments": "1",
    "FromCity": "",
}


def push(fields: Any, *, url: str = f"{HOOK}?ref=r1", token: str = "", signature: str = "") -> Push:
    """Return a push of these fields (a name may come twice), signed with the token by the vendor's code."""
    body = urlencode(fields)
    if token:
        signature = RequestValidator(token).compute_signature(url, QueryDict(body))
    return Push(
        method="POST",
        query=dict(parse_qsl(url.partition("?")[2])),
        form=dict(parse_qsl(body, keep_blank_values=True)),
        body=body.encode(),
        content_type=FORM,
        url=url,
        headers={"x-twilio-signature": signature},
    )


def read(fields: dict[str, str], **about: str) -> ReceiptFacts:
    (facts,) = Twilio().parse_push(push(fields, **about))
    return facts


def test_a_status_is_read_under_our_reference() -> None:
    assert read(STATUS) == ReceiptFacts(
        ReceiptKind.DELIVERED,
        dedupe="twilio:report:SM0123:delivered:",
        reference="r1",
        provider_id="SM0123",
        address="+15558675310",
        text="delivered",
    )


@pytest.mark.parametrize(
    ("status", "code", "kind", "error"),
    [
        *((status, "", ReceiptKind.PROGRESS, None) for status in ("accepted", "queued", "sending", "sent")),
        ("partially_delivered", "", ReceiptKind.PROGRESS, None),
        ("never seen before", "30003", ReceiptKind.PROGRESS, None),
        ("read", "", ReceiptKind.DELIVERED, None),
        ("undelivered", "30003", ReceiptKind.UNDELIVERED, ErrorClass.RECIPIENT),
        ("undelivered", "30004", ReceiptKind.UNDELIVERED, ErrorClass.OPTED_OUT),
        ("undelivered", "30008", ReceiptKind.UNDELIVERED, ErrorClass.TRANSIENT),
        ("failed", "30007", ReceiptKind.UNDELIVERED, ErrorClass.CONTENT),
        ("failed", "39999", ReceiptKind.UNDELIVERED, None),
        ("canceled", "", ReceiptKind.UNDELIVERED, None),
    ],
)
def test_a_status_is_read_with_its_code(
    status: str, code: str, kind: ReceiptKind, error: ErrorClass | None
) -> None:
    facts = read(STATUS | {"MessageStatus": status} | ({"ErrorCode": code} if code else {}))

    assert (facts.kind, facts.error, facts.code) == (kind, error, code)


def test_the_same_told_twice_has_one_name_and_another_fact_another() -> None:
    assert read(STATUS).dedupe == read(STATUS | {"RawDlrDoneDate": "2301311206"}).dedupe
    told = [
        STATUS,
        STATUS | {"MessageStatus": "sent"},
        STATUS | {"MessageSid": "SM9"},
        STATUS | {"ErrorCode": "1"},
    ]
    assert len({read(one).dedupe for one in told}) == 4


def test_a_reply_is_read() -> None:
    assert read(REPLY, url=HOOK) == ReceiptFacts(
        ReceiptKind.REPLY, dedupe="twilio:reply:SM0456", address="+15558675310", text="Thank you"
    )


def test_what_the_vendor_says_a_reply_asks_for_is_its_code() -> None:
    assert read(REPLY | {"Body": "Basta", "OptOutType": "STOP"}).code == "STOP"


def test_a_push_by_get_is_read_from_its_address() -> None:
    url = f"{HOOK}?{urlencode(REPLY)}"
    told = Push("GET", dict(parse_qsl(url.partition("?")[2])), {}, b"", url=url)

    assert [facts.text for facts in Twilio().parse_push(told)] == ["Thank you"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"a": "b"},
        {"MessageSid": "SM1"},
        {"MessageStatus": "sent"},
        REPLY | {"From": "whatsapp:+15558675310"},
    ],
)
def test_what_is_neither_status_nor_reply_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(BadPush):
        Twilio().parse_push(push(fields))


def is_genuine(told: Push, token: str = "12345") -> bool:
    try:
        Twilio().check_push(told, g.account("twilio", auth_token=token))
    except ForgedPush:
        return False
    return True


def test_it_makes_the_signature_that_the_vendor_prints() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"

    assert sign(url, fields.items(), "12345") == "GvWf1cFY/Q7PnoempGyD5oXAezc="
    assert is_genuine(push(fields, url=url, signature="GvWf1cFY/Q7PnoempGyD5oXAezc="))


FIELDS = st.lists(
    st.tuples(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    ),
    max_size=8,
)


@given(FIELDS, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_what_the_vendors_validator_signs_is_genuine(fields: list[tuple[str, str]], token: str) -> None:
    assert is_genuine(push(fields, token=token), token)


def test_a_name_that_comes_twice_counts_with_each_of_its_values_once() -> None:
    told = push([("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b"), ("Body", "")], token="12345")

    assert is_genuine(told)


@given(FIELDS, FIELDS)
def test_nothing_signed_for_one_push_is_genuine_for_another(
    fields: list[tuple[str, str]], others: list[tuple[str, str]]
) -> None:
    signature = push(fields, token="12345").headers["x-twilio-signature"]
    told = push(others, signature=signature)

    assert is_genuine(told) == RequestValidator("12345").validate(
        told.url, QueryDict(told.body.decode()), signature
    )


@pytest.mark.parametrize("called", [":443", ""])
@pytest.mark.parametrize("told", [":443", ""])
def test_the_usual_port_may_be_in_the_address_or_not(called: str, told: str) -> None:
    signature = push(STATUS, url=f"https://shop.example{called}/h?ref=1", token="12345").headers

    assert is_genuine(
        push(STATUS, url=f"https://shop.example{told}/h?ref=1", signature=signature["x-twilio-signature"])
    )


def test_a_push_by_get_is_signed_by_its_address_alone() -> None:
    url = f"{HOOK}?{urlencode(REPLY)}"
    signature = RequestValidator("12345").compute_signature(url, {})
    told = Push("GET", REPLY, {}, b"", url=url, headers={"x-twilio-signature": signature})

    assert is_genuine(told)


@pytest.mark.parametrize(
    "told",
    [
        push(STATUS),
        push(STATUS, signature="退订"),
        push(STATUS, token="another"),
        push(
            STATUS | {"MessageStatus": "failed"},
            signature=push(STATUS, token="12345").headers["x-twilio-signature"],
        ),
        push(
            STATUS, url=f"{HOOK}?ref=r2", signature=push(STATUS, token="12345").headers["x-twilio-signature"]
        ),
    ],
)
def test_a_push_that_is_not_signed_with_the_token_is_forged(told: Push) -> None:
    assert not is_genuine(told)


def test_an_account_without_a_token_lets_nothing_in() -> None:
    unsigned = push(STATUS, url=HOOK, signature=sign(HOOK, STATUS.items(), ""))

    assert not is_genuine(unsigned, token="")


@given(
    st.dictionaries(
        st.sampled_from(["MessageSid", "MessageStatus", "ErrorCode", "Body", "From", "To", "OptOutType"]),
        st.text() | st.just("+15558675310"),
    ),
    st.binary(max_size=50),
    st.text(max_size=30),
)
def test_no_push_makes_it_stumble(fields: dict[str, str], body: bytes, url: str) -> None:
    told = Push("POST", fields, fields, body, FORM, url=url, headers={"x-twilio-signature": url})
    with contextlib.suppress(BadPush):
        Twilio().check_push(told, ACCOUNT)
    with contextlib.suppress(BadPush):
        assert all(len(facts.dedupe) <= 200 for facts in Twilio().parse_push(told))


def deliver(client: Client, url: str, fields: dict[str, str], *, token: str) -> Any:
    signature = RequestValidator(token).compute_signature(url, fields)
    return client.post(
        "/" + url.split("/", 3)[3],
        urlencode(fields),
        content_type=FORM,
        headers={"X-Twilio-Signature": signature},
    )


@pytest.mark.django_db
def test_the_door_lets_a_signed_push_in_and_answers_in_the_vendors_words(client: Client) -> None:
    account = a_gateway(
        a_merchant(), kind="twilio", credentials={"account_sid": "AC1", "auth_token": "12345"}
    )
    url = f"{links.push_url(account)}?ref=abc%2Bd"

    forged = deliver(client, url, STATUS, token="guess")
    genuine = deliver(client, url, STATUS, token="12345")

    assert forged.status_code == 403
    assert (genuine.status_code, genuine.headers["Content-Type"]) == (200, "text/xml")
    assert genuine.content == b"<Response/>"
    assert Receipt.objects.get().reference == "abc+d"


@pytest.mark.django_db
def test_a_word_of_the_merchants_own_opts_out_when_the_vendor_says_so(client: Client) -> None:
    account = a_gateway(
        a_merchant(), kind="twilio", credentials={"account_sid": "AC1", "auth_token": "12345"}
    )
    basta = REPLY | {"Body": "Basta", "OptOutType": "STOP"}

    assert deliver(client, links.push_url(account), basta, token="12345").status_code == 200
    receipts.work_off()

    assert {opt_out.address for opt_out in OptOut.objects.all()} == {"+15558675310"}
