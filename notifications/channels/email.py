"""Mail: from the merchant's brand, by the one way that the operator set up for all (EMAIL_URL)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

from notifications import links
from notifications.channels.base import Channel, Parcel
from notifications.channels.mime import Mail, one_line, wire_address
from notifications.channels.provider import Provider
from notifications.channels.smtp import Smtp
from notifications.channels.smtp_wire import PORTS, Security, Server
from notifications.consent.addresses import BadAddress, normalise_address
from notifications.models import ChannelKind
from notifications.outbound import World
from notifications.outcomes import ErrorClass, Outcome, Result, Shown, refused
from notifications.planning import Target
from notifications.policy.gates import Route
from notifications.recipients import Person
from notifications.routing import Choice, Errand
from notifications.setup import Setup


class Way(Protocol):
    """A way for mail to leave; `batch_size` is how many it takes at once."""

    batch_size: int

    async def send(self, mails: Sequence[Mail]) -> list[Result]:
        """Send each mail by itself. Return one result per mail, in order; raise nothing."""

    async def close(self) -> None:
        """Close what is open on the running event loop."""


class Sandbox:
    """Takes every mail, sends none, shows it instead."""

    batch_size = 100

    async def send(self, mails: Sequence[Mail]) -> list[Result]:
        return [
            Result(Outcome.ACCEPTED, provider_id=f"sandbox-{mail.reference}", shown=_shown(mail))
            for mail in mails
        ]

    async def close(self) -> None:
        """Do nothing: nothing is open."""


def _shown(mail: Mail) -> Shown:
    return Shown(
        channel=str(ChannelKind.EMAIL),
        address=mail.recipient,
        sender=f"{mail.sender_name} <{mail.sender}>",
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
    )


@lru_cache(maxsize=20_000)
def _address(written: str) -> str:
    """Return an address as opt-outs keep it, or "" when no mail could go there."""
    try:
        address = normalise_address(ChannelKind.EMAIL, written)
    except BadAddress:
        return ""
    return address if wire_address(address) else ""


@lru_cache(maxsize=8)
def _smtp(server: Server) -> Way:
    return Smtp(server)


@lru_cache(maxsize=8)
def _provider(backend: str) -> Way:
    return Provider(backend)


# Threads do not live on in a child, and nothing that was made of them works there.
os.register_at_fork(after_in_child=_provider.cache_clear)

_SANDBOX = Sandbox()
_SMTP_SCHEMES = {"smtp", "smtps", "smtp+tls", "smtp+ssl"}


def way() -> Way:
    """Return the way that the settings name; the same settings give the same way, with its connections."""
    if settings.EMAIL_SCHEME == "sandbox":
        return _SANDBOX
    if settings.EMAIL_SCHEME in _SMTP_SCHEMES:
        return _smtp(_server())
    return _provider(settings.EMAIL_BACKEND)


def _server() -> Server:
    security = Security.NONE
    if settings.EMAIL_USE_SSL:
        security = Security.TLS
    elif settings.EMAIL_USE_TLS:
        security = Security.STARTTLS
    return Server(
        host=settings.EMAIL_HOST or "localhost",
        port=settings.EMAIL_PORT or PORTS[security],
        security=security,
        user=settings.EMAIL_HOST_USER or "",
        password=settings.EMAIL_HOST_PASSWORD or "",
    )


class Email(Channel):
    kind = ChannelKind.EMAIL

    def target(self, person: Person, *, country: str, timezone: str) -> Target:
        return Target(
            address=_address(person.email) if person.email else "",
            country=person.country or country,
            timezone=person.timezone or timezone,
        )

    def choose(self, setup: Setup, errand: Errand, *, now: datetime) -> Choice:
        return Choice(Route(), way())

    def pack(self, parcel: Parcel, setup: Setup, *, facts: Any, template_id: UUID) -> None:
        brand = setup.brands.get(parcel.merchant_id)
        merchant = setup.merchants.get(parcel.merchant_id)
        name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        own = wire_address(brand.from_email) if brand else ""
        parcel.packed = Mail(
            reference=parcel.attempt_id.hex,
            sender_name=one_line((brand and brand.from_name) or (merchant and merchant.name) or name),
            sender=own or wire_address(address),
            recipient=wire_address(parcel.address),
            subject=one_line(parcel.rendered.subject),
            text=parcel.rendered.text,
            html=parcel.rendered.html,
            reply_to=wire_address(brand.reply_to) if brand else "",
            unsubscribe_url=links.unsubscribe_url(parcel.message_id),
            # Gmail counts complaints by these words; the last names the sending system.
            feedback_id=f"{template_id.hex}:{parcel.merchant_id.hex}:{parcel.category}:orderbell",
        )

    def batches(self, parcels: Sequence[Parcel]) -> list[list[Parcel]]:
        batches: list[list[Parcel]] = []
        for parcel in parcels:
            last = batches[-1] if batches else []
            if not last or last[0].way is not parcel.way or len(last) >= parcel.way.batch_size:
                batches.append(last := [])
            last.append(parcel)
        return batches

    async def close(self) -> None:
        """Close the connections that the running event loop keeps."""
        await way().close()

    async def send(self, parcels: Sequence[Parcel], world: World) -> list[Result]:
        """Send by the way chosen; a mail without a usable address goes nowhere and says so."""
        results = [_trouble(parcel.packed) for parcel in parcels]
        sound = [parcel.packed for parcel, result in zip(parcels, results, strict=True) if result is None]
        sent = iter(await parcels[0].way.send(sound) if sound else ())
        return [next(sent) if result is None else result for result in results]


def _trouble(mail: Mail) -> Result | None:
    if not mail.recipient:
        return refused(ErrorClass.RECIPIENT, text="not an address that mail can be sent to")
    if not mail.sender:
        return refused(
            ErrorClass.CONFIG, text="DEFAULT_FROM_EMAIL holds no address that mail can be sent from"
        )
    return None
