"""How far a mail got decides what is said of it; on both event loops, against a real server."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import uvloop
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.sinks import BYE, SILENCE, Script, Sink, Talk
from notifications.channels.mime import Mail
from notifications.channels.smtp import Smtp
from notifications.channels.smtp_wire import Security, Server
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.channels.given import a_mail

Run = Callable[[Any], Any]
IN_TURN = (b"8BITMIME",)


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a coroutine on each kind of event loop."""

    def run(coroutine: Any) -> Any:
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(coroutine)

    return run


@pytest.fixture(params=[(b"PIPELINING",), IN_TURN], ids=["pipelining", "in turn"])
def extensions(request: pytest.FixtureRequest) -> tuple[bytes, ...]:
    """What the server offers: what is said of a mail must not depend on it."""
    offered: tuple[bytes, ...] = request.param
    return offered


@asynccontextmanager
async def between(
    *,
    security: Security = Security.NONE,
    user: str = "",
    password: str = "",
    patience: float = 5,
    **options: Any,
) -> AsyncIterator[tuple[Sink, Smtp]]:
    """Open a server and a way to it; both are closed in the end."""
    sink = Sink(keeps=True, **options)
    await sink.open(implicit_tls=security is Security.TLS)
    way = Smtp(
        Server("127.0.0.1", sink.port, security, user, password),
        connections=2,
        answer_seconds=patience,
        batch_seconds=patience * 2,
    )
    try:
        yield sink, way
    finally:
        await way.close()
        await sink.close()


async def sent(mails: Sequence[Mail], **options: Any) -> tuple[list[Result], Sink]:
    async with between(**options) as (sink, way):
        return await way.send(mails), sink


def saying(line: bytes, answer: bytes, *, times: int = 99) -> Script:
    """Return a script that answers lines beginning so with `answer`, the first few times."""
    left = [times]

    def script(talk: Talk, said: bytes) -> bytes | None:
        if said.startswith(line) and left[0]:
            left[0] -= 1
            return answer
        return None

    return script


def outcomes(results: Sequence[Result]) -> list[tuple[str, str | None]]:
    return [(result.outcome, result.error) for result in results]


ACCEPTED = (Outcome.ACCEPTED, None)
UNKNOWN = (Outcome.UNKNOWN, None)


def refused(error: ErrorClass) -> tuple[str, str]:
    return (Outcome.REFUSED, error)


def test_every_mail_arrives_whole_and_on_its_own(run: Run, extensions: tuple[bytes, ...]) -> None:
    mails = [a_mail(subject=f"订单 {n}", text=f".{n}\n.\n..\n", html=f"<p>{n}</p>") for n in range(30)]
    results, sink = run(sent(mails, extensions=extensions))
    assert outcomes(results) == [ACCEPTED] * 30
    assert [result.provider_id for result in results] == [mail.reference for mail in mails]
    assert len(sink.mails) == 30
    for mail, (sender, recipient, raw) in zip(mails, sink.mails, strict=True):
        assert (sender, recipient) == (mail.sender, mail.recipient)
        message: Any = message_from_bytes(raw, policy=policy.default)
        assert message["Subject"] == mail.subject
        assert message.get_body(("plain",)).get_content().split() == mail.text.split()


def test_a_server_that_is_not_ours_takes_mail(run: Run) -> None:
    taken: list[bytes] = []

    class Takes:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            taken.append(envelope.content)
            return "250 OK"

    async def go() -> list[Result]:
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(lambda: SMTP(Takes(), loop=loop), "127.0.0.1", 0)
        way = Smtp(Server("127.0.0.1", listener.sockets[0].getsockname()[1]))
        results = await way.send([a_mail(text=".\none"), a_mail(text="two")])
        await way.close()
        listener.close()
        await asyncio.sleep(0.05)
        return results

    assert outcomes(run(go())) == [ACCEPTED] * 2
    assert [b"one" in taken[0], b"two" in taken[1]] == [True, True]


def test_a_connection_is_kept(run: Run) -> None:
    async def go() -> int:
        async with between() as (sink, way):
            await way.send([a_mail()])
            await way.send([a_mail(), a_mail()])
            return sink.connections

    assert run(go()) == 1


