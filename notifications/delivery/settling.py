"""What became of the unknown: ask the gateway by our reference, and only then decide.

A message whose outcome is unknown is never simply sent again. Where the vendor can be asked it is,
again and again until the deadline: a "yes" settles it, a clear "never had it" lets it be tried
again, by another account if there is one. Once: a vendor may be wrong, and whoever asks him for ever would
send for ever. Where nobody can be asked a receipt may still settle it; at
the deadline it is given up, and says why. When to ask and when to give up are each vendor's `Settling`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone as clock

from notifications.delivery.asking import NEVER_HAD, ask_all, can_ask, ids_of_others, terms_of
from notifications.delivery.concluding import conclude
from notifications.delivery.engine import engine
from notifications.delivery.finishing import Ended
from notifications.delivery.states import move
from notifications.heartbeat import beating
from notifications.limits import usage
from notifications.models import Attempt, ChannelKind, Message, State
from notifications.outcomes import Result
from notifications.reasons import Reason
from notifications.setup import Setup
from orders.events import Lane


def settle(*, limit: int = 200) -> int:
    """Look at messages of unknown outcome whose time to ask has come. Return how many were settled."""
    now = clock.now()
    again = now + timedelta(seconds=settings.DELIVERY["first_look_seconds"])
    with transaction.atomic():
        waiting = Message.objects.filter(state=State.UNKNOWN, look_at__lte=now).order_by("look_at")
        messages = list(waiting.select_for_update(skip_locked=True, of=("self",))[:limit])
        # Whoever looks now has it; should this worker die, it is looked at again later.
        Message.objects.filter(pk__among=[m.pk for m in messages], state=State.UNKNOWN).update(look_at=again)
    attempts: dict[UUID, Attempt] = {}
    # What was sent again because of a "never had it".
    sent_again: set[UUID] = set()
    rows = Attempt.objects.filter(message__in=messages).order_by("number").select_related("gateway")
    for attempt in rows:
        attempts[attempt.message_id] = attempt
        if attempt.code == NEVER_HAD:
            sent_again.add(attempt.message_id)
    ended: list[Ended] = []
    given_up: list[Message] = []
    # The vendor cannot be asked about the number of somebody who was erased meanwhile.
    asked = [one for one in messages if one.address and _is_to_be_asked(attempts.get(one.pk), now)]
    questions = ask_all([attempts[m.pk] for m in asked], asked, ids_of_others(asked))
    answers = engine().loop.run_until_complete(beating(questions, lane=Lane.BULK))
    setup = Setup(message.merchant_id for message in asked)
    for message, answer in zip(asked, answers, strict=True):
        if answer is not None and not (answer.code == NEVER_HAD and message.pk in sent_again):
            ended.append(_ended(message, attempts[message.pk], answer, setup))
    settled = {one.message_id for one in ended}
    for message in messages:
        if message.pk not in settled and _is_over(attempts.get(message.pk), now):
            given_up.append(message)
    if ended:
        conclude(ended, lane=Lane.BULK, only_from=[State.UNKNOWN])
    move(
        [message.pk for message in given_up],
        State.FAILED,
        only_from=[State.UNKNOWN],
        reason=Reason.UNKNOWN_OUTCOME,
        look_at=None,
        finished_at=now,
    )
    done = settled | {message.pk for message in given_up}
    _look_again([message for message in messages if message.pk not in done], attempts, now)
    return len(done)


def _is_to_be_asked(attempt: Attempt | None, now: datetime) -> bool:
    return (
        attempt is not None
        and can_ask(attempt)
        and attempt.started_at + timedelta(seconds=terms_of(attempt).ask_after) <= now
    )


def _is_over(attempt: Attempt | None, now: datetime) -> bool:
    return attempt is None or attempt.started_at + timedelta(seconds=terms_of(attempt).deadline) <= now


def _look_again(messages: Sequence[Message], attempts: Mapping[UUID, Attempt], now: datetime) -> None:
    """Say when each is looked at next: when it may be asked, and at the deadline at the latest."""
    looks: defaultdict[datetime, list[UUID]] = defaultdict(list)
    for message in messages:
        attempt = attempts[message.pk]
        terms = terms_of(attempt)
        first = attempt.started_at + timedelta(seconds=terms.ask_after)
        over = attempt.started_at + timedelta(seconds=terms.deadline)
        next_ask = max(first, now + timedelta(seconds=terms.ask_every)) if first <= now else first
        looks[min(over, next_ask) if can_ask(attempt) else over].append(message.pk)
    for at, ids in looks.items():
        Message.objects.filter(pk__among=ids, state=State.UNKNOWN).update(look_at=at)


def _ended(message: Message, attempt: Attempt, result: Result, setup: Setup) -> Ended:
    at, is_text = attempt.started_at, message.channel == ChannelKind.SMS
    merchant_id, country, parts = message.merchant_id, message.country, message.parts
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
        spending=usage.spending(setup, merchant_id, country=country, parts=parts, at=at) if is_text else None,
        # It has waited long enough.
        has_other=True,
        was_taken=result.code != NEVER_HAD,
    )
