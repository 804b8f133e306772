"""What an SMS gateway is: two pure functions around one HTTP exchange, and what it sends back.

A vendor is one module beside this one: `build` makes the request, `parse` reads the answer,
`parse_push` reads what the vendor sends to us. None of them touches the network, the database or
the clock, so captured answers test them whole. The transport is injected by the delivery room.

References: every text has its own. Where a vendor takes many texts in one request he takes one
reference for all of them, so texts that travel together also share a `batch_reference`, which must be
saved with each attempt before it leaves. A receipt's `reference` is either of the two, and its
`address`, when there is one, tells the texts of a batch apart: no batch holds a phone twice.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Protocol
from urllib.parse import quote, quote_plus

from notifications.gateways.terms import Balance, Credential, Limit, Settling
from notifications.outbound import NoAnswer, NotSent, Request, Response
from notifications.outcomes import ReceiptFacts, Result, refused, unknown

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# What is kept of a name that came from outside, of a vendor's id, and of words.
MAX_NAME = 64
MAX_ID = 100
MAX_WORDS = 1000


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
    `batch_reference` is empty for a text that travels alone; `Gateway.batches` sets it.
    """

    reference: str
    phone: str
    body: str = field(repr=False)
    signature: str = ""
    template_code: str = ""
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    receipt_url: str = ""
    batch_reference: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    """A request that a vendor made to us: receipts, replies.

    `url` is the whole address as the vendor was told it; header names are lower case.
    """

    method: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes
    content_type: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt whose outcome we want to ask about.

    `body` is the whole text as it left. `taken` are the vendor's ids of other attempts to this phone:
    a vendor without our reference may list those too.
    """

    reference: str
    phone: str
    provider_id: str
    started_at: datetime
    batch_reference: str = ""
    body: str = field(default="", repr=False)
    taken: frozenset[str] = frozenset()


class BadPush(Exception):
    """A vendor's push that cannot be read; it is answered with 400 and changes nothing."""


class ForgedPush(BadPush):
    """A push whose signature is not the vendor's; it is answered with 403 and changes nothing."""


class Unanswered(Exception):
    """The vendor could not say what became of an attempt; ask again later."""


def tidy(words: str, limit: int) -> str:
    """Return words from outside as every database takes them: cut off, without NUL and half characters."""
    return words.replace("\0", "")[:limit].encode("utf-8", "replace").decode()


@lru_cache(maxsize=1024)
def _spellings(secret: str) -> tuple[str, ...]:
    """Return a secret in all the ways in which a vendor may repeat it."""
    return secret, quote(secret, safe=""), quote_plus(secret)


def name_of(told: str | Sequence[str]) -> str:
    """Return a short name for a fact: the vendor's own, or one made of what was told."""
    if isinstance(told, str) and tidy(told, MAX_NAME) == told:
        return told
    whole = told if isinstance(told, str) else "\n".join(told)
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


class Exchange(Protocol):
    """The door to the world: sends one request, or raises `NotSent` or `NoAnswer` (outbound.py)."""

    async def __call__(self, request: Request, /, *, timeout: float) -> Response: ...


def result_of(error: NotSent | NoAnswer) -> Result:
    """Return what a request that got no answer means for each text in it."""
    return refused(error.error, text=str(error)) if isinstance(error, NotSent) else unknown(str(error))


