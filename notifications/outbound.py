"""The one place that opens a connection to the world.

A call ends in exactly one of three ways: a `Response`; `NotSent`, when certainly no byte of the
request left; or `NoAnswer`, when some may have and what became of it is unknown. Nothing is ever
sent twice from here: no retry, no redirect.

The address is checked at the moment a socket is made for it, whatever name or spelling led there,
so no second look-up can lead elsewhere. Errors never carry the URL, which may hold a password.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic
from types import TracebackType
from typing import Any, Self

import aiohttp
from yarl import URL

from notifications.outcomes import ErrorClass

Network = IPv4Network | IPv6Network

MAX_BODY = 1024 * 1024
# A name that is slow to resolve or a host that does not answer the knock must not use up the whole time-out.
CONNECT_SECONDS = 10.0
# Less than what servers keep an idle connection for: one that they close as we write is an unknown outcome.
IDLE_SECONDS = 4.0
# A loop that has rested may not have noticed yet which kept connections were closed: it gets a turn to.
RESTING_SECONDS = 0.01

# Global unicast, without the ranges that carry an IPv4 address inside: those reach whatever they name.
_IPV6_WORLD = IPv6Network("2000::/3")
_IPV6_TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
_IPV4_SPECIAL = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, whole: `url` is absolute and already encoded.

    Only the method shows in its repr: the rest may carry credentials and people's data.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes


class NotSent(Exception):
    """Certainly no byte of the request left; `error` says what kind of trouble it was."""

    def __init__(self, text: str, *, error: ErrorClass = ErrorClass.TRANSIENT) -> None:
        super().__init__(text)
        self.error = error


class NoAnswer(Exception):
    """The request, or a piece of it, left and no whole answer came: the outcome is unknown."""


class RefusedAddress(OSError):
    """A connection was about to be made to an address outside the public Internet."""


def parse_networks(networks: Iterable[str]) -> list[Network]:
    """Return networks given as `10.0.0.0/8` or as a single address. Raises ValueError."""
    return [ip_network(network.strip(), strict=False) for network in networks]


def is_allowed(address: str, networks: Iterable[Network] = ()) -> bool:
    """Say whether a connection to a literal address may be made.

    Public unicast addresses may be reached, and those in `networks`. An IPv4 address written as
    IPv6 counts as what it is. Anything that is not a plain address is refused.
    """
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    if any(parsed in network for network in networks):
        return True
    if isinstance(parsed, IPv6Address):
        if parsed not in _IPV6_WORLD or any(parsed in tunnel for tunnel in _IPV6_TUNNELS):
            return False
    elif any(parsed in special for special in _IPV4_SPECIAL):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


class World:
    """Send requests from one event loop: `async with World() as world: await world(request, timeout=15)`.

    Connections are kept and shared, at most `limit` at once and `per_host` to one host, so that one that
    hangs leaves some to the others; a call beyond that waits its turn. No call
    waits for its answer longer than `longest` seconds.
    """

    def __init__(
        self,
        *,
        private_networks: Iterable[str] = (),
        limit: int = 768,
        per_host: int = 256,
        longest: float = 60.0,
    ) -> None:
        self._networks = parse_networks(private_networks)
        self._longest = longest
        self._limit, self._per_host = limit, per_host
        self._session: aiohttp.ClientSession | None = None
        self._awake_at = 0.0

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=_Connector(
                limit=self._limit,
                limit_per_host=self._per_host,
                keepalive_timeout=IDLE_SECONDS,
                socket_factory=self._make_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "Orderbell"},
            skip_auto_headers=("Accept-Encoding", "Content-Type"),
            trust_env=False,
        )
        # aiohttp repeats a GET by itself when a kept connection drops: for us that is a second text message.
        self._session._retry_connection = False
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __call__(self, request: Request, /, *, timeout: float) -> Response:
        """Send one request and return the whole answer, of any status. Raises `NotSent` or `NoAnswer`."""
        if self._session is None:
            raise RuntimeError("World is closed: use it inside `async with`")
        url = _check(request)
        if monotonic() - self._awake_at > RESTING_SECONDS:
            await asyncio.sleep(0)
        progress = _Progress()
        token = _progress.set(progress)
        try:
            async with self._session.request(
                request.method,
                url,
                headers=request.headers,
                data=request.body or None,
                allow_redirects=False,
                timeout=_times(timeout),
            ) as response:
                return Response(response.status, await _read(response))
        # What aiohttp raises quotes the whole URL, hence `from None`.
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            where = f"{url.host}:{url.port}"
            if progress.has_begun:
                raise NoAnswer(f"{where}: {_name(error)}") from None
            raise NotSent(f"{where}: {_name(error)}", error=_class(error)) from None
        finally:
            _progress.reset(token)
            self._awake_at = monotonic()

    def _make_socket(self, info: tuple[Any, ...]) -> socket.socket:
        """Make the socket for an address that is about to be connected to, or raise `RefusedAddress`."""
        family, kind, protocol, _name, address = info
        if not is_allowed(address[0], self._networks):
            raise RefusedAddress("the address is not on the public Internet")
        return socket.socket(family=family, type=kind, proto=protocol)


@dataclass(slots=True)
class _Progress:
    has_begun: bool = False


_progress: ContextVar[_Progress] = ContextVar("progress of the call under way")


class _Connector(aiohttp.TCPConnector):
    async def connect(self, *args: Any, **kwargs: Any) -> Any:
        """Note the last moment at which nothing has been written: aiohttp writes as soon as this returns."""
        connection = await super().connect(*args, **kwargs)
        _progress.get().has_begun = True
        return connection


@lru_cache(maxsize=64)
def _times(timeout: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=timeout, sock_connect=min(timeout, CONNECT_SECONDS))


def _check(request: Request) -> URL:
    """Return the URL of a request that can be written down safely, else raise `NotSent`."""
    text = request.url
    try:
        url = URL(text, encoded=True)
        is_usable = url.scheme in ("http", "https") and bool(url.host) and url.port is not None
    except ValueError:
        is_usable = False
    # Encoded means taken as it is: a line break in it would begin a header of somebody else's choice.
    if not is_usable or not text.isascii() or not text.isprintable() or " " in text:
        raise NotSent("the address is not a plain http or https URL", error=ErrorClass.CONFIG)
    if not all(value.isprintable() for value in request.headers.values()):
        raise NotSent("a header holds a control character", error=ErrorClass.CONFIG)
    return url


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    while chunk := await response.content.readany():
        body += chunk
        if len(body) > MAX_BODY:
            response.close()
            raise aiohttp.ClientPayloadError("answer too long")
    return bytes(body)


def _name(error: Exception) -> str:
    """Say what went wrong in words that quote nothing of the request."""
    if isinstance(error, TimeoutError):
        return "time-out"
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, RefusedAddress):
        return str(error.os_error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def _class(error: Exception) -> ErrorClass:
    """Tell what a person must put right from what passes by itself."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, RefusedAddress):
        return ErrorClass.CONFIG
    if isinstance(error, aiohttp.ClientSSLError | ValueError):
        return ErrorClass.CONFIG
    return ErrorClass.TRANSIENT
