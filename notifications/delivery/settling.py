"""What became of the unknown: ask the gateway by our reference, and only then decide.

A message whose outcome is unknown is never simply sent again. Where the vendor can be asked it is,
again and again until the deadline: a "yes" settles it, a clear "never had it" lets it be tried
again. Where nobody can be asked a receipt may still settle it; at the deadline it is given up, and
says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone as clock

from notifications.channels.sms import account_of
from notifications.delivery.finishing import Ended, finish
from notifications.delivery.sending import engine
from notifications.delivery.states import move
from notifications.gateways.base import Sent, Unanswered
from notifications.gateways.registry import GATEWAYS
from notifications.models import Attempt, Message, State
from notifications.outbound import NoAnswer, NotSent
from notifications.outcomes import ErrorClass, Result, refused
from notifications.reasons import Reason


def settle(*, limit: int = 200) -> int:
    """Look at messages of unknown outcome whose time to ask has come. Return how many were settled."""
    now = clock.now()
    again = now + timedelta(seconds=settings.DELIVERY["ask_after_seconds"])
    with transaction.atomic():
        waiting = Message.objects.filter(state=State.UNKNOWN, claimed_until__lte=now).order_by(
            "claimed_until"
        )
        messages = list(waiting.select_for_update(skip_locked=True, of=("self",))[:limit])
        # Whoever looks now has it; should this worker die, it is looked at again later.
        Message.objects.filter(pk__among=[m.pk for m in messages], state=State.UNKNOWN).update(
            claimed_until=again
        )
    attempts = {
        attempt.message_id: attempt
        for attempt in Attempt.objects.filter(message__in=messages)
        .order_by("number")
        .select_related("gateway")
    }
    ended: list[Ended] = []
    given_up: list[Message] = []
    asked = [message for message in messages if _can_ask(attempts.get(message.pk))]
    answers = (
        engine().loop.run_until_complete(_ask_all([attempts[m.pk] for m in asked], asked)) if asked else []
    )
    for message, answer in zip(asked, answers, strict=True):
        if answer is not None:
            ended.append(_ended(message, attempts[message.pk], answer))
    settled = {one.message_id for one in ended}
    for message in messages:
        if message.pk not in settled and _is_over(attempts.get(message.pk), now):
            given_up.append(message)
    if ended:
        finish(ended, only_from=[State.UNKNOWN])
    move(
        [message.pk for message in given_up],
        State.FAILED,
        only_from=[State.UNKNOWN],
        reason=Reason.UNKNOWN_OUTCOME,
        claimed_until=None,
        finished_at=now,
    )
    return len(ended) + len(given_up)


def _can_ask(attempt: Attempt | None) -> bool:
    return attempt is not None and attempt.gateway is not None and GATEWAYS[attempt.gateway.kind].can_ask


def _is_over(attempt: Attempt | None, now: datetime) -> bool:
    deadline = timedelta(seconds=settings.DELIVERY["unknown_deadline_seconds"])
    return attempt is None or attempt.started_at + deadline <= now


async def _ask_all(attempts: Sequence[Attempt], messages: Sequence[Message]) -> list[Result | None]:
    at_once = asyncio.Semaphore(20)

    async def ask(attempt: Attempt, message: Message) -> Result | None:
        async with at_once:
            return await _ask(attempt, message.address)

    return list(await asyncio.gather(*map(ask, attempts, messages)))


async def _ask(attempt: Attempt, phone: str) -> Result | None:
    """Return what the vendor says became of an attempt, or None when it could not say.

    "I never had it" makes a transient refusal: it certainly was not taken, so it may be tried again.
    """
    row = attempt.gateway
    if row is None:
        return None
    batch = attempt.batch.hex if attempt.batch else ""
    sent = Sent(attempt.id.hex, phone, attempt.provider_id, attempt.started_at, batch)
    try:
        answer = await GATEWAYS[row.kind].ask(sent, account_of(row), engine().world, now=clock.now())
    except (NotSent, NoAnswer, Unanswered):
        return None
    return answer or refused(ErrorClass.TRANSIENT, text="The gateway says that it never had this message.")


def _ended(message: Message, attempt: Attempt, result: Result) -> Ended:
    return Ended(
        message_id=message.pk,
        attempt_id=attempt.pk,
        merchant_id=message.merchant_id,
        channel=message.channel,
        address=message.address,
        gateway_id=attempt.gateway_id,
        tries=message.tries,
        expires_at=message.expires_at,
        result=result,
    )
