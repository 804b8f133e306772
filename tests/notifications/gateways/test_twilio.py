"""Twilio's answers as its pages print them, and its SDK's requests beside ours."""

from __future__ import annotations

import asyncio
import contextlib
import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.rest import Client

from notifications.gateways.base import Sent, Unanswered
from notifications.gateways.terms import Balance
from notifications.gateways.twilio import Twilio
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.gateways import given as g

SID = "AC0123456789abcdef0123456789abcdef"
URL = f"https://api.twilio.com/2010-04-01/Accounts/{SID}"
HOOK = "https://shop.example/hooks/twilio/t0ken/"
ACCOUNT = g.account("twilio", sender="+15017122661", account_sid=SID, auth_token="t0ken&secret")
MESSAGE = {
    "sid": "SM0123456789abcdef0123456789abcdef",
    "account_sid": SID,
    "to": "+15558675310",
    "from": "+15017122661",
    "body": "Shipped",
    "status": "queued",
    "date_created": "Sun, 22 Nov 2026 10:26:19 +0000",
    "date_sent": None,
    "direction": "outbound-api",
    "num_segments": "1",
    "error_code": None,
    "error_message": None,
}
SENT = Sent("r1", "+15558675310", "", g.NOW, body="Shipped")


def form(**fields: str) -> dict[str, str]:
    """Return the form of the request that sends a text."""
    request = Twilio().build([g.text(**fields)], ACCOUNT, now=g.NOW)
    assert (request.method, request.url) == ("POST", f"{URL}/Messages.json")
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))


def read(told: Any, status: int = 201) -> Result:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    (result,) = Twilio().parse([g.text()], Response(status, body))
    return result


def fault(code: int, status: int = 400) -> Result:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return read({"code": code, "message": "No.", "more_info": more, "status": status}, status)


def test_it_sends_a_text_from_the_sender_and_asks_for_reports_under_our_reference() -> None:
    assert form(phone="+15558675310", body="Total €5", reference="abc", receipt_url=HOOK) == {
        "To": "+15558675310",
        "From": "+15017122661",
        "Body": "Total €5",
        "SmartEncoded": "false",
        "StatusCallback": f"{HOOK}?ref=abc",
    }


def test_a_text_has_its_signature_in_front_if_it_has_one() -> None:
    assert form(body="您的订单已发货", signature="云栖")["Body"] == "【云栖】您的订单已发货"


def test_the_reference_joins_a_query_that_is_there() -> None:
    assert form(receipt_url=f"{HOOK}?a=1")["StatusCallback"] == f"{HOOK}?a=1&ref=r1"


def test_it_asks_for_no_report_when_there_is_nowhere_to_send_it() -> None:
    assert "StatusCallback" not in form()


def test_a_messaging_service_takes_the_place_of_the_sender() -> None:
    credentials = {**ACCOUNT.credentials, "messaging_service_sid": "MG01"}
    request = Twilio().build([g.text()], replace(ACCOUNT, credentials=credentials), now=g.NOW)

    sent = dict(parse_qsl(request.body.decode()))
    assert (sent["MessagingServiceSid"], "From" in sent) == ("MG01", False)


def test_it_proves_who_it_is_by_basic_authentication() -> None:
    request = Twilio().build([g.text()], ACCOUNT, now=g.NOW)

    proof = request.headers["Authorization"].removeprefix("Basic ")
    assert b64decode(proof).decode() == f"{SID}:t0ken&secret"


def test_the_token_shows_in_no_repr() -> None:
    requests = [
        Twilio().build([g.text()], ACCOUNT, now=g.NOW),
        Twilio().build_ask(SENT, ACCOUNT, now=g.NOW),
        Twilio().build_balance(ACCOUNT, now=g.NOW),
    ]

    assert "secret" not in repr(requests) + repr(ACCOUNT)
    assert "secret" not in "".join(request.url + request.body.decode() for request in requests)


