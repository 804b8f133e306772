"""Vonage's answers as its pages print them."""

from __future__ import annotations

import json
from base64 import b64decode
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.base import Unanswered
from notifications.gateways.terms import Balance
from notifications.gateways.vonage import Vonage
from notifications.outbound import Response
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.gateways import given as g

HOOK = "https://shop.example/hooks/vonage/t0ken/"
ACCOUNT = g.account("vonage", sender="AcmeInc", api_key="abcd1234", api_secret="se&cret")
ACCEPTED = {
    "to": "447700900000",
    "message-id": "0A0000000123ABCD1",
    "status": "0",
    "remaining-balance": "3.14159265",
    "message-price": "0.03330000",
    "network": "12345",
    "client-ref": "r1",
}


def form(**fields: str) -> dict[str, str]:
    """Return the form of the request that sends a text."""
    request = Vonage().build([g.text(**fields)], ACCOUNT, now=g.NOW)
    assert (request.method, request.url) == ("POST", "https://rest.nexmo.com/sms/json")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))


def answer(*parts: Any) -> bytes:
    return json.dumps({"message-count": str(len(parts)), "messages": parts}).encode()


def refusal(status: str, words: str = "") -> dict[str, str]:
    return {"status": status, "error-text": words}


def read(body: bytes, status: int = 200) -> Result:
    (result,) = Vonage().parse([g.text()], Response(status, body))
    return result


def test_it_sends_a_plain_text_to_the_bare_number_under_our_reference() -> None:
    assert form(phone="+447700900000", body="Total €5", reference="abc", receipt_url=HOOK) == {
        "api_key": "abcd1234",
        "api_secret": "se&cret",
        "from": "AcmeInc",
        "to": "447700900000",
        "text": "Total €5",
        "type": "text",
        "client-ref": "abc",
        "callback": HOOK,
    }


def test_it_sends_a_wide_text_as_unicode_with_its_signature_in_front() -> None:
    sent = form(body="您的订单已发货", signature="云栖")

    assert (sent["text"], sent["type"]) == ("【云栖】您的订单已发货", "unicode")


def test_it_sends_from_a_number_as_the_vendor_writes_it() -> None:
    account = g.account("vonage", sender="+447700900001")

    assert b"from=447700900001&" in Vonage().build([g.text()], account, now=g.NOW).body


@pytest.mark.parametrize("url", ["", "https://shop.example/" + "a" * 90])
def test_it_names_no_callback_that_the_vendor_would_refuse(url: str) -> None:
    assert "callback" not in form(receipt_url=url)


def test_the_merchants_own_endpoint_is_used() -> None:
    account = g.account("vonage", endpoint="http://127.0.0.1:4010")

    assert Vonage().build([g.text()], account, now=g.NOW).url == "http://127.0.0.1:4010/sms/json"
    assert Vonage().build_balance(account, now=g.NOW).url == "http://127.0.0.1:4010/account/get-balance"


def test_the_secret_shows_in_no_repr() -> None:
    sent = Vonage().build([g.text()], ACCOUNT, now=g.NOW), Vonage().build_balance(ACCOUNT, now=g.NOW)

    assert "cret" not in repr(sent) + repr(ACCOUNT) + sent[0].url + sent[1].url


def test_status_0_is_accepted_under_the_vendors_id() -> None:
    result = read(answer(ACCEPTED))

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, "0A0000000123ABCD1")


def test_a_status_that_came_as_a_number_is_read_too() -> None:
    assert read(answer(ACCEPTED | {"status": 0})).outcome is Outcome.ACCEPTED
    assert read(answer({"status": 9})).error is ErrorClass.BALANCE


def test_a_long_text_is_accepted_under_the_first_parts_id() -> None:
    result = read(answer(ACCEPTED, ACCEPTED | {"message-id": "0A2"}))

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, "0A0000000123ABCD1")


