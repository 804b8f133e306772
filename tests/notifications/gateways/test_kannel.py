"""Kannel's answers and reports as captured, and the real Kannel from text to report to reply."""

from __future__ import annotations

import asyncio
import contextlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.base import BadPush, Push
from notifications.gateways.kannel import Kannel
from notifications.outbound import Response, World
from notifications.outcomes import ErrorClass, Outcome, ReceiptFacts, ReceiptKind, Result
from tests.kannel import kannel
from tests.notifications.gateways import given as g
from tests.waiting import eventually

HOOK = "https://shop.example/hooks/kannel/t0ken/"
ACCOUNT = g.account("kannel", sender="10690", username="orderbell", password="se&cret")


def query(**fields: str) -> dict[str, str]:
    """Return the query of the request that sends a text."""
    request = Kannel().build([g.text(**fields)], ACCOUNT, now=g.NOW)
    assert (request.method, request.body) == ("GET", b"")
    return {name: value for name, (value,) in parse_qs(urlsplit(request.url).query).items()}


def push(url: str) -> list[ReceiptFacts]:
    return Kannel().parse_push(Push("GET", dict(parse_qsl(url, keep_blank_values=True)), {}, b""))


def read(status: int, body: str) -> Result:
    (result,) = Kannel().parse([g.text()], Response(status, body.encode()))
    return result


def test_it_names_the_phone_the_sender_and_itself() -> None:
    sent = query(phone="+33612345678")

    assert (sent["to"], sent["from"]) == ("+33612345678", "10690")
    assert (sent["username"], sent["password"]) == ("orderbell", "se&cret")


def test_it_sends_a_plain_text_in_the_plain_alphabet() -> None:
    sent = query(body="Total €5 {due}")

    assert (sent["text"], sent["coding"], sent["charset"]) == ("Total €5 {due}", "0", "UTF-8")


def test_it_sends_a_wide_text_with_its_signature_in_front() -> None:
    sent = query(body="您的订单已发货", signature="云栖")

    assert (sent["text"], sent["coding"], sent["charset"]) == ("【云栖】您的订单已发货", "2", "UTF-8")


def test_it_asks_for_every_report_under_our_reference() -> None:
    sent = query(reference="abc", receipt_url=HOOK)

    assert sent["dlr-mask"] == "31"
    assert sent["dlr-url"] == HOOK + "?type=%d&fid=%F&reply=%A&ts=%T&smsc=%i&ref=abc"


def test_a_percent_sign_in_the_address_is_not_taken_for_an_escape() -> None:
    assert query(receipt_url="https://shop.example/a%20b?x=1")["dlr-url"].startswith(
        "https://shop.example/a%%20b?x=1&type="
    )


def test_it_asks_for_no_report_when_there_is_nowhere_to_send_it() -> None:
    assert not {"dlr-mask", "dlr-url"} & set(query())


def test_the_password_shows_in_no_repr() -> None:
    request = Kannel().build([g.text()], ACCOUNT, now=g.NOW)

    assert "cret" not in repr(request) + repr(ACCOUNT)


@pytest.mark.parametrize("body", ["0: Accepted for delivery", "3: Queued for later delivery"])
def test_a_202_is_accepted(body: str) -> None:
    assert (read(202, body).outcome, read(202, body).text) == (Outcome.ACCEPTED, body)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, "Missing receiver number, rejected", ErrorClass.RECIPIENT),
        (400, "Number(s) has/have been denied by white- and/or black-lists.", ErrorClass.RECIPIENT),
        (400, "Sender missing and no global set, rejected", ErrorClass.CONFIG),
        (403, "Authorization failed for sendsms", ErrorClass.CREDENTIALS),
        (403, "Not routable. Do not try again.", ErrorClass.NO_ROUTE),
        (404, "Unknown request.", ErrorClass.CONFIG),
        (302, "", ErrorClass.CONFIG),
        (503, "Temporal failure, try again later.", ErrorClass.TRANSIENT),
    ],
)
def test_a_refusal_is_read_by_status_and_words(status: int, body: str, error: ErrorClass) -> None:
    result = read(status, body)

    assert (result.outcome, result.error, result.code) == (Outcome.REFUSED, error, str(status))


@pytest.mark.parametrize(("status", "body"), [(500, ""), (502, "Bad Gateway"), (503, "<html>"), (504, "")])
def test_a_failure_of_something_in_between_is_unknown(status: int, body: str) -> None:
    assert read(status, body).outcome is Outcome.UNKNOWN


@given(st.integers(100, 599), st.binary(max_size=200))
def test_no_answer_makes_it_stumble(status: int, body: bytes) -> None:
    assert len(Kannel().parse([g.text()], Response(status, body))) == 1


