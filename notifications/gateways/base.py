"""What an SMS gateway is: two pure functions around one HTTP exchange, and what it sends back.

A vendor is one module beside this one: `build` makes the request, `parse` reads the answer,
`parse_push` reads what the vendor sends to us. None of them touches the network, the database or
the clock, so captured answers test them whole. The transport is injected by the delivery room.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from notifications.outcomes import ReceiptFacts, Result


@dataclass(frozen=True, slots=True)
class Account:
    """A merchant's contract with a vendor. `credentials` carry the vendor's own names."""

    kind: str
    endpoint: str
    credentials: Mapping[str, str] = field(repr=False)
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One text message to one phone (E.164), ready to leave.

    `body` is rendered and without the signature; `signature` is without brackets and may be
    empty. `template_code` and `params` are the vendor's template and its own placeholders where
    the vendor sends by template. `receipt_url` is where this vendor should report to.
    """

    reference: str
    phone: str
    body: str
    signature: str = ""
    template_code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    receipt_url: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, whole: `url` is absolute and already encoded."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Push:
    """A request that a vendor made to us: receipts, replies."""

    method: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt whose outcome we want to ask about."""

    reference: str
    phone: str
    provider_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Credential:
    """One field of a vendor's credentials: its own name, a label, whether it is a secret."""

    name: str
    label: str
    is_secret: bool = True
    is_required: bool = True


class BadPush(Exception):
    """A vendor's push that cannot be read; it is answered with 400 and changes nothing."""


class Exchange(Protocol):
    """The door to the world: sends one request, or raises `NotSent` / `NoAnswer` (outbound.py)."""

    async def __call__(self, request: Request, /, *, timeout: float) -> Response: ...


class Gateway(ABC):
    """An SMS vendor."""

    kind: ClassVar[str]
    label: ClassVar[str]
    credentials: ClassVar[tuple[Credential, ...]] = ()
    default_endpoint: ClassVar[str] = ""
    # How many texts one request may carry. Texts of a batch share account and template.
    batch_size: ClassVar[int] = 1
    # Seconds to wait for an answer before the outcome is unknown.
    timeout: ClassVar[float] = 15.0
    # The vendor sends by its own template: a text without `template_code` cannot leave.
    needs_template: ClassVar[bool] = False
    # The vendor puts 【signature】 in front itself; otherwise we do.
    adds_signature: ClassVar[bool] = False
    # The vendor can be asked what became of an attempt.
    can_ask: ClassVar[bool] = False

    async def send(self, texts: Sequence[Text], account: Account, exchange: Exchange, *, now: datetime) -> list[Result]:
        """Send a batch and return one result per text, in order.

        Raises whatever `exchange` raises; the delivery room turns that into results.
        """
        response = await exchange(self.build(texts, account, now=now), timeout=self.timeout)
        return self.parse(texts, response)

    @abstractmethod
    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        """Return the request that sends `texts`. An empty `nonce` means: make a fresh one."""

    @abstractmethod
    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        """Read the vendor's answer: one result per text, in order. Never raises."""

    def build_ask(self, sent: Sent, account: Account, *, now: datetime, nonce: str = "") -> Request:
        """Return the request that asks what became of `sent` (only when `can_ask`)."""
        raise NotImplementedError(f"{self.kind} cannot be asked")

    def parse_ask(self, sent: Sent, response: Response) -> Result | None:
        """Read the answer: a result when the vendor knows, None when it has no such message.

        Raises `Unanswered` when the answer says neither (an error, a limit): ask again later.
        """
        raise NotImplementedError(f"{self.kind} cannot be asked")

    def parse_push(self, push: Push) -> list[ReceiptFacts]:
        """Read a vendor's push. Raises `BadPush` when it is not the vendor's shape."""
        raise BadPush(f"{self.kind} sends no receipts")

    def answer_push(self) -> tuple[int, str, bytes]:
        """What the vendor wants to hear: status, content type, body."""
        return 200, "text/plain", b"ok"


class Unanswered(Exception):
    """The vendor could not say what became of an attempt; ask again later."""