def test_a_text_of_which_a_part_was_taken_is_accepted_and_says_what_failed() -> None:
    result = read(answer(refusal("9", "Quota Exceeded - rejected"), ACCEPTED, ACCEPTED))

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, "0A0000000123ABCD1")
    assert (result.code, result.text) == ("9", "1 of 3 parts refused: Quota Exceeded - rejected")


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        ("1", "Throughput Rate Exceeded", ErrorClass.RATE_ACCOUNT),
        ("2", "Missing to param", ErrorClass.RECIPIENT),
        ("2", "Missing text param", ErrorClass.CONTENT),
        ("2", "Missing from param", ErrorClass.CONFIG),
        ("3", "Invalid to param", ErrorClass.RECIPIENT),
        ("3", "Invalid from param: too long to be a name", ErrorClass.CONFIG),
        ("3", "", ErrorClass.CONFIG),
        ("4", "Bad Credentials", ErrorClass.CREDENTIALS),
        ("5", "Internal Error", ErrorClass.TRANSIENT),
        ("6", "Unroutable message - rejected", ErrorClass.NO_ROUTE),
        ("7", "Number barred", ErrorClass.OPTED_OUT),
        ("8", "Partner account barred", ErrorClass.CREDENTIALS),
        ("9", "Quota Exceeded - rejected", ErrorClass.BALANCE),
        ("10", "Too many existing binds", ErrorClass.RATE_ACCOUNT),
        ("11", "Account not enabled for HTTP", ErrorClass.CONFIG),
        ("12", "Message too long", ErrorClass.CONTENT),
        ("14", "Invalid Signature", ErrorClass.CREDENTIALS),
        ("15", "Invalid sender address", ErrorClass.CONFIG),
        ("22", "Invalid Network Code", ErrorClass.CONFIG),
        ("23", "Invalid Callback Url", ErrorClass.CONFIG),
        ("29", "Non White-listed Destination - rejected", ErrorClass.CONFIG),
        ("32", "Signature And API Secret Disallowed", ErrorClass.CONFIG),
        ("33", "Number De-activated", ErrorClass.RECIPIENT),
        ("77", "never seen before", ErrorClass.CONFIG),
    ],
)
def test_a_refusal_is_read_by_its_status(status: str, words: str, error: ErrorClass) -> None:
    result = read(answer(refusal(status, words)))

    assert result == Result(Outcome.REFUSED, error=error, code=status, text=words)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, ErrorClass.CONFIG),
        (401, ErrorClass.CREDENTIALS),
        (402, ErrorClass.BALANCE),
        (403, ErrorClass.CREDENTIALS),
        (404, ErrorClass.CONFIG),
        (429, ErrorClass.RATE_ACCOUNT),
    ],
)
def test_a_door_that_was_shut_is_a_refusal(status: int, error: ErrorClass) -> None:
    result = read(b"<html>", status)

    assert (result.outcome, result.error, result.code) == (Outcome.REFUSED, error, str(status))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"{}", 200),
        (b'{"message-count":"1","mess', 200),
        (answer(), 200),
        (answer({}), 200),
        (answer("0"), 200),
        (answer(refusal("1"), {}), 200),
        (b"Bad Gateway", 502),
        (b"", 504),
    ],
)
def test_what_says_neither_yes_nor_no_is_unknown(body: bytes, status: int) -> None:
    assert read(body, status).outcome is Outcome.UNKNOWN


@given(
    st.integers(100, 599),
    st.binary(max_size=100)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["messages", "status"]), inner),
    ).map(lambda told: json.dumps(told).encode()),
)
def test_no_answer_makes_it_stumble(status: int, body: bytes) -> None:
    assert len(Vonage().parse([g.text()], Response(status, body))) == 1
    with pytest.raises(Unanswered):
        Vonage().parse_balance(Response(status, body))


def test_it_asks_what_is_left_with_the_key_in_a_header() -> None:
    request = Vonage().build_balance(ACCOUNT, now=g.NOW)

    assert (request.method, request.url) == ("GET", "https://rest.nexmo.com/account/get-balance")
    assert b64decode(request.headers["Authorization"].removeprefix("Basic ")) == b"abcd1234:se&cret"


def test_what_is_left_is_euros_to_the_last_digit() -> None:
    told = Response(200, b'{"value":10.2800000000001,"autoReload":false}')

    assert Vonage().parse_balance(told) == Balance(Decimal("10.2800000000001"), "EUR")


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b""), (200, b"{}"), (200, b'{"value":NaN}'), (200, b'{"value":"x"}'), (401, b'{"value":1}')],
)
def test_an_answer_without_a_balance_is_none(status: int, body: bytes) -> None:
    with pytest.raises(Unanswered):
        Vonage().parse_balance(Response(status, body))
