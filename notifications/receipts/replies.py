"""Do what a reply to a text message asks for."""

from __future__ import annotations

from notifications.consent import is_keyword, opt_in, opt_out, opt_out_of_everything
from notifications.consent.keywords import Keyword
from notifications.models import Category, Message, OptOutSource, Receipt, State
from notifications.outcomes import ReceiptKind

# A person can only answer what may have reached them.
SENT = (State.SENDING, State.UNKNOWN, State.ACCEPTED, State.DELIVERED, State.SEEN, State.UNDELIVERED)


def take_in(reply: Receipt) -> Message | None:
    """Opt the sender out or in when the reply is such a word; return the message it answers, if any.

    STOP after an advertisement ends advertisements; after a notice, or when nothing was sent, it ends
    everything. The last word counts: a reply that another such word followed changes nothing.
    """
    message: Message | None = (
        Message.objects.filter(
            merchant_id=reply.merchant_id,
            channel=reply.channel,
            address=reply.address,
            state__in=SENT,
            created_at__lte=reply.received_at,
        )
        .order_by("-id")
        .first()
    )
    meaning = _meaning(reply.code, reply.text)
    if not reply.address or meaning not in {"stop", "start"} or _is_overtaken(reply):
        return message
    if meaning == "start":
        opt_in(
            reply.merchant_id,
            channel=reply.channel,
            address=reply.address,
            sources=[OptOutSource.REPLY],
        )
    elif message is not None and message.category == Category.MARKETING:
        opt_out(
            reply.merchant_id,
            channel=reply.channel,
            address=reply.address,
            category=Category.MARKETING,
            source=OptOutSource.REPLY,
            reason=reply.text,
        )
    else:
        opt_out_of_everything(
            reply.merchant_id,
            channel=reply.channel,
            address=reply.address,
            source=OptOutSource.REPLY,
            reason=reply.text,
        )
    return message


def _is_overtaken(reply: Receipt) -> bool:
    """Say whether the same person sent another STOP or START later."""
    later = Receipt.objects.filter(
        merchant_id=reply.merchant_id,
        kind=ReceiptKind.REPLY,
        channel=reply.channel,
        address=reply.address,
        id__gt=reply.pk,
    )
    return any(_meaning(code, text) in {"stop", "start"} for code, text in later.values_list("code", "text"))


def _meaning(code: str, text: str) -> Keyword | None:
    """Return what a reply asks for; a vendor who knows the merchant's own words says so in the code."""
    return is_keyword(code) or is_keyword(text)