def test_there_are_never_more_connections_than_allowed(run: Run) -> None:
    async def go() -> tuple[int, int]:
        async with between() as (sink, way):
            results = await asyncio.gather(*(way.send([a_mail(), a_mail()]) for _ in range(10)))
            return sink.connections, sum(len(batch) for batch in results)

    assert run(go()) == (2, 20)


def test_each_loop_has_its_own_connections() -> None:
    way_port: list[int] = []

    async def go(way: Smtp | None) -> Smtp:
        sink = Sink()
        await sink.open(way_port[0] if way_port else 0)
        way_port[:] = [sink.port]
        way = way or Smtp(Server("127.0.0.1", sink.port))
        assert outcomes(await way.send([a_mail()])) == [ACCEPTED]
        await way.close()
        await sink.close()
        return way

    way = asyncio.run(go(None))
    asyncio.run(go(way))


def test_envelopes_travel_behind_the_words_of_the_mail_before(run: Run) -> None:
    _results, sink = run(sent([a_mail(), a_mail()]))
    verbs = [command[:4] for command in sink.commands if command != b"QUIT"]
    assert verbs == [b"EHLO", b"MAIL", b"RCPT", b"DATA", b"MAIL", b"RCPT", b"DATA"]


@pytest.mark.parametrize(
    ("line", "answer", "error"),
    [
        (b"MAIL", b"451 4.3.0 later\r\n", ErrorClass.TRANSIENT),
        (b"MAIL", b"553 5.7.1 not your address\r\n", ErrorClass.CONFIG),
        (b"MAIL", b"530 5.7.0 log in first\r\n", ErrorClass.CREDENTIALS),
        (b"RCPT", b"450 4.2.0 greylisted\r\n", ErrorClass.TRANSIENT),
        (b"RCPT", b"550 5.1.1 no such user\r\n", ErrorClass.RECIPIENT),
        (b"RCPT", b"550 no such user\r\n", ErrorClass.RECIPIENT),
        (b"RCPT", b"554 5.7.1 relaying denied\r\n", ErrorClass.CONFIG),
        (b"RCPT", b"552 5.2.2 mailbox full\r\n", ErrorClass.TRANSIENT),
        (b"DATA", b"451 4.3.0 later\r\n", ErrorClass.TRANSIENT),
        (b".", b"452 4.3.1 disk full\r\n", ErrorClass.TRANSIENT),
        (b".", b"554 5.6.0 looks like spam\r\n", ErrorClass.CONTENT),
        (b".", b"550 5.1.1 no such user after all\r\n", ErrorClass.RECIPIENT),
    ],
)
def test_a_refusal_is_classed_and_the_next_mail_is_taken(
    run: Run, extensions: tuple[bytes, ...], line: bytes, answer: bytes, error: ErrorClass
) -> None:
    script = saying(line, answer, times=1)
    results, sink = run(sent([a_mail(), a_mail(), a_mail()], script=script, extensions=extensions))
    assert outcomes(results) == [refused(error), ACCEPTED, ACCEPTED]
    assert results[0].code == answer[:3].decode()
    assert len(sink.mails) == 2
    assert sink.connections == 1


def test_a_refusal_in_the_middle_leaves_its_neighbours_alone(run: Run, extensions: tuple[bytes, ...]) -> None:
    mails = [a_mail(), a_mail(recipient="nobody@mail.example"), a_mail()]
    script = saying(b"RCPT TO:<nobody", b"550 5.1.1 no\r\n")
    results, sink = run(sent(mails, script=script, extensions=extensions))
    assert outcomes(results) == [ACCEPTED, refused(ErrorClass.RECIPIENT), ACCEPTED]
    assert [recipient for _sender, recipient, _raw in sink.mails] == [mails[0].recipient, mails[2].recipient]


