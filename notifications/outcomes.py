"""What can come of trying to send: the one vocabulary every vendor's words are mapped to.

Pure: no Django, no models. Gateways and channels return `Result`; the delivery room turns it
into a message's next state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a single attempt ended, as far as we know."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ErrorClass(StrEnum):
    """Why a vendor refused. `RETRYABLE` stands beside it."""

    RECIPIENT = "recipient"  # this address will never work
    OPTED_OUT = "opted_out"  # the vendor or carrier holds a refusal by this person
    CONTENT = "content"  # text, template, signature or variables
    RATE_RECIPIENT = "rate_recipient"  # too many to this person
    RATE_ACCOUNT = "rate_account"  # too many on this account
    BALANCE = "balance"  # no money or no quota left
    CREDENTIALS = "credentials"  # key, signature, IP allow-list, permission
    CONFIG = "config"  # our request is wrong: unknown app, bad endpoint, no route
    NO_ROUTE = "no_route"  # this account does not reach this country or network; another may
    TRANSIENT = "transient"  # certainly not taken; may work later


RETRYABLE = frozenset(
    {
        ErrorClass.RATE_RECIPIENT,
        ErrorClass.RATE_ACCOUNT,
        ErrorClass.TRANSIENT,
        ErrorClass.BALANCE,
        ErrorClass.CREDENTIALS,
        ErrorClass.CONFIG,
    }
)
# These concern the gateway account, not the message: another gateway may well take it.
ACCOUNT_WIDE = frozenset(
    {ErrorClass.RATE_ACCOUNT, ErrorClass.BALANCE, ErrorClass.CREDENTIALS, ErrorClass.CONFIG}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the sandbox shows instead of a phone or a mailbox."""

    channel: str
    address: str
    sender: str
    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one attempt for one message.

    `code` and `text` are the vendor's own words (never secrets); `provider_id` is the vendor's
    name for the message; `retry_after` is in seconds when the vendor says how long to wait; of a drill
    `exchanges` is what went over the wire (gateways.recording).
    """

    outcome: Outcome
    provider_id: str = ""
    error: ErrorClass | None = None
    code: str = ""
    text: str = ""
    retry_after: int | None = None
    shown: Shown | None = None
    exchanges: Sequence[Mapping[str, Any]] = ()


def accepted(provider_id: str = "", *, code: str = "", text: str = "") -> Result:
    return Result(Outcome.ACCEPTED, provider_id=provider_id, code=code, text=text)


def refused(error: ErrorClass, *, code: str = "", text: str = "", retry_after: int | None = None) -> Result:
    return Result(Outcome.REFUSED, error=error, code=code, text=text[:500], retry_after=retry_after)


def unknown(text: str, *, code: str = "") -> Result:
    return Result(Outcome.UNKNOWN, code=code, text=text[:500])


class ReceiptKind(StrEnum):
    """What comes back from the world about a message."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    PROGRESS = "progress"  # taken by the carrier, queued, buffered: no new state
    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """One receipt or reply, in our words.

    Matched to an attempt by `reference` (ours) or `provider_id` (theirs, with `address` where one
    id covers many numbers). `dedupe` names the fact: the same fact told twice has the same name.
    """

    kind: ReceiptKind
    dedupe: str
    reference: str = ""
    provider_id: str = ""
    address: str = ""
    code: str = ""
    text: str = ""
    error: ErrorClass | None = None
