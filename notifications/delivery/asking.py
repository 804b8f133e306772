"""Ask a vendor what became of an attempt, by his own terms."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone as clock

from merchants.ids import first_id_at
from notifications.channels.sms import account_of
from notifications.delivery.engine import engine
from notifications.gateways.base import Sent, Unanswered
from notifications.gateways.registry import GATEWAYS
from notifications.gateways.terms import Settling
from notifications.models import Attempt, ChannelKind, Message
from notifications.outbound import NoAnswer, NotSent
from notifications.outcomes import ErrorClass, Result, refused

# How far back a vendor's list of texts to a phone may reach, of those that hold no reference of ours.
LOOK_BACK_DAYS = 3
# How many are asked about at once, and for how long while vendors do not answer (seconds): the others are
# asked about the next time.
AT_ONCE = 20
PATIENCE = 25.0
# What the attempt is marked with when the vendor says that he never had it.
NEVER_HAD = "never_had"

log = structlog.get_logger(__name__)


def terms_of(attempt: Attempt) -> Settling:
    """Return what is done about this attempt's outcome while it is unknown, and when."""
    gateway = GATEWAYS.get(attempt.gateway.kind) if attempt.gateway else None
    terms = gateway.settling if gateway else Settling()
    ask, deadline = settings.DELIVERY["ask_after_seconds"], settings.DELIVERY["unknown_deadline_seconds"]
    return Settling(
        ask_after=terms.ask_after if ask is None else ask,
        ask_every=terms.ask_every if ask is None else ask,
        deadline=terms.deadline if deadline is None else deadline,
    )


def can_ask(attempt: Attempt) -> bool:
    """Say whether the vendor of this attempt can be asked what became of it."""
    kind = attempt.gateway.kind if attempt.gateway else ""
    return kind in GATEWAYS and GATEWAYS[kind].can_ask


def ids_of_others(messages: Sequence[Message]) -> dict[tuple[UUID, str], frozenset[str]]:
    """Return the vendors' ids that are known of texts to the same phones, by merchant and phone."""
    found: defaultdict[tuple[UUID, str], set[str]] = defaultdict(set)
    for merchant_id in {message.merchant_id for message in messages}:
        phones = [message.address for message in messages if message.merchant_id == merchant_id]
        since = clock.now() - timedelta(days=LOOK_BACK_DAYS)
        rows = Attempt.objects.filter(
            message__merchant=merchant_id,
            message__channel=ChannelKind.SMS,
            message__address__in=phones,
            pk__gte=first_id_at(since),
        ).exclude(provider_id="")
        for phone, provider_id in rows.values_list("message__address", "provider_id"):
            found[merchant_id, phone].add(provider_id)
    return {key: frozenset(ids) for key, ids in found.items()}


async def ask_all(
    attempts: Sequence[Attempt],
    messages: Sequence[Message],
    taken: Mapping[tuple[UUID, str], frozenset[str]],
) -> list[Result | None]:
    """Return what the vendors say, in order. Those to one phone are asked one after the other.

    What was found for the first is not found again for the next.
    """
    at_once = asyncio.Semaphore(AT_ONCE)
    answers: dict[UUID, Result | None] = {}
    by_phone: defaultdict[tuple[UUID, str], list[tuple[Attempt, Message]]] = defaultdict(list)
    for attempt, message in zip(attempts, messages, strict=True):
        by_phone[message.merchant_id, message.address].append((attempt, message))

    async def ask(phone: tuple[UUID, str]) -> None:
        ids = taken.get(phone, frozenset())
        for attempt, message in by_phone[phone]:
            async with at_once:
                answer = answers[attempt.pk] = await _ask(attempt, message, ids)
            ids |= {answer.provider_id} if answer and answer.provider_id else set()

    tasks = [asyncio.ensure_future(ask(phone)) for phone in by_phone]
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=PATIENCE)
        for task in late:
            task.cancel()
        await asyncio.wait(tasks)
    return [answers.get(attempt.pk) for attempt in attempts]


async def _ask(attempt: Attempt, message: Message, taken: frozenset[str]) -> Result | None:
    """Return what the vendor says became of an attempt, or None when it could not say.

    "I never had it" makes a transient refusal, marked `NEVER_HAD`: it may be tried again. Any other refusal
    is of one that he had and that did not arrive.
    """
    row = attempt.gateway
    if row is None:
        return None
    batch = attempt.batch.hex if attempt.batch else ""
    sent = Sent(
        reference=attempt.id.hex,
        phone=message.address,
        provider_id=attempt.provider_id,
        started_at=attempt.started_at,
        batch_reference=batch,
        body=message.body,
        taken=taken - {attempt.provider_id},
    )
    try:
        answer = await GATEWAYS[row.kind].ask(sent, account_of(row), engine().world, now=clock.now())
    except (NotSent, NoAnswer, Unanswered):
        return None
    except Exception as fault:
        log.exception("an answer about an attempt cannot be read", kind=row.kind, fault=type(fault).__name__)
        return None
    said = "The gateway says that it never had this message."
    return answer or refused(ErrorClass.TRANSIENT, code=NEVER_HAD, text=said)