class Gateway(ABC):
    """An SMS vendor."""

    kind: ClassVar[str]
    label: ClassVar[StrOrPromise]
    credentials: ClassVar[tuple[Credential, ...]] = ()
    default_endpoint: ClassVar[str] = ""
    # How many texts one request may carry. Texts of a batch share account and template.
    batch_size: ClassVar[int] = 1
    # Seconds to wait for an answer before the outcome is unknown.
    timeout: ClassVar[float] = 15.0
    # The vendor sends by its own template: a text without `template_code` cannot leave.
    needs_template: ClassVar[bool] = False
    # The vendor can send by its own template; one that needs templates can.
    takes_template: ClassVar[bool] = False
    # The vendor puts 【signature】 in front itself; otherwise we do.
    adds_signature: ClassVar[bool] = False
    # The vendor can be asked what became of an attempt.
    can_ask: ClassVar[bool] = False
    # The vendor says what became of a text: a receipt that stays away is a sign of trouble.
    reports: ClassVar[bool] = True
    # The vendor signs what he pushes; otherwise the secret address and the list of senders must do.
    signs_pushes: ClassVar[bool] = False
    # The vendor can be asked what is left of the money.
    tells_balance: ClassVar[bool] = False
    settling: ClassVar[Settling] = Settling()
    limits: ClassVar[tuple[Limit, ...]] = ()

    def spell_variable(self, name: str, number: int) -> str:
        """Return a variable as the vendor's templates write it; `number` counts from 1 through the text."""
        raise NotImplementedError(f"{self.kind} has no templates")

    def batches(self, texts: Sequence[Text]) -> list[list[Text]]:
        """Split texts into what one request may carry, each batch of several under one reference."""
        return [[text] for text in texts]

    async def send(
        self, texts: Sequence[Text], account: Account, exchange: Exchange, *, now: datetime
    ) -> list[Result]:
        """Send one batch, as `batches` made it, and return one result per text, in order.

        Raises whatever `exchange` raises; `result_of` turns that into the result of every text.
        """
        response = await exchange(self.build(texts, account, now=now), timeout=self.timeout)
        return [self.fit_to_keep(result, account) for result in self.parse(texts, response)]

    async def ask(self, sent: Sent, account: Account, exchange: Exchange, *, now: datetime) -> Result | None:
        """Ask what became of `sent`: a result, or None when the vendor has no such message.

        Raises `Unanswered`, and whatever `exchange` raises: then nobody knows yet.
        """
        response = await exchange(self.build_ask(sent, account, now=now), timeout=self.timeout)
        result = self.parse_ask(sent, response)
        return result and self.fit_to_keep(result, account)

    def fit_to_keep(self, result: Result, account: Account) -> Result:
        """Return the result with every credential that the vendor repeated to us crossed out, and tidy."""
        text, code = tidy(self.cross_out(result.text, account), MAX_WORDS // 2), tidy(result.code, MAX_NAME)
        provider_id = tidy(result.provider_id, MAX_ID)
        if (text, code, provider_id) == (result.text, result.code, result.provider_id):
            return result
        return replace(result, text=text, code=code, provider_id=provider_id)

    def cross_out(self, words: str, account: Account) -> str:
        """Return words without the account's secrets, however they are spelled."""
        for credential in self.credentials:
            secret = account.credentials.get(credential.name, "")
            if credential.is_secret and secret:
                for spelling in _spellings(secret):
                    words = words.replace(spelling, "***")
        return words

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

    def build_balance(self, account: Account, *, now: datetime, nonce: str = "") -> Request:
        """Return the request that asks what is left (only when `tells_balance`)."""
        raise NotImplementedError(f"{self.kind} tells no balance")

    def parse_balance(self, response: Response) -> Balance:
        """Read what is left. Raises `Unanswered` when the answer does not say."""
        raise NotImplementedError(f"{self.kind} tells no balance")

    def for_account(self, account: Account) -> Gateway:
        """Return the gateway that reads and answers pushes to this account, where accounts differ in that."""
        return self

    def check_push(self, push: Push, account: Account) -> None:  # noqa: B027  # most vendors sign nothing
        """Raise `ForgedPush` unless the vendor himself made this push (only when `signs_pushes`)."""

    def parse_push(self, push: Push) -> list[ReceiptFacts]:
        """Read a vendor's push. Raises `BadPush` when it is not the vendor's shape."""
        raise BadPush(f"{self.kind} sends no receipts")

    def answer_push(self) -> tuple[int, str, bytes]:
        """What the vendor wants to hear: status, content type, body."""
        return 200, "text/plain", b"ok"