def test_nobody_gets_anything_when_the_server_asks_for_the_words_all_the_same(run: Run) -> None:
    def script(talk: Talk, line: bytes) -> bytes | None:
        if line.startswith(b"RCPT TO:<nobody"):
            return b"550 5.1.1 no\r\n"
        if line == b"DATA":
            return b"354 go on\r\n"
        return b"554 5.5.1 no recipients\r\n" if line == b"." and not talk.recipients else None

    mails = [a_mail(recipient="nobody@mail.example"), a_mail()]
    results, sink = run(sent(mails, script=script))
    assert outcomes(results) == [refused(ErrorClass.RECIPIENT), ACCEPTED]
    assert len(sink.mails) == 1


def test_what_the_server_says_is_kept_without_the_address(run: Run) -> None:
    mail = a_mail(recipient="li.na@mail.example")
    script = saying(b"RCPT", b"550-5.1.1 <li.na@mail.example>:\r\n550 5.1.1 unknown\x07\r\n")
    (result,), _sink = run(sent([mail], script=script))
    assert result.text == "5.1.1 <…>: 5.1.1 unknown"


@pytest.mark.parametrize("line", [b"MAIL", b"RCPT", b"DATA"])
def test_a_connection_lost_before_the_words_left_refuses_only_for_now(
    run: Run, extensions: tuple[bytes, ...], line: bytes
) -> None:
    results, sink = run(sent([a_mail()], script=saying(line, BYE), extensions=extensions))
    assert outcomes(results) == [refused(ErrorClass.TRANSIENT)]
    assert not sink.mails


@pytest.mark.parametrize("line", [b"RCPT", b"DATA"])
def test_after_a_loss_the_rest_leaves_by_another_connection(
    run: Run, extensions: tuple[bytes, ...], line: bytes
) -> None:
    script = saying(line, BYE, times=1)
    results, sink = run(sent([a_mail(), a_mail(), a_mail()], script=script, extensions=extensions))
    assert outcomes(results) == [refused(ErrorClass.TRANSIENT), ACCEPTED, ACCEPTED]
    assert sink.connections == 2


def test_a_connection_lost_after_the_words_left_is_unknown_and_nothing_is_sent_again(
    run: Run, extensions: tuple[bytes, ...]
) -> None:
    mails = [a_mail(), a_mail(), a_mail()]
    results, sink = run(sent(mails, script=saying(b".", BYE, times=1), extensions=extensions))
    assert outcomes(results) == [UNKNOWN, ACCEPTED, ACCEPTED]
    assert sink.commands.count(b"RCPT TO:<%b>" % mails[0].recipient.encode()) == 1


def test_silence_after_the_words_left_is_unknown(run: Run, extensions: tuple[bytes, ...]) -> None:
    script = saying(b".", SILENCE)
    results, _sink = run(sent([a_mail()], script=script, extensions=extensions, patience=0.1))
    assert outcomes(results) == [UNKNOWN]


@pytest.mark.parametrize("line", [b"CONNECT", b"EHLO", b"MAIL", b"RCPT", b"DATA"])
def test_silence_before_that_refuses_for_now(run: Run, extensions: tuple[bytes, ...], line: bytes) -> None:
    script = saying(line, SILENCE)
    results, _sink = run(sent([a_mail()], script=script, extensions=extensions, patience=0.1))
    assert outcomes(results) == [refused(ErrorClass.TRANSIENT)]


def test_a_slow_server_ends_a_batch_in_time(run: Run) -> None:
    script = saying(b".", SILENCE)
    results, _sink = run(sent([a_mail(), a_mail(), a_mail()], script=script, patience=0.1))
    assert outcomes(results) == [UNKNOWN, refused(ErrorClass.TRANSIENT), refused(ErrorClass.TRANSIENT)]


def test_waiting_for_a_connection_ends_in_time(run: Run) -> None:
    async def go() -> list[list[Result]]:
        async with between(script=saying(b".", SILENCE), patience=0.1) as (_sink, way):
            return await asyncio.gather(*(way.send([a_mail()]) for _ in range(3)))

    began = time.monotonic()
    ended = [outcomes(batch) for batch in run(go())]
    assert time.monotonic() - began < 5
    assert ended[:2] == [[UNKNOWN], [UNKNOWN]]
    # A connection may come free in the very moment in which the wait ends.
    assert ended[2] in ([refused(ErrorClass.TRANSIENT)], [UNKNOWN])