class Recording:
    """A server of our own in Twilio's place: keeps what the vendor's SDK asks it."""

    def __init__(self) -> None:
        requests = self.requests = list[Request]()

        class Answer(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                requests.append(Request(self.command, self.path, dict(self.headers), body))
                told = json.dumps(MESSAGE if self.command == "POST" else {"messages": []}).encode()
                self.send_response(201 if self.command == "POST" else 200)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            do_GET = do_POST = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.client = Client(SID, "t0ken&secret")
        self.client.api.base_url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def sdk() -> Iterator[Recording]:
    recording = Recording()
    try:
        yield recording
    finally:
        recording.server.shutdown()
        recording.server.server_close()


def as_told(request: Request) -> tuple[str, str, list[tuple[str, str]], str]:
    url = urlsplit(request.url)
    fields = sorted(parse_qsl(url.query + request.body.decode(), keep_blank_values=True))
    return request.method, url.path, fields, request.headers["Authorization"]


def test_it_sends_what_the_vendors_sdk_sends(sdk: Recording) -> None:
    sdk.client.messages.create(
        to="+8613800138000",
        from_="+15017122661",
        body="退订 & 100% +é😀",
        smart_encoded=False,
        status_callback=f"{HOOK}?ref=r1",
    )

    ours = Twilio().build([g.text(body="退订 & 100% +é😀", receipt_url=HOOK)], ACCOUNT, now=g.NOW)
    assert [as_told(request) for request in sdk.requests] == [as_told(ours)]


def test_it_lists_as_the_vendors_sdk_lists(sdk: Recording) -> None:
    sdk.client.messages.list(to="+15558675310", page_size=500)

    assert [as_told(request) for request in sdk.requests] == [
        as_told(Twilio().build_ask(SENT, ACCOUNT, now=g.NOW))
    ]


@pytest.mark.parametrize("status", ["accepted", "queued", "sending", "sent", "scheduled", "delivered", "new"])
def test_a_message_that_was_made_is_accepted(status: str) -> None:
    result = read(MESSAGE | {"status": status})

    assert (result.outcome, result.provider_id, result.code) == (Outcome.ACCEPTED, MESSAGE["sid"], status)


def test_a_message_that_failed_at_once_is_refused() -> None:
    result = read(MESSAGE | {"status": "failed", "error_code": 30007, "error_message": "Filtered"})

    assert (result.outcome, result.error) == (Outcome.REFUSED, ErrorClass.CONTENT)
    assert (result.code, result.text) == ("30007", "Filtered")


@pytest.mark.parametrize(
    ("error", "codes"),
    [
        (ErrorClass.RECIPIENT, [21211, 21401, 21614, 30003, 30005, 30006, 63003, 63024]),
        (ErrorClass.NO_ROUTE, [21408, 21612]),
        (ErrorClass.OPTED_OUT, [21610, 30004]),
        (
            ErrorClass.CONTENT,
            [21602, 21617, 21619, 21620, 21654, 21658, 30007, 30019, 30450, 30453, 63016, 63027, 63028],
        ),
        (ErrorClass.RATE_ACCOUNT, [20429, 21611, 30001, 30017, 63018, 63038]),
        (ErrorClass.CREDENTIALS, [20003, 21608, 30002]),
        (ErrorClass.CONFIG, [21212, 21603, 21606, 21609, 21701, 21703, 21704, 30034, 29999]),
        (ErrorClass.TRANSIENT, [20500, 30008, 30036, 30410]),
    ],
)
def test_a_refusal_is_read_by_its_code(error: ErrorClass, codes: list[int]) -> None:
    for code in codes:
        assert fault(code) == Result(Outcome.REFUSED, error=error, code=str(code), text="No.")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, ErrorClass.CONFIG),
        (400, ErrorClass.CONFIG),
        (401, ErrorClass.CREDENTIALS),
        (403, ErrorClass.CREDENTIALS),
        (404, ErrorClass.CONFIG),
        (429, ErrorClass.RATE_ACCOUNT),
    ],
)
def test_a_refusal_without_a_known_code_is_read_by_its_status(status: int, error: ErrorClass) -> None:
    assert (read(b"<html>", status).error, fault(29999, status).error) == (error, error)


def test_a_500_of_the_vendor_himself_was_not_taken() -> None:
    assert fault(20500, 500).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("told", "status"),
    [(b"", 201), ({}, 200), (b'{"sid":"SM1"', 201), (b"Bad Gateway", 502), ({"code": 29999}, 503)],
)
def test_what_says_neither_yes_nor_no_is_unknown(told: Any, status: int) -> None:
    assert read(told, status).outcome is Outcome.UNKNOWN


def listed(*messages: Any, more: Any = None, status: int = 200) -> Result | None:
    """Return what is made of the answer that lists these messages."""
    told = {"messages": list(messages), "next_page_uri": more, "page": 0, "page_size": 500}
    return Twilio().parse_ask(SENT, Response(status, json.dumps(told).encode()))


def made(after: int, **fields: Any) -> dict[str, Any]:
    """Return a message that was made so many seconds after the attempt began."""
    return MESSAGE | {"date_created": format_datetime(g.NOW + timedelta(seconds=after))} | fields


