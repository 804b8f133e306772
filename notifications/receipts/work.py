"""Work off what came back: messages move on, addresses opt out.

Everything holds in any order and however often: a message moves only forward, and what cannot be
matched yet is looked at again, because a receipt may overtake the answer to its own request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Max, Min
from django.db.models.functions import Coalesce
from django.utils import timezone

from merchants.ownership import across_merchants
from notifications.consent import opt_out, opt_out_of_everything
from notifications.delivery.concluding import AWAY
from notifications.delivery.rows import set_rows
from notifications.delivery.states import move
from notifications.models import Attempt, ChannelKind, Message, OptOutSource, Receipt, State
from notifications.models.messages import TRANSITIONS
from notifications.outcomes import ErrorClass, ReceiptKind
from notifications.reasons import Reason
from notifications.receipts import replies
from notifications.receipts.matching import find_attempts

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = timedelta(minutes=10)
SHORTEST_WAIT = timedelta(seconds=1)
# What fails for a fault of ours is looked at again after so long, and for so long.
PUT_OFF = timedelta(minutes=10)
FORGET_AFTER = timedelta(days=1)

# What each fact says of the message, weakest first: of several facts the strongest counts.
TARGETS: dict[str, State] = {
    ReceiptKind.PROGRESS: State.ACCEPTED,
    ReceiptKind.UNDELIVERED: State.UNDELIVERED,
    ReceiptKind.DELIVERED: State.DELIVERED,
    ReceiptKind.COMPLAINED: State.DELIVERED,
    ReceiptKind.UNSUBSCRIBED: State.SEEN,
    ReceiptKind.OPENED: State.SEEN,
    ReceiptKind.CLICKED: State.SEEN,
}
STRENGTH = {state: place for place, state in enumerate(dict.fromkeys(TARGETS.values()))}
# These say what became of one attempt, and nothing of the message if there was another.
OF_ITS_ATTEMPT = frozenset({State.ACCEPTED, State.UNDELIVERED})
# Before the first attempt: a fact waits until that is written down.
BETWEEN = frozenset({State.PLANNED, State.DUE})


def next_look() -> datetime | None:
    """Return when the next receipt is to be looked at, None when none waits."""
    with across_merchants():
        found: datetime | None = Receipt.objects.exclude(look_at=None).aggregate(at=Min("look_at"))["at"]
    return found


def work_off(limit: int = 500) -> int:
    """Apply the receipts that are due, in the order they came; return how many were looked at.

    Call it until it returns 0. One that nothing can be done with holds up nobody: half as many are taken,
    and half of those, until it is found, and it is put off.
    """
    found: list[Receipt] = []
    try:
        return _work_off(limit, found)
    except AWAY:
        raise
    except Exception as fault:
        if not found:
            raise
        if len(found) == 1:
            log.exception("a receipt is put off", receipt=str(found[0].pk), fault=type(fault).__name__)
            return _put_off(found[0])
    return work_off(len(found) // 2)


def _work_off(limit: int, found: list[Receipt]) -> int:
    """Apply receipts, and note in `found` which these are."""
    now = timezone.now()
    with across_merchants(), transaction.atomic():
        found += (
            Receipt.objects.filter(look_at__lte=now)
            .select_for_update(skip_locked=True)
            .order_by("id")[:limit]
        )
        if not found:
            return 0
        facts = []
        for receipt in found:
            if receipt.kind == ReceiptKind.REPLY:
                receipt.message, receipt.look_at = replies.take_in(receipt), None
            else:
                facts.append(receipt)
        _apply(facts, now=now)
        rows = [{"id": one.pk, "message": one.message_id, "look_at": one.look_at} for one in found]
        set_rows(Receipt, rows)
    return len(found)


def _put_off(receipt: Receipt) -> int:
    """Look at it again later, for a day. It may be our fault, or its own."""
    now = timezone.now()
    look_at = now + PUT_OFF if receipt.received_at > now - FORGET_AFTER else None
    with across_merchants():
        Receipt.objects.filter(pk=receipt.pk).update(look_at=look_at)
    return 1


def _apply(receipts: list[Receipt], *, now: datetime) -> None:
    attempts = find_attempts(receipts)
    messages = _lock({attempt.message_id for attempt in attempts.values()})
    latest = _latest_attempts(messages)
    wanted: dict[UUID, Receipt] = {}
    for receipt in receipts:
        attempt = attempts.get(receipt.pk)
        if attempt is None:
            receipt.look_at = _again(receipt, now=now)
            continue
        message = messages[attempt.message_id]
        receipt.message = message
        _note_consent(receipt, message)
        target = TARGETS[receipt.kind]
        if target in OF_ITS_ATTEMPT and attempt.number < latest[message.pk]:
            receipt.look_at = None  # a later attempt decides
        elif message.state in BETWEEN:
            receipt.look_at = _again(receipt, now=now)
        else:
            receipt.look_at = None
            strongest = wanted.get(message.pk)
            if strongest is None or STRENGTH[target] > STRENGTH[TARGETS[strongest.kind]]:
                wanted[message.pk] = receipt
    _settle_attempts(receipts, attempts, now=now)
    _move(wanted, messages, now=now)


def _lock(ids: Iterable[UUID]) -> dict[UUID, Message]:
    """Load the messages afresh and keep other writers away; in order, so that nobody waits crosswise."""
    rows = Message.objects.filter(pk__in=sorted(ids)).order_by("id").select_for_update(of=("self",))
    return {message.pk: message for message in rows}


def _latest_attempts(ids: Iterable[UUID]) -> dict[UUID, int]:
    numbers = Attempt.objects.filter(message__among=ids).order_by().values_list("message")
    return dict(numbers.annotate(Max("number")))


def _again(receipt: Receipt, *, now: datetime) -> datetime | None:
    """Return when to look again: after 1, 2, 4, … seconds; None once it is too old."""
    age = now - receipt.received_at
    return None if age >= GIVE_UP_AFTER else now + max(SHORTEST_WAIT, age)


def _move(wanted: Mapping[UUID, Receipt], messages: Mapping[UUID, Message], *, now: datetime) -> None:
    """Move each message to what its strongest fact says, one statement for all that are alike."""
    alike: defaultdict[tuple[State, str], list[UUID]] = defaultdict(list)
    for id, receipt in wanted.items():
        target = TARGETS[receipt.kind]
        if target in TRANSITIONS[messages[id].state]:
            alike[target, receipt.error if target == State.UNDELIVERED else ""].append(id)
    for (target, error), ids in alike.items():
        accepted_at = Coalesce("accepted_at", now)
        if target == State.ACCEPTED:
            move(ids, to=target, accepted_at=accepted_at, reason="", error="")
            continue
        reason = Reason.UNDELIVERED.value if target == State.UNDELIVERED else ""
        finished_at = Coalesce("finished_at", now)
        move(ids, to=target, accepted_at=accepted_at, finished_at=finished_at, reason=reason, error=error)


def _settle_attempts(receipts: Iterable[Receipt], attempts: Mapping[UUID, Attempt], *, now: datetime) -> None:
    """A receipt proves that the vendor took the attempt, whatever became of the answer."""
    ids = {attempt.pk for attempt in attempts.values()}
    open_ones = (Attempt.Outcome.STARTED, Attempt.Outcome.UNKNOWN)
    Attempt.objects.filter(pk__in=ids, outcome__in=open_ones).update(
        outcome=Attempt.Outcome.ACCEPTED, finished_at=now, error=""
    )
    names = {
        attempt.pk: receipt.provider_id
        for receipt in receipts
        if (attempt := attempts.get(receipt.pk)) and receipt.provider_id and not attempt.provider_id
    }
    set_rows(Attempt, [{"id": id, "provider_id": name} for id, name in names.items()])


def _note_consent(receipt: Receipt, message: Message) -> None:
    """Opt the address out when the fact says that it does not want, or cannot take, any more."""
    says = " ".join(filter(None, (receipt.code, receipt.text)))
    channel, address = message.channel, message.address
    is_undelivered = receipt.kind == ReceiptKind.UNDELIVERED
    if not address:
        return  # the person was erased meanwhile
    if receipt.kind == ReceiptKind.COMPLAINED or (
        is_undelivered and receipt.error == ErrorClass.RECIPIENT and channel == ChannelKind.EMAIL
    ):
        source = OptOutSource.BOUNCE if is_undelivered else OptOutSource.COMPLAINT
        opt_out_of_everything(
            message.merchant_id, channel=channel, address=address, source=source, reason=says
        )
    elif receipt.kind == ReceiptKind.UNSUBSCRIBED or (
        is_undelivered and receipt.error == ErrorClass.OPTED_OUT
    ):
        opt_out(
            message.merchant_id,
            channel=channel,
            address=address,
            category=message.category,
            source=OptOutSource.VENDOR if is_undelivered else OptOutSource.LINK,
            reason=says,
        )