def test_a_kept_connection_that_died_is_replaced(run: Run) -> None:
    async def go() -> tuple[list[Result], int]:
        async with between() as (sink, way):
            await way.send([a_mail()])
            for talk in list(sink.talks):
                talk.transport.abort()
            return await way.send([a_mail(), a_mail()]), sink.connections

    results, connections = run(go())
    assert outcomes(results) == [ACCEPTED] * 2
    assert connections == 2


def test_a_kept_connection_that_says_goodbye_is_replaced(run: Run, extensions: tuple[bytes, ...]) -> None:
    async def go() -> tuple[list[Result], Sink]:
        async with between(extensions=extensions) as (sink, way):
            await way.send([a_mail()])
            sink.script = saying(b"MAIL", b"421 4.4.2 you were quiet for too long\r\n", times=1)
            return await way.send([a_mail(), a_mail()]), sink

    results, sink = run(go())
    assert outcomes(results) == [ACCEPTED] * 2
    assert sink.connections == 2
    assert len(sink.mails) == 3


def test_a_server_that_takes_only_so_many_a_connection_gets_more_connections(
    run: Run, extensions: tuple[bytes, ...]
) -> None:
    taken: dict[Talk, int] = {}

    def script(talk: Talk, line: bytes) -> bytes | None:
        if line == b".":
            taken[talk] = taken.get(talk, 0) + 1
        return b"421 4.7.0 enough\r\n" if line.startswith(b"MAIL") and taken.get(talk, 0) >= 3 else None

    results, sink = run(sent([a_mail() for _ in range(10)], script=script, extensions=extensions))
    assert outcomes(results) == [ACCEPTED] * 10
    assert len(sink.mails) == 10
    assert sink.connections == 4


def test_a_server_that_is_not_there_refuses_all_for_now(run: Run) -> None:
    async def go() -> list[Result]:
        sink = Sink()
        await sink.open()
        await sink.close()
        return await Smtp(Server("127.0.0.1", sink.port)).send([a_mail(), a_mail()])

    assert outcomes(run(go())) == [refused(ErrorClass.TRANSIENT)] * 2


def test_a_server_that_does_not_speak_smtp_refuses_all_for_now(run: Run) -> None:
    results, _sink = run(sent([a_mail()], script=saying(b"CONNECT", b"HTTP/1.1 400 Bad Request\r\n\r\n")))
    assert outcomes(results) == [refused(ErrorClass.TRANSIENT)]


def test_an_endless_answer_is_cut_off(run: Run) -> None:
    results, _sink = run(sent([a_mail()], script=saying(b"EHLO", b"250-x\r\n" * 20_000)))
    assert outcomes(results) == [refused(ErrorClass.TRANSIENT)]


@pytest.mark.parametrize(
    ("answer", "error"),
    [(b"554 5.7.1 we do not know you\r\n", ErrorClass.CONFIG), (b"421 busy\r\n", ErrorClass.TRANSIENT)],
)
def test_a_server_that_wants_none_of_us_says_why(run: Run, answer: bytes, error: ErrorClass) -> None:
    results, _sink = run(sent([a_mail()], script=saying(b"CONNECT", answer)))
    assert outcomes(results) == [refused(error)]
    assert results[0].code == answer[:3].decode()


def test_it_logs_in_by_plain(run: Run) -> None:
    script = saying(b"AUTH", b"235 2.7.0 welcome\r\n")
    offers = (b"PIPELINING", b"AUTH LOGIN PLAIN")
    results, sink = run(sent([a_mail()], script=script, extensions=offers, user="李", password="p:w d"))
    assert outcomes(results) == [ACCEPTED]
    (line,) = [command for command in sink.commands if command.startswith(b"AUTH")]
    assert b64decode(line.removeprefix(b"AUTH PLAIN ")).decode() == "\0李\0p:w d"


