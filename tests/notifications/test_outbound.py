"""Every call ends as a response, as not sent or as unknown; on both event loops, against real sockets."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from bench.processes import free_port
from notifications.outbound import (
    MAX_BODY,
    NoAnswer,
    NotSent,
    Request,
    Response,
    World,
    is_allowed,
    parse_networks,
)
from notifications.outcomes import ErrorClass

LOOPBACK = ["127.0.0.0/8", "::1/128"]
Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    """Run a coroutine on each kind of event loop."""

    def run(coroutine: Any) -> Any:
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(coroutine)

    return run


class Server:
    """A server that keeps every request it has read, head and body, and the connections it came on."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.url = ""


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[int]:
    """Serve `talk` on a free port; in the end its connections are closed and it has returned."""
    talks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk_now = asyncio.current_task()
        assert talk_now is not None
        talks.add(talk_now)
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for talk_left in talks:
            talk_left.cancel()
        await asyncio.gather(*talks)


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[Server]:
    seen = Server()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        while not writer.is_closing():
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)^content-length: (\d+)", head, re.MULTILINE)
            seen.requests.append(head + await reader.readexactly(int(length[1]) if length else 0))
            await answer(seen.requests[-1], writer)

    async with listening(talk) as port:
        seen.url = f"http://127.0.0.1:{port}"
        yield seen


async def ok(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


async def hang_up(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.close()


def replying(raw: bytes) -> Answer:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return answer


async def ask(answer: Answer, request: Request, *, timeout: float = 5) -> tuple[Response | Exception, Server]:
    """Send `request` (its URL is a path) to a server of its own; return how it ended and what arrived."""
    async with server(answer) as there, World(private_networks=LOOPBACK) as world:
        whole = Request(request.method, there.url + request.url, request.headers, request.body)
        try:
            return await world(whole, timeout=timeout), there
        except (NotSent, NoAnswer) as error:
            return error, there


def test_it_returns_status_and_body(run: Any) -> None:
    ending, there = run(ask(ok, Request("POST", "/", {"X-A": "1"}, b"body")))

    assert ending == Response(200, b"ok")
    assert there.requests[0].startswith(b"POST / HTTP/1.1\r\n")
    assert there.requests[0].endswith(b"\r\n\r\nbody")


def test_an_error_status_is_an_answer(run: Any) -> None:
    ending, _ = run(ask(replying(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), Request("GET", "/")))

    assert ending == Response(503, b"")


def test_the_url_leaves_as_it_was_encoded(run: Any) -> None:
    _, there = run(ask(ok, Request("GET", "/a?b=%2B%20%E9%80%80%7e&c=*%3d")))

    assert there.requests[0].startswith(b"GET /a?b=%2B%20%E9%80%80%7e&c=*%3d HTTP/1.1\r\n")


def test_it_adds_no_header_that_a_signature_could_stumble_over(run: Any) -> None:
    _, there = run(ask(ok, Request("POST", "/")))

    names = {line.split(b":")[0].lower() for line in there.requests[0].split(b"\r\n")[1:] if line}
    assert names == {b"host", b"user-agent", b"accept", b"content-length"}


def test_a_host_header_of_ours_takes_the_place_of_the_usual_one(run: Any) -> None:
    _, there = run(ask(ok, Request("GET", "/", {"host": "signed.example"})))

    hosts = [line for line in there.requests[0].split(b"\r\n") if line.lower().startswith(b"host:")]
    assert [host.split(b" ")[1] for host in hosts] == [b"signed.example"]


def test_a_connection_is_kept_for_the_next_call(run: Any) -> None:
    async def two_calls() -> Server:
        async with server(ok) as there, World(private_networks=LOOPBACK) as world:
            await world(Request("GET", there.url), timeout=5)
            await world(Request("GET", there.url), timeout=5)
        return there

    there = run(two_calls())
    assert (len(there.requests), there.connections) == (2, 1)


def test_a_get_whose_kept_connection_drops_is_not_sent_again(run: Any) -> None:
    async def second_call_dropped() -> Server:
        async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
            await (hang_up if b"second" in request else ok)(request, writer)

        async with server(answer) as there, World(private_networks=LOOPBACK) as world:
            await world(Request("GET", there.url + "/first"), timeout=5)
            with pytest.raises(NoAnswer):
                await world(Request("GET", there.url + "/second"), timeout=5)
            await asyncio.sleep(0.05)
        return there

    there = run(second_call_dropped())
    assert there.connections == 1
    assert [b"second" in request for request in there.requests] == [False, True]


@pytest.mark.parametrize(
    "loop_of", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"]
)
def test_connections_that_were_closed_while_the_loop_rested_are_not_used(loop_of: Any) -> None:
    """A worker's loop rests between its batches; a call on a dead connection would end as unknown."""
    answers = [threading.Event(), threading.Event()]

    def serve_each_connection_once(listener: socket.socket) -> None:
        for answered in answers:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                time.sleep(0.05)  # the client has read the answer, and keeps the connection
            answered.set()

    with socket.create_server(("127.0.0.1", 0)) as listener, asyncio.Runner(loop_factory=loop_of) as runner:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server = threading.Thread(target=serve_each_connection_once, args=(listener,), daemon=True)
        server.start()
        world = runner.run(World(private_networks=LOOPBACK).__aenter__())
        first = runner.run(world(Request("GET", url), timeout=5))
        assert answers[0].wait(5)
        time.sleep(0.02)
        second = runner.run(world(Request("GET", url), timeout=5))
        runner.run(world.__aexit__(None, None, None))
        server.join(5)

    assert first == second == Response(200, b"ok")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_dropped_without_an_answer_is_unknown(run: Any, method: str) -> None:
    ending, there = run(ask(hang_up, Request(method, "/")))

    assert isinstance(ending, NoAnswer)
    assert len(there.requests) == 1


def test_a_time_out_after_sending_is_unknown(run: Any) -> None:
    async def never(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)

    ending, there = run(ask(never, Request("POST", "/"), timeout=0.2))

    assert isinstance(ending, NoAnswer)
    assert len(there.requests) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"this is not HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1) + b"x" * (MAX_BODY + 1),
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
        + gzip.compress(bytes(64 * MAX_BODY)),
    ],
    ids=["cut short", "not HTTP", "too long", "too long once unpacked"],
)
def test_an_answer_that_cannot_be_read_whole_is_unknown(run: Any, raw: bytes) -> None:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        writer.close()

    ending, there = run(ask(answer, Request("GET", "/")))

    assert isinstance(ending, NoAnswer)
    assert len(there.requests) == 1