@pytest.mark.parametrize(
    ("told", "kind", "code", "error"),
    [
        ("type=8&fid=m1&reply=ACK/", ReceiptKind.PROGRESS, "", None),
        ("type=4&fid=m1&reply=", ReceiptKind.PROGRESS, "", None),
        ("type=1&fid=m1&reply=", ReceiptKind.DELIVERED, "", None),
        ("type=1&reply=id:m1 sub:001 stat:DELIVRD err:000 text:", ReceiptKind.DELIVERED, "DELIVRD/000", None),
        ("type=2&reply=id:m1 stat:UNDELIV err:001 text:", ReceiptKind.UNDELIVERED, "UNDELIV/001", None),
        ("type=2&reply=stat:EXPIRED err:002", ReceiptKind.UNDELIVERED, "EXPIRED/002", ErrorClass.TRANSIENT),
        ("type=2&reply=stat:REJECTD err:003", ReceiptKind.UNDELIVERED, "REJECTD/003", ErrorClass.CONTENT),
        (
            "type=16&reply=NACK/0x0000000b/Invalid Destination Address",
            ReceiptKind.UNDELIVERED,
            "NACK/0x0b",
            ErrorClass.RECIPIENT,
        ),
        ("type=16&reply=NACK/88/", ReceiptKind.UNDELIVERED, "NACK/0x58", ErrorClass.RATE_ACCOUNT),
        ("type=16&reply=NACK/0x000004ff/", ReceiptKind.UNDELIVERED, "NACK/0x4ff", ErrorClass.TRANSIENT),
        (
            "type=16&reply=NACK/Retries Exceeded",
            ReceiptKind.UNDELIVERED,
            "NACK/Retries Exceeded",
            ErrorClass.TRANSIENT,
        ),
        ("type=16&fid=m1&reply=NACK/", ReceiptKind.UNDELIVERED, "NACK", None),
        ("type=4&reply=id:m1 stat:ENROUTE err:000 text:", ReceiptKind.PROGRESS, "ENROUTE/000", None),
        ("type=2&fid=m1&reply=", ReceiptKind.UNDELIVERED, "", None),
    ],
)
def test_a_report_is_read(told: str, kind: ReceiptKind, code: str, error: ErrorClass | None) -> None:
    (facts,) = push(f"ref=r1&{told}")

    assert (facts.kind, facts.reference, facts.code, facts.error) == (kind, "r1", code, error)


def test_the_same_report_told_twice_has_one_name() -> None:
    told = "ref=r1&type=1&fid=m1&reply=stat:DELIVRD err:000"

    assert push(told + "&ts=1")[0].dedupe == push(told + "&ts=9")[0].dedupe


def test_different_reports_on_one_text_have_different_names() -> None:
    told = ["type=8", "type=1", "type=2&reply=stat:EXPIRED err:1", "type=2&reply=stat:UNDELIV err:1"]

    assert len({push(f"ref=r1&{one}")[0].dedupe for one in told}) == 4


def test_a_reply_is_read() -> None:
    (facts,) = push(
        "from=%2B8613800138000&to=10690&text=%E9%80%80%E8%AE%A2&charset=UTF-8&coding=0&ts=1&id=u1"
    )

    assert facts == ReceiptFacts(
        ReceiptKind.REPLY, dedupe="kannel:reply:u1", address="+8613800138000", text="退订"
    )


@pytest.mark.parametrize("number", ["+33612345678", "33612345678", "0033612345678"])
def test_a_reply_comes_from_a_whole_number(number: str) -> None:
    assert push(f"from={number.replace('+', '%2B')}&text=STOP")[0].address == "+33612345678"


@pytest.mark.parametrize(
    "told",
    [
        "",
        "a=b",
        "ref=r1&type=",
        "ref=r1&type=3",
        "ref=r1&type=x",
        "ref=&type=1",
        "from=1&text=a&charset=UTF-16BE",
    ],
)
def test_what_is_neither_report_nor_reply_is_refused(told: str) -> None:
    with pytest.raises(BadPush):
        push(told)


@given(
    st.dictionaries(st.sampled_from(["ref", "type", "fid", "reply", "from", "text", "id", "ts"]), st.text())
)
def test_no_push_makes_it_stumble(told: dict[str, str]) -> None:
    with contextlib.suppress(BadPush):
        (facts,) = Kannel().parse_push(Push("GET", told, {}, b""))
        assert len(facts.dedupe) <= 200


class Hook:
    """The address that Kannel calls: remembers the query of each call."""

    def __init__(self) -> None:
        calls = self.calls = list[str]()

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                calls.append(urlsplit(self.path).query)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/kannel/t0ken/"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def facts(self) -> list[ReceiptFacts]:
        return [facts for call in self.calls for facts in push(call)]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_real_kannel_delivers_reports_and_brings_the_reply(tmp_path: Path) -> None:
    hook = Hook()
    try:
        with kannel(tmp_path, replies=hook.url) as running:
            running.phone("+8613800138000", says="退订", to="10690")
            account = g.account(
                "kannel", endpoint=running.endpoint, sender="10690", username="orderbell", password="secret"
            )
            text = g.text(reference="r1", body="您的订单已发货", signature="云栖", receipt_url=hook.url)

            async def send() -> list[Result]:
                async with World(private_networks=["127.0.0.0/8"]) as world:
                    return await Kannel().send([text], account, world, now=g.NOW)

            (result,) = asyncio.run(send())

            assert result.outcome is Outcome.ACCEPTED
            assert eventually(lambda: running.texts() == ["【云栖】您的订单已发货"])
            assert eventually(
                lambda: {ReceiptKind.DELIVERED, ReceiptKind.REPLY} <= {facts.kind for facts in hook.facts()}
            )
    finally:
        hook.close()

    delivered, *_ = [facts for facts in hook.facts() if facts.kind is ReceiptKind.DELIVERED]
    reply, *_ = [facts for facts in hook.facts() if facts.kind is ReceiptKind.REPLY]
    assert delivered.reference == "r1"
    assert (reply.address, reply.text) == ("+8613800138000", "退订")


def test_a_real_kannel_refuses_a_wrong_password(tmp_path: Path) -> None:
    with kannel(tmp_path, replies="http://127.0.0.1:9/") as running:
        account = g.account("kannel", endpoint=running.endpoint, username="orderbell", password="wrong")

        async def send() -> list[Result]:
            async with World(private_networks=["127.0.0.0/8"]) as world:
                return await Kannel().send([g.text()], account, world, now=g.NOW)

        (result,) = asyncio.run(send())

    assert (result.outcome, result.error) == (Outcome.REFUSED, ErrorClass.CREDENTIALS)