def test_a_text_is_found_by_its_words_and_its_time() -> None:
    result = listed(made(9, body="Another"), made(1, sid="SM1"))

    assert (result and result.outcome, result and result.provider_id) == (Outcome.ACCEPTED, "SM1")


@pytest.mark.parametrize("status", ["failed", "undelivered", "canceled"])
def test_a_text_that_is_found_failed_was_not_delivered(status: str) -> None:
    known, strange = listed(made(1, status=status, error_code=30005)), listed(made(1, status=status))

    assert (known and known.outcome, known and known.error) == (Outcome.REFUSED, ErrorClass.RECIPIENT)
    assert (strange and strange.error, strange and strange.code) == (ErrorClass.TRANSIENT, status)


def test_the_parts_of_a_second_and_a_slow_clock_hide_no_text() -> None:
    assert listed(made(-30))
    assert listed(made(-600))


def test_no_text_is_there_when_the_whole_list_holds_only_older_ones_and_others() -> None:
    sent = replace(SENT, taken=frozenset({"SM1"}))
    messages = [made(1, sid="SM1"), made(-3600, sid="SM2")]
    told = json.dumps({"messages": messages, "next_page_uri": None}).encode()

    assert Twilio().parse_ask(sent, Response(200, told)) is None
    assert listed() is None


@pytest.mark.parametrize(
    "answer",
    [
        {"messages": [], "next_page_uri": "/2010-04-01/Accounts/AC1/Messages.json?Page=1"},
        {"messages": []},
        {"messages": ["a"], "next_page_uri": None},
        {"messages": [made(1, body="Sent from your trial account - Shipped")], "next_page_uri": None},
        {"messages": [made(1, body="")], "next_page_uri": None},
        {"messages": [made(1, body="Another", date_created=None)], "next_page_uri": None},
        {"messages": None, "next_page_uri": None},
        [],
    ],
)
def test_not_found_is_not_certain_when_something_may_have_been_missed(answer: Any) -> None:
    with pytest.raises(Unanswered):
        Twilio().parse_ask(SENT, Response(200, json.dumps(answer).encode()))


def test_an_error_answers_no_question() -> None:
    with pytest.raises(Unanswered, match="20003"):
        Twilio().parse_ask(SENT, Response(401, b'{"code":20003,"messages":[],"next_page_uri":null}'))


def ask(seconds: int) -> Result | None:
    world = g.World(lambda request: Response(200, b'{"messages":[],"next_page_uri":null}'))
    now = g.NOW + timedelta(seconds=seconds)
    return asyncio.run(Twilio().ask(SENT, ACCOUNT, world, now=now))


def test_a_young_text_may_not_be_listed_yet() -> None:
    with pytest.raises(Unanswered):
        ask(119)
    assert ask(120) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                ["sid", "status", "code", "message", "messages", "body", "date_created", "balance"]
            ),
            inner,
        )
    ),
    max_leaves=10,
).map(lambda told: json.dumps(told).encode())


@given(st.integers(100, 599), st.binary(max_size=100) | ANYTHING)
def test_no_answer_makes_it_stumble(status: int, body: bytes) -> None:
    assert len(Twilio().parse([g.text()], Response(status, body))) == 1
    for read_it in (lambda told: Twilio().parse_ask(SENT, told), Twilio().parse_balance):
        with contextlib.suppress(Unanswered):
            read_it(Response(status, body))


@given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,9} Nov \d{1,9} \d{1,9}:26:19 [+-]\d{1,9}"))
def test_no_date_makes_it_stumble(date: str) -> None:
    with contextlib.suppress(Unanswered):
        listed(made(1, date_created=date))


def test_it_asks_what_is_left() -> None:
    request = Twilio().build_balance(ACCOUNT, now=g.NOW)

    assert (request.method, request.url, request.body) == ("GET", f"{URL}/Balance.json", b"")


def test_what_is_left_is_read_in_its_currency() -> None:
    told = Response(200, b'{"account_sid":"AC1","balance":"0.05","currency":"USD"}')

    assert Twilio().parse_balance(told) == Balance(Decimal("0.05"), "USD")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"{}"),
        (200, b'{"balance":"NaN"}'),
        (200, b'{"balance":"x"}'),
        (401, b'{"balance":"1"}'),
    ],
)
def test_an_answer_without_a_balance_is_none(status: int, body: bytes) -> None:
    with pytest.raises(Unanswered):
        Twilio().parse_balance(Response(status, body))
