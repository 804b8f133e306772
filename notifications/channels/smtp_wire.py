"""One connection to a mail server, opened as far as mail can be given to it (RFC 5321, 3207, 4954)."""

from __future__ import annotations

import asyncio
import re
import ssl
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import cast

from django.conf import settings

from notifications.outcomes import ErrorClass, Result, refused

MAX_REPLY = 64 * 1024
_CONTROLS = re.compile(r"[^\x20-\x7e\xa0-\U0010ffff]+")


class Security(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to log in; without a user nobody does."""

    host: str
    port: int
    security: Security = Security.NONE
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return _CONTROLS.sub(" ", " ".join(self.lines)).strip()


class Broken(Exception):
    """The connection is of no use any more: lost, silent for too long, or talking nonsense."""


class NotOpened(Exception):
    """No connection came about that mail can be given to; `result` says so for every mail."""

    def __init__(self, error: ErrorClass, text: str, *, code: str = "") -> None:
        super().__init__(text)
        self.result: Result = refused(error, code=code, text=text)


class Wire(asyncio.Protocol):
    """Collects replies as they come, so that several may be outstanding."""

    def __init__(self) -> None:
        self.features: Mapping[str, str] = {}
        self.is_lost = False
        self._transport: asyncio.Transport | None = None
        self._replies: deque[Reply] = deque()
        self._buffer = b""
        self._lines: list[str] = []
        self._length = 0
        self._waiting: asyncio.Future[None] | None = None

    @property
    def _open_transport(self) -> asyncio.Transport:
        if self._transport is None:
            raise Broken("the mail server closed the connection")
        return self._transport

    @property
    def is_quiet(self) -> bool:
        """Say whether the server is there and has said nothing unasked."""
        return not self.is_lost and not self._replies and not self._buffer

    @property
    def can_pipeline(self) -> bool:
        return "PIPELINING" in self.features

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._take(line)
        if len(self._buffer) + self._length > MAX_REPLY:
            self.abort()
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        self._wake()

    def _take(self, line: bytes) -> None:
        code, mark = line[:3], line[3:4].strip()
        if not code.isdigit() or not 200 <= int(code) < 600 or mark not in (b"", b"-"):
            self.abort()
            return
        self._length += len(line)
        self._lines.append(line[4:].decode("utf-8", "replace").strip())
        if mark != b"-":
            self._replies.append(Reply(int(code), tuple(self._lines)))
            self._lines, self._length = [], 0

    def _wake(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    def write(self, data: bytes) -> None:
        # What is written to a lost connection shows when the answer is waited for.
        if not self.is_lost:
            self._open_transport.write(data)

    async def reply(self, *, until: float) -> Reply:
        """Return the next reply. Raises `Broken` when none comes by `until` (the loop's clock)."""
        while not self._replies:
            if self.is_lost:
                raise Broken("the mail server closed the connection")
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout_at(until):
                    await self._waiting
            except TimeoutError:
                # Replies may have come in while the loop stood still, past the time.
                if not self._replies:
                    raise Broken("the mail server did not answer in time") from None
        return self._replies.popleft()

    async def ask(self, command: str, *, until: float) -> Reply:
        self.write(f"{command}\r\n".encode())
        return await self.reply(until=until)

    async def secure(self, server: Server) -> None:
        # What came in the clear behind the answer to STARTTLS is not the server's (CVE-2011-0411).
        if not self.is_quiet:
            raise Broken("the mail server spoke out of turn")
        transport = await asyncio.get_running_loop().start_tls(
            self._open_transport, self, ssl.create_default_context(), server_hostname=server.host
        )
        if transport is None:
            raise Broken("the mail server closed the connection")
        self._transport = transport

    def literal(self) -> str:
        """Return our own address as a server is told it."""
        own = ip_address(self._open_transport.get_extra_info("sockname")[0].partition("%")[0])
        return f"[IPv6:{own}]" if own.version == 6 else f"[{own}]"

    def abort(self) -> None:
        self.is_lost = True
        if self._transport is not None:
            self._transport.abort()

    def quit(self) -> None:
        """Take leave without waiting for an answer."""
        if self._transport is not None and not self.is_lost:
            self.write(b"QUIT\r\n")
            self._transport.close()
        self.is_lost = True


async def open_wire(server: Server, *, until: float) -> Wire:
    """Connect, secure and log in. Raises `NotOpened`; no mail has been mentioned then."""
    wire = Wire()
    context = ssl.create_default_context() if server.security is Security.TLS else None
    try:
        async with asyncio.timeout_at(until):
            await asyncio.get_running_loop().create_connection(
                lambda: wire, server.host, server.port, ssl=context
            )
            await _greet(wire, server, until=until)
    except BaseException as fault:
        wire.abort()
        if isinstance(fault, Broken):
            raise NotOpened(ErrorClass.TRANSIENT, str(fault)) from None
        if isinstance(fault, TimeoutError):
            raise NotOpened(ErrorClass.TRANSIENT, "the mail server did not answer in time") from None
        # A certificate, or a port that speaks no TLS, stays wrong until somebody puts it right.
        if isinstance(fault, ssl.SSLError):
            raise NotOpened(ErrorClass.CONFIG, f"TLS with the mail server failed: {fault.reason}") from None
        if isinstance(fault, OSError):
            text = f"no connection to the mail server: {fault.strerror or type(fault).__name__}"
            raise NotOpened(ErrorClass.TRANSIENT, text) from None
        raise
    return wire


async def _greet(wire: Wire, server: Server, *, until: float) -> None:
    _demand(await wire.reply(until=until))
    name = settings.HOST_NAME if "." in settings.HOST_NAME else wire.literal()
    wire.features = _features(_demand(await wire.ask(f"EHLO {name}", until=until)))
    if server.security is Security.STARTTLS:
        if "STARTTLS" not in wire.features:
            raise NotOpened(ErrorClass.CONFIG, "the mail server offers no STARTTLS")
        _demand(await wire.ask("STARTTLS", until=until))
        await wire.secure(server)
        wire.features = _features(_demand(await wire.ask(f"EHLO {name}", until=until)))
    if server.user:
        await _log_in(wire, server, until=until)


def _demand(reply: Reply, error: ErrorClass = ErrorClass.CONFIG) -> Reply:
    """Return a positive reply; of the others, one that begins with 4 may be better next time."""
    if 200 <= reply.code < 400 and reply.code != 221:
        return reply
    raise NotOpened(ErrorClass.TRANSIENT if reply.code < 500 else error, reply.text, code=str(reply.code))


def _features(reply: Reply) -> dict[str, str]:
    """Return the extensions that EHLO's answer lists; its first line is a greeting."""
    features: dict[str, str] = {}
    for line in reply.lines[1:]:
        name, _, values = line.upper().replace("AUTH=", "AUTH ").partition(" ")
        features[name] = f"{features.get(name, '')} {values}".strip()
    return features


async def _log_in(wire: Wire, server: Server, *, until: float) -> None:
    ways = wire.features.get("AUTH", "").split()
    user, password = server.user.encode(), server.password.encode()
    if "PLAIN" in ways:
        secret = b64encode(b"\0" + user + b"\0" + password).decode()
        _demand(await wire.ask(f"AUTH PLAIN {secret}", until=until), ErrorClass.CREDENTIALS)
    elif "LOGIN" in ways:
        _demand(await wire.ask("AUTH LOGIN", until=until), ErrorClass.CREDENTIALS)
        for word in (user, password):
            _demand(await wire.ask(b64encode(word).decode(), until=until), ErrorClass.CREDENTIALS)
    else:
        raise NotOpened(ErrorClass.CONFIG, "the mail server offers no AUTH PLAIN or LOGIN")
