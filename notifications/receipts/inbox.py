"""The inbox of replies: what people answered, what that did, and what was said before and after."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet, TextChoices
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant
from merchants.ownership import inside
from notifications.consent import is_keyword
from notifications.consent.keywords import pattern
from notifications.models import Category, Message, Receipt
from notifications.outcomes import ReceiptKind
from notifications.receipts.replies import SENT

# A menu says no more than that there are very many.
MOST_COUNTED = 100


class Effect(TextChoices):
    """What a reply did by itself, without anybody having read it."""

    NONE = "none", _("Nothing")
    HELP = "help", _("Asked for help")
    OUT_OF_OFFERS = "out_of_offers", _("Opted out of advertisements")
    OUT = "out", _("Opted out of everything")
    IN = "in", _("Opted in again")


def replies() -> QuerySet[Receipt]:
    """Return the replies in the scope."""
    rows: QuerySet[Receipt] = Receipt.objects.filter(kind=ReceiptKind.REPLY)
    return rows


def unread() -> QuerySet[Receipt]:
    return replies().filter(read_at=None)


def asked_to_stop() -> QuerySet[Receipt]:
    """Return the replies that are nothing but a word such as STOP."""
    return replies().filter(text__iregex=pattern("stop"))


def count_unread(merchant: Merchant) -> int:
    """Return how many replies nobody has read, counted up to `MOST_COUNTED`."""
    with inside(merchant):
        return unread()[:MOST_COUNTED].count()


def mark(reply: Receipt, *, is_read: bool) -> None:
    """Note that somebody of the team has read a reply, or that somebody else is to; the first time counts."""
    rows = replies().filter(pk=reply.pk)
    if is_read:
        rows.filter(read_at=None).update(read_at=clock.now())
    else:
        rows.update(read_at=None)
    reply.refresh_from_db(fields=["read_at"])


def effect_of(reply: Receipt) -> Effect:
    """Return what a reply did, its message loaded (see `replies.take_in`)."""
    match is_keyword(reply.text) if reply.address else None:
        case "stop" if reply.message and reply.message.category == Category.MARKETING:
            return Effect.OUT_OF_OFFERS
        case "stop":
            return Effect.OUT
        case "start":
            return Effect.IN
        case "help":
            return Effect.HELP
    return Effect.NONE


def said_at(one: Message | Receipt) -> datetime:
    """Return when a message went out or a reply came in."""
    return one.received_at if isinstance(one, Receipt) else one.accepted_at or one.created_at


def conversation(reply: Receipt, *, most: int) -> list[Message | Receipt]:
    """Return what was last said to and by the sender of a reply, in its order, `most` at the most."""
    if not reply.address:
        return [reply]
    same = {"channel": reply.channel, "address": reply.address}
    told = Message.objects.filter(state__in=SENT, **same).defer("gates").order_by("-pk")[:most]
    answered = replies().filter(**same).order_by("-pk")[:most]
    return sorted([*told, *answered], key=said_at)[-most:]
