"""Save what a vendor told us before anything is done about it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone as clock

from merchants.ids import uuid7
from notifications import queueing
from notifications.consent import BadAddress, normalise_address
from notifications.delivery.rows import insert_rows
from notifications.models import ChannelKind, GatewayAccount, Receipt
from notifications.outcomes import ReceiptFacts, ReceiptKind

DEDUPE_LENGTH = 200
# How exactly it is known when an account last reported.
REPORTED_EVERY = timedelta(minutes=1)


def keep(
    facts: Iterable[ReceiptFacts],
    *,
    merchant_id: UUID,
    gateway: GatewayAccount | None = None,
    channel: str = ChannelKind.SMS,
    country: str = "CN",
) -> None:
    """Save the facts and wake a worker once they are committed; a fact already known is left as it is.

    `country` is where a phone without a country code belongs.
    """
    source, now = gateway.pk.hex if gateway else channel, clock.now()
    # A vendor may tell of thousands at once and wait less than a second for the answer.
    rows = [
        {
            "id": uuid7(),
            "merchant_id": merchant_id,
            "gateway_id": gateway.pk if gateway else None,
            "channel": channel,
            "kind": fact.kind.value,
            "dedupe": _dedupe(source, fact.dedupe),
            "reference": _clean(fact.reference, 40),
            "provider_id": _clean(fact.provider_id, 100),
            "address": _address(channel, fact.address, country=country),
            "code": _clean(fact.code, 80),
            "text": _clean(fact.text, 1_000),
            "error": fact.error.value if fact.error else "",
            "received_at": now,
            "look_at": now,
        }
        for fact in facts
    ]
    with transaction.atomic():
        if gateway and _is_stale(gateway) and any(row["kind"] != ReceiptKind.REPLY for row in rows):
            GatewayAccount._base_manager.filter(pk=gateway.pk).update(reported_at=now)
        insert_rows(Receipt, rows)
        transaction.on_commit(lambda: queueing.wake("receipts"))


def _is_stale(gateway: GatewayAccount) -> bool:
    return gateway.reported_at is None or gateway.reported_at < clock.now() - REPORTED_EVERY


def _dedupe(source: str, name: str) -> str:
    whole = _clean(f"{source}:{name}", None)
    if len(whole) <= DEDUPE_LENGTH:
        return whole
    return f"{source}:sha256:{hashlib.sha256(whole.encode()).hexdigest()}"


def _clean(text: str, length: int | None) -> str:
    # PostgreSQL stores no NUL, and no half of a surrogate pair can be encoded.
    return text.replace("\0", "").encode(errors="replace").decode()[:length]


def _address(channel: str, raw: str, *, country: str) -> str:
    """Return the address as messages spell it, or what the vendor said when it is none."""
    try:
        return normalise_address(channel, raw, country) if raw else ""
    except BadAddress:
        return _clean(raw.strip().lower(), 254)
