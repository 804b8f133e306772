"""What the tests of the pages begin with."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from merchants.models import Merchant
from notifications.models import Attempt, ChannelKind, Message, SandboxDelivery, State
from tests.builders import a_customer, a_message, an_order

MAIL = "li.na@mail.example"
PHONE = "+8613800138000"


def a_mail(merchant: Merchant, *, language: str = "en", **fields: Any) -> Message:
    """Return a mail that reached the customer of an order, who has a phone as well."""
    customer = a_customer(merchant, email=MAIL, phone=PHONE, language=language)
    return a_message(
        merchant,
        order=an_order(merchant, customer=customer),
        **{"channel": ChannelKind.EMAIL, "state": State.ACCEPTED} | fields,
    )


def an_attempt(message: Message, **fields: Any) -> Attempt:
    defaults = {"number": 1, "outcome": Attempt.Outcome.ACCEPTED, "started_at": message.created_at}
    attempt: Attempt = Attempt.objects.create(
        merchant_id=message.merchant_id, message=message, **defaults | fields
    )
    return attempt


def a_delivery(message: Message | None = None, **fields: Any) -> SandboxDelivery:
    defaults: dict[str, Any] = {
        "channel": ChannelKind.SMS,
        "address": PHONE,
        "text": f"Hello {uuid4().hex[:6]}",
    }
    if message is not None:
        defaults |= {"message": message, "merchant": message.merchant, "address": message.address}
    return SandboxDelivery.objects.create(**defaults | fields)