def test_a_redirect_is_not_followed(run: Any) -> None:
    ending, there = run(
        ask(
            replying(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"),
            Request("GET", "/"),
        )
    )

    assert ending == Response(302, b"")
    assert len(there.requests) == 1


def test_cookies_are_not_kept(run: Any) -> None:
    async def two_calls() -> Server:
        cookie = replying(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
        async with server(cookie) as there, World(private_networks=LOOPBACK) as world:
            await world(Request("GET", there.url), timeout=5)
            await world(Request("GET", there.url), timeout=5)
        return there

    assert not any(b"cookie:" in request.lower() for request in run(two_calls()).requests)


def test_a_proxy_named_in_the_environment_is_not_used(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    ending, _ = run(ask(ok, Request("GET", "/")))

    assert ending == Response(200, b"ok")


async def not_sent(url: str, *, private_networks: list[str], timeout: float = 5) -> NotSent:
    async with World(private_networks=private_networks) as world:
        with pytest.raises(NotSent) as raised:
            await world(Request("GET", url), timeout=timeout)
    return raised.value


def test_a_refused_connection_is_not_sent_and_may_pass(run: Any) -> None:
    error = run(not_sent(f"http://127.0.0.1:{free_port()}/", private_networks=LOOPBACK))

    assert error.error is ErrorClass.TRANSIENT


def test_an_unknown_name_is_not_sent(run: Any) -> None:
    error = run(not_sent("http://nowhere.invalid/", private_networks=[]))

    assert error.error is ErrorClass.TRANSIENT


async def tls_to(talk: Talk, *, timeout: float = 5) -> NotSent:
    async with listening(talk) as port:
        return await not_sent(f"https://127.0.0.1:{port}/", private_networks=LOOPBACK, timeout=timeout)


def test_a_failed_tls_handshake_is_not_sent_and_is_for_a_person(run: Any) -> None:
    async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    assert run(tls_to(speak_plainly)).error is ErrorClass.CONFIG


def test_a_time_out_before_the_handshake_is_over_is_not_sent(run: Any) -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    assert run(tls_to(listen, timeout=0.2)).error is ErrorClass.TRANSIENT


def test_a_host_that_hangs_leaves_connections_to_the_others(run: Any) -> None:
    async def never(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async def scenario() -> Response:
        async with (
            server(never) as mute,
            server(ok) as sound,
            World(private_networks=LOOPBACK, limit=3, per_host=2) as world,
        ):
            stuck = [asyncio.ensure_future(world(Request("GET", mute.url), timeout=30)) for _ in range(5)]
            await asyncio.sleep(0.1)
            try:
                return await world(Request("GET", sound.url), timeout=2)
            finally:
                for call in stuck:
                    call.cancel()
                await asyncio.gather(*stuck, return_exceptions=True)

    assert run(scenario()).status == 200


def test_a_call_that_never_got_a_connection_is_not_sent(run: Any) -> None:
    async def one_connection_for_two() -> tuple[Any, Server]:
        async def slow(request: bytes, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(1)
            await ok(request, writer)

        async with server(slow) as there, World(private_networks=LOOPBACK, limit=1) as world:
            first = asyncio.create_task(world(Request("GET", there.url), timeout=5))
            await asyncio.sleep(0.05)
            endings = await asyncio.gather(
                world(Request("GET", there.url), timeout=0.2), first, return_exceptions=True
            )
        return endings, there

    (second, first), there = run(one_connection_for_two())
    assert isinstance(second, NotSent)
    assert first == Response(200, b"ok")
    assert len(there.requests) == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0", "[64:ff9b::7f00:1]"]
)
def test_a_private_address_is_refused_under_any_name(run: Any, host: str) -> None:
    error = run(not_sent(f"http://{host}:{free_port()}/", private_networks=[]))

    assert error.error is ErrorClass.CONFIG
    assert "not on the public Internet" in str(error)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1"])
def test_an_address_in_an_odd_spelling_is_refused(run: Any, host: str) -> None:
    async def attempt() -> tuple[NotSent, Server]:
        async with server(ok) as there:
            return await not_sent(there.url.replace("127.0.0.1", host), private_networks=[]), there

    error, there = run(attempt())
    assert isinstance(error, NotSent)
    assert there.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/path",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://",
        "http://example.com:99999/",
        "http://exa mple.com/",
        "http://example.com/a b",
        "http://example.com/\r\nX-Evil: 1",
        "http://例子.com/",
    ],
)
def test_what_is_not_a_plain_url_is_refused(run: Any, url: str) -> None:
    assert run(not_sent(url, private_networks=LOOPBACK)).error is ErrorClass.CONFIG


def test_a_line_break_in_a_header_is_refused(run: Any) -> None:
    ending, there = run(ask(ok, Request("GET", "/", {"X-Key": "a\r\nX-Evil: 1"})))

    assert isinstance(ending, NotSent)
    assert there.connections == 0


@pytest.mark.parametrize("answer", [hang_up, replying(b"nonsense\r\n\r\n")])
def test_no_error_quotes_the_url(run: Any, answer: Answer) -> None:
    ending, _ = run(ask(answer, Request("GET", "/?password=hunter2")))

    assert "hunter2" not in str(ending)
    assert ending.__suppress_context__
    assert ending.__cause__ is None


def test_a_request_shows_nothing_but_its_method() -> None:
    request = Request("POST", "http://a/?password=hunter2", {"Authorization": "hunter2"}, b"hunter2")

    assert repr(request) == "Request(method='POST')"


PUBLIC = ["8.8.8.8", "106.11.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"]
REFUSED = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "192.0.0.8", "192.88.99.1", "192.168.0.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "fc00::1", "fd00::1",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "", "localhost", "127.1", "0177.0.0.1", "2130706433", "0x7f000001", "1.2.3.4 ", "[::1]", "1.2.3.4/32",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_reached(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize("address", REFUSED)
def test_any_other_address_may_not(address: str) -> None:
    assert not is_allowed(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "::1", "192.168.7.7"])
def test_a_private_address_may_be_reached_when_it_is_named(address: str) -> None:
    assert is_allowed(address, parse_networks(["10.0.0.0/8", "::1", "192.168.7.7"]))


def test_naming_an_ipv4_network_opens_no_tunnel_into_it() -> None:
    assert not is_allowed("64:ff9b::a00:1", parse_networks(["10.0.0.0/8"]))
    assert not is_allowed("2002:a00:1::", parse_networks(["10.0.0.0/8"]))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_when_written_as_ipv6(address: Any) -> None:
    assert is_allowed(f"::ffff:{address}") == is_allowed(str(address))


@given(st.ip_addresses(v=4))
def test_no_ipv6_range_that_embeds_ipv4_is_let_through(address: Any) -> None:
    high, low = int(address) >> 16, int(address) & 0xFFFF
    for spelling in (f"64:ff9b::{high:x}:{low:x}", f"2002:{high:x}:{low:x}::1", f"::{high:x}:{low:x}"):
        assert not is_allowed(spelling)


@given(st.text(max_size=40))
def test_no_text_makes_it_stumble(text: str) -> None:
    assert is_allowed(text) in (True, False)
