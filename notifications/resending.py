"""Send a message again because a person asks for it: a new message, the next step of the same thing."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone as clock
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from merchants.models import User
from notifications import queueing
from notifications.models import Message, State
from orders.events import Lane

# What ended without reaching the person.
RESENDABLE = frozenset({State.FAILED, State.DROPPED, State.UNDELIVERED})
USEFUL_SECONDS = 24 * 3600


class CannotResend(Exception):
    """A message that is not sent again. Carries a stable code and a sentence for people."""

    def __init__(self, code: str, detail: str | Promise) -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


def can_resend(message: Message) -> bool:
    return message.state in RESENDABLE and message.event_id is not None


def resend(message: Message, by: User | None = None) -> Message:
    """Return a new message that tells the same once more, due at once.

    The gates are asked again, but for the rule: a person decided. Its first entry of `gates` says who
    asked and which message is repeated. Call it inside the merchant's scope. Raises `CannotResend`
    (not_ended, test_send, already_resent).
    """
    if message.event_id is None:
        raise CannotResend("test_send", _("This was a test. Send a new one from the template."))
    with transaction.atomic():
        # Whoever presses twice waits here, and then finds the first one's message.
        message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if message.state not in RESENDABLE:
            raise CannotResend(
                "not_ended", _("Only what failed, was not sent or did not arrive can be sent again.")
            )
        latest = _family(message).order_by("-step").first() or message
        if latest.state not in RESENDABLE:
            raise CannotResend("already_resent", _("It has been sent again already."))
        again = _next(message, step=latest.step + 1, by=by)
        again.save(force_insert=True)
        transaction.on_commit(lambda: queueing.wake(again.lane))
    return again


def _family(message: Message) -> QuerySet[Message]:
    """Return this message and all its repetitions."""
    family: QuerySet[Message] = Message.objects.filter(
        event=message.event_id,
        rule=message.rule_id,
        recipient=message.recipient,
        channel=message.channel,
    )
    return family


def _next(message: Message, *, step: int, by: User | None) -> Message:
    now = clock.now()
    useful = message.rule.useful_seconds if message.rule else USEFUL_SECONDS
    asked = {
        "when": "resent",
        "at": now.isoformat(timespec="seconds"),
        "allowed": [],
        "answer": "allow",
        "of": str(message.pk),
        "by": by.email if by else "",
    }
    return Message(
        merchant_id=message.merchant_id,
        event_id=message.event_id,
        rule_id=message.rule_id,
        order_id=message.order_id,
        customer_id=message.customer_id,
        recipient=message.recipient,
        channel=message.channel,
        step=step,
        category=message.category,
        lane=Lane.URGENT,
        template=message.template,
        template_version_id=message.template_version_id,
        language=message.language,
        address=message.address,
        country=message.country,
        timezone=message.timezone,
        state=State.DUE,
        due_at=now,
        expires_at=now + timedelta(seconds=useful),
        created_at=now,
        gates=[asked],
    )