def test_it_logs_in_by_login_where_there_is_no_plain(run: Run) -> None:
    words = iter([b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n", b"235 welcome\r\n"])
    told: list[bytes] = []

    def script(talk: Talk, line: bytes) -> bytes | None:
        if line.startswith((b"CONNECT", b"EHLO")) or len(told) == 3:
            return None
        told.append(line)
        return next(words)

    results, _sink = run(sent([a_mail()], script=script, extensions=(b"AUTH=LOGIN",), user="u", password="p"))
    assert outcomes(results) == [ACCEPTED]
    assert told[0] == b"AUTH LOGIN"
    assert [b64decode(word) for word in told[1:]] == [b"u", b"p"]


@pytest.mark.parametrize(
    ("offers", "answer", "error"),
    [
        ((b"AUTH PLAIN",), b"535 5.7.8 wrong\r\n", ErrorClass.CREDENTIALS),
        ((b"AUTH PLAIN",), b"454 4.7.0 later\r\n", ErrorClass.TRANSIENT),
        ((b"AUTH LOGIN",), b"535 5.7.8 wrong\r\n", ErrorClass.CREDENTIALS),
        ((b"AUTH CRAM-MD5",), b"", ErrorClass.CONFIG),
        ((b"8BITMIME",), b"", ErrorClass.CONFIG),
    ],
)
def test_a_failed_log_in_refuses_every_mail(
    run: Run, offers: tuple[bytes, ...], answer: bytes, error: ErrorClass
) -> None:
    script = saying(b"AUTH", answer)
    results, sink = run(
        sent([a_mail(), a_mail()], script=script, extensions=offers, user="u", password="secret")
    )
    assert outcomes(results) == [refused(error)] * 2
    assert "secret" not in repr(results)
    assert not any(command.startswith(b"MAIL") for command in sink.commands)


def test_a_server_shows_no_password() -> None:
    assert "secret" not in repr(Server("mail.example", 587, Security.STARTTLS, "u", "secret"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for 127.0.0.1, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def tls_of(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


SECURE = pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
STARTTLS = (b"STARTTLS", b"PIPELINING")


@SECURE
def test_it_sends_over_tls(
    run: Run, certificate: Path, monkeypatch: pytest.MonkeyPatch, security: Security
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    options: dict[str, Any] = {"security": security, "tls": tls_of(certificate), "extensions": STARTTLS}
    results, sink = run(sent([a_mail(), a_mail()], **options))
    assert outcomes(results) == [ACCEPTED] * 2
    assert len(sink.mails) == 2


@SECURE
def test_it_trusts_no_stranger(run: Run, certificate: Path, security: Security) -> None:
    options: dict[str, Any] = {"security": security, "tls": tls_of(certificate), "extensions": STARTTLS}
    results, sink = run(sent([a_mail()], **options))
    assert outcomes(results) == [refused(ErrorClass.CONFIG)]
    assert not any(command.startswith(b"MAIL") for command in sink.commands)


def test_without_starttls_nothing_leaves_in_the_clear(run: Run) -> None:
    results, sink = run(sent([a_mail()], security=Security.STARTTLS, user="u", password="p"))
    assert outcomes(results) == [refused(ErrorClass.CONFIG)]
    assert [command[:4] for command in sink.commands if command != b"QUIT"] == [b"EHLO"]


def test_words_slipped_in_before_tls_are_not_believed(run: Run) -> None:
    script = saying(b"STARTTLS", b"220 go ahead\r\n250 AUTH PLAIN\r\n")
    results, _sink = run(
        sent([a_mail()], security=Security.STARTTLS, script=script, extensions=STARTTLS, patience=1)
    )
    assert outcomes(results) == [refused(ErrorClass.TRANSIENT)]


def test_a_cancelled_send_leaves_no_connection_behind(run: Run) -> None:
    async def go() -> tuple[list[Result], int]:
        async with between(script=saying(b".", SILENCE, times=1)) as (sink, way):
            sending = asyncio.ensure_future(way.send([a_mail()]))
            await asyncio.sleep(0.1)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            return await way.send([a_mail()]), sink.connections

    results, connections = run(go())
    assert outcomes(results) == [ACCEPTED]
    assert connections == 2
