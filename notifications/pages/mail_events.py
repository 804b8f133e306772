"""What mail providers tell us through anymail, kept as receipts."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.dispatch import receiver

from merchants.ownership import across_merchants
from notifications import receipts
from notifications.models import Attempt, ChannelKind
from notifications.outcomes import ErrorClass, ReceiptFacts, ReceiptKind

log = logging.getLogger(__name__)

# What is not listed here (automatic answers, new subscribers) says nothing of a message.
KINDS: dict[str, ReceiptKind] = {
    EventType.QUEUED: ReceiptKind.PROGRESS,
    EventType.SENT: ReceiptKind.PROGRESS,
    EventType.DEFERRED: ReceiptKind.PROGRESS,
    EventType.DELIVERED: ReceiptKind.DELIVERED,
    EventType.REJECTED: ReceiptKind.UNDELIVERED,
    EventType.FAILED: ReceiptKind.UNDELIVERED,
    EventType.BOUNCED: ReceiptKind.UNDELIVERED,
    EventType.OPENED: ReceiptKind.OPENED,
    EventType.CLICKED: ReceiptKind.CLICKED,
    EventType.COMPLAINED: ReceiptKind.COMPLAINED,
    EventType.UNSUBSCRIBED: ReceiptKind.UNSUBSCRIBED,
}
ERRORS: dict[str | None, ErrorClass] = {
    RejectReason.INVALID: ErrorClass.RECIPIENT,
    RejectReason.BOUNCED: ErrorClass.RECIPIENT,
    RejectReason.TIMED_OUT: ErrorClass.TRANSIENT,
    RejectReason.BLOCKED: ErrorClass.CONTENT,
    RejectReason.SPAM: ErrorClass.OPTED_OUT,
    RejectReason.UNSUBSCRIBED: ErrorClass.OPTED_OUT,
}


@receiver(tracking, dispatch_uid="keep what mail providers tell")
def keep_tracking_event(sender: object, event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    """Keep the event with the attempt it is about; mail that is no message of ours has none.

    The attempt is named by `reference` in the mail's metadata, else by the provider's id.
    """
    kind = KINDS.get(event.event_type)
    if kind is None:
        return
    with across_merchants():
        attempt = _attempt(event)
        if attempt is None:
            log.info("A mail event of %s is about no message that is known", esp_name)
            return
        receipts.keep(
            [_facts(event, kind=kind, attempt=attempt, esp_name=esp_name)],
            merchant_id=attempt.merchant_id,
            channel=ChannelKind.EMAIL,
        )


def _attempt(event: AnymailTrackingEvent) -> Attempt | None:
    attempts = Attempt.objects.filter(message__channel=ChannelKind.EMAIL)
    found: Attempt | None
    try:
        found = attempts.filter(pk=UUID(hex=str((event.metadata or {}).get("reference", "")))).first()
    except ValueError:
        found = None
    if found is None and event.message_id:
        same = attempts.filter(provider_id=event.message_id).select_related("message").order_by("id")
        recipient = (event.recipient or "").lower()
        found = next((one for one in same if recipient in {"", one.message.address.lower()}), None)
    return found


def _facts(
    event: AnymailTrackingEvent, *, kind: ReceiptKind, attempt: Attempt, esp_name: str
) -> ReceiptFacts:
    # Not every provider names its events; the same event told twice still has the same parts.
    name = event.event_id or ":".join(
        map(str, (event.event_type, event.message_id, event.recipient, event.timestamp, event.click_url))
    )
    return ReceiptFacts(
        kind=kind,
        dedupe=f"{esp_name}:{event.event_type}:{name}",
        reference=attempt.pk.hex,
        provider_id=event.message_id or "",
        address=event.recipient or "",
        code=event.reject_reason or event.event_type,
        text=event.mta_response or event.description or event.click_url or "",
        error=ERRORS.get(event.reject_reason) if kind == ReceiptKind.UNDELIVERED else None,
    )
