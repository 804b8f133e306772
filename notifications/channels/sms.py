"""Text messages: through the merchant's gateway accounts, the preferred one that can take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import phonenumbers
from django.utils import timezone as clock
from phonenumbers.timezone import time_zones_for_number

from notifications import links, routing, segments
from notifications.channels.base import Channel, Parcel
from notifications.gateways.base import Account, Gateway, Text, result_of
from notifications.gateways.recording import Recorder
from notifications.gateways.registry import GATEWAYS
from notifications.limits import Claim, Leaving, claims_for
from notifications.models import ChannelKind, GatewayAccount, OnFile
from notifications.outbound import NoAnswer, NotSent, World
from notifications.outcomes import Result
from notifications.planning import Target
from notifications.recipients import Person
from notifications.rendering import values
from notifications.routing import Choice, Errand
from notifications.setup import Setup


@dataclass(frozen=True, slots=True)
class Packed:
    gateway: Gateway
    account: Account
    text: Text


def _country_and_zone(phone: str) -> tuple[str, str]:
    """Return an E.164 number's country, and its time zone where its numbers have only one.

    Both follow from the first digits, so that those of good numbers are kept.
    """
    known = _known.get(phone[:_PREFIX])
    if known is None:
        known = _look_up(phone)
        if known[0] and len(_known) < _MOST_KNOWN:
            _known[phone[:_PREFIX]] = known
    return known


# Longer than any prefix by which numbering plans tell countries and zones apart.
_PREFIX = 10
_MOST_KNOWN = 100_000
_known: dict[str, tuple[str, str]] = {}


def _look_up(phone: str) -> tuple[str, str]:
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return "", ""
    zones = [zone for zone in time_zones_for_number(number) if zone != "Etc/Unknown"]
    # A number outside every range of its plan still belongs to the plan's main country.
    region = phonenumbers.region_code_for_number(number)
    region = region or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return region if region in phonenumbers.SUPPORTED_REGIONS else "", zones[0] if len(zones) == 1 else ""


class Sms(Channel):
    kind = ChannelKind.SMS

    def target(self, person: Person, *, country: str, timezone: str) -> Target:
        number_country, number_zone = _country_and_zone(person.phone) if person.phone else ("", "")
        home = number_country or person.country or country
        return Target(
            address=person.phone if number_country else "",
            country=home,
            timezone=person.timezone or number_zone or timezone,
        )

    def choose(self, setup: Setup, errand: Errand, *, now: datetime) -> Choice:
        return routing.choose(setup, errand, now=now)

    def pack(self, parcel: Parcel, setup: Setup, *, facts: Any, template_id: UUID) -> None:
        account: GatewayAccount = parcel.way
        gateway = GATEWAYS[account.kind]
        on_file = _template_at(setup, account, template_id) if gateway.takes_template else None
        parcel.gateway_id = account.pk
        parcel.packed = Packed(
            gateway,
            account_of(account),
            Text(
                reference=parcel.attempt_id.hex,
                phone=parcel.address,
                body=parcel.rendered.text,
                signature=setup.signature(parcel.merchant_id, parcel.country),
                template_code=on_file.code if on_file else "",
                params=values(on_file.params, facts) if on_file else {},
                receipt_url=links.push_url(account),
            ),
        )

    def words(self, parcel: Parcel) -> str:
        text: Text = parcel.packed.text
        return segments.with_signature(text.body, text.signature)

    def parts(self, parcel: Parcel) -> int:
        return segments.count(self.words(parcel), country=parcel.country).parts

    def claims(self, parcel: Parcel) -> list[Claim]:
        packed: Packed = parcel.packed
        if not packed.gateway.limits and not parcel.way.per_second:
            return []
        leaving = Leaving(
            parcel.way.pk,
            sender=packed.text.signature or packed.account.sender,
            template=packed.text.template_code,
            phone=parcel.address,
            country=parcel.country,
            category=parcel.category,
        )
        return claims_for(leaving, limits=packed.gateway.limits, per_second=parcel.way.per_second)

    def batches(self, parcels: Sequence[Parcel]) -> list[list[Parcel]]:
        """Group what one request can carry, as the vendor's module says."""
        alone = [[parcel] for parcel in parcels if not _may_join(parcel)]
        groups: dict[Any, dict[str, Parcel]] = {}
        for parcel in parcels:
            if _may_join(parcel):
                groups.setdefault(parcel.gateway_id, {})[parcel.packed.text.reference] = parcel
        return alone + [batch for group in groups.values() for batch in _batches(group)]

    async def send(self, parcels: Sequence[Parcel], world: World) -> list[Result]:
        first: Packed = parcels[0].packed
        texts = [parcel.packed.text for parcel in parcels]
        watched = Recorder(world, first.gateway, first.account) if parcels[0].is_drill else None
        try:
            results = await first.gateway.send(texts, first.account, watched or world, now=clock.now())
        except (NotSent, NoAnswer) as fault:
            results = [result_of(fault)] * len(parcels)
        return [replace(result, exchanges=watched.exchanges) for result in results] if watched else results


def _template_at(setup: Setup, account: GatewayAccount, template_id: UUID) -> OnFile | None:
    """Return a template's counterpart that may be used; routing sees to one where the vendor needs it."""
    vendor = setup.vendor_templates.get((template_id, account.pk))
    return vendor.in_use if vendor else None


def _may_join(parcel: Parcel) -> bool:
    return parcel.packed.gateway.batch_size > 1 and not parcel.is_drill


def _batches(parcels: Mapping[str, Parcel]) -> list[list[Parcel]]:
    """Split parcels of one account as its gateway does; each batch of several has a reference of its own."""
    gateway: Gateway = next(iter(parcels.values())).packed.gateway
    batches = []
    for texts in gateway.batches([parcel.packed.text for parcel in parcels.values()]):
        batch = [parcels[text.reference] for text in texts]
        for parcel, text in zip(batch, texts, strict=True):
            parcel.packed = replace(parcel.packed, text=text)
            parcel.batch = UUID(hex=text.batch_reference) if text.batch_reference else None
        batches.append(batch)
    return batches


def account_of(row: GatewayAccount) -> Account:
    """Return a gateway account as the gateways see it."""
    return Account(row.kind, row.endpoint, row.credentials, row.sender)
