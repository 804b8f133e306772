"""What an outcome makes of a message and its attempt: written together, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone as clock

from notifications.consent import opt_out
from notifications.delivery.resting import rest
from notifications.delivery.rows import set_rows
from notifications.delivery.states import sources
from notifications.limits import usage
from notifications.limits.usage import Spending
from notifications.models import (
    Attempt,
    Category,
    Message,
    OptOutSource,
    Receipt,
    SandboxDelivery,
    State,
)
from notifications.outcomes import ACCOUNT_WIDE, RETRYABLE, ErrorClass, Outcome, ReceiptKind, Result
from notifications.policy import retries
from notifications.reasons import Reason


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt whose outcome we have.

    `has_other` says that another account could take the message now, `other_at` when one could that rests;
    `spending` is what was counted for it.
    `was_taken` says that the vendor had it, whatever became of it then: it is never sent again.
    """

    message_id: UUID
    attempt_id: UUID
    merchant_id: UUID
    channel: str
    address: str
    gateway_id: UUID | None
    tries: int
    expires_at: datetime | None
    result: Result
    has_other: bool = False
    other_at: datetime | None = None
    spending: Spending | None = None
    was_taken: bool = False

    @property
    def is_refused(self) -> bool:
        """Say whether it certainly did not leave."""
        return self.result.outcome is Outcome.REFUSED and not self.was_taken


# What was given up as a dead worker's may yet be answered: the worker was only slow.
UNDER_WAY = (State.SENDING, State.UNKNOWN)


def finish(ended: Sequence[Ended], *, only_from: Sequence[str] = UNDER_WAY) -> bool:
    """Write the outcomes of attempts, and the states their messages reach by them.

    A receipt may have been quicker and moved the message on, or another attempt may be under way: then only
    the attempt is written. To write the same once more changes nothing. Return whether receipts were written
    that wait to be worked on.
    """
    now = clock.now()
    by_state: dict[str, list[dict[str, Any]]] = {}
    for one in ended:
        row = _message_row(one, now)
        by_state.setdefault(row["state"], []).append(row)
    with transaction.atomic():
        moved: set[UUID] = set()
        for state, rows in by_state.items():
            moved |= set_rows(Message, rows, where={"state": sources(state, only_from)}, same=["tries"])
        _write_attempts(ended, now)
        # Limits first, then accounts: the order in which those lock them who write ahead.
        usage.give_back(one.spending for one in ended if one.is_refused and one.message_id in moved)
        _pause_accounts([one for one in ended if one.is_refused], now)
        for one in ended:
            if one.result.error is ErrorClass.OPTED_OUT:
                _note_refusal(one)
        return _show([one for one in ended if one.message_id in moved], now)


def _message_row(one: Ended, now: datetime) -> dict[str, Any]:
    result = one.result
    row: dict[str, Any] = {
        "id": one.message_id,
        "state": State.ACCEPTED,
        "tries": one.tries,
        "look_at": None,
        "reason": "",
        "error": "",
    }
    if result.outcome is Outcome.ACCEPTED:
        return row | {"accepted_at": now}
    if one.was_taken and result.outcome is Outcome.REFUSED:
        row |= {"state": State.UNDELIVERED, "reason": Reason.UNDELIVERED, "error": (result.error or "")}
        return row | {"accepted_at": now, "finished_at": now}
    if result.outcome is Outcome.UNKNOWN:
        ask_at = now + timedelta(seconds=settings.DELIVERY["first_look_seconds"])
        return row | {"state": State.UNKNOWN, "look_at": ask_at}
    error = result.error or ErrorClass.TRANSIENT
    row["error"] = error.value
    ladder = settings.DELIVERY["ladder_seconds"]
    retry_at = retries.retry_at(
        result, tries=one.tries, now=now, ladder=ladder, has_other=one.has_other, other_at=one.other_at
    )
    if retry_at and (one.expires_at is None or retry_at < one.expires_at):
        return row | {"state": State.RETRY, "due_at": retry_at}
    reason = Reason.TRIED_ENOUGH if error in RETRYABLE else Reason.REFUSED
    return row | {"state": State.FAILED, "reason": reason, "finished_at": now}


def _write_attempts(ended: Sequence[Ended], now: datetime) -> None:
    in_doubt = [one for one in ended if one.result.outcome is Outcome.UNKNOWN]
    known = [one for one in ended if one.result.outcome is not Outcome.UNKNOWN]
    set_rows(Attempt, [_attempt_row(one, now) for one in known])
    # A receipt that was quicker knows more.
    set_rows(
        Attempt,
        [_attempt_row(one, now) for one in in_doubt],
        where={"outcome": [Attempt.Outcome.STARTED]},
    )
    watched = [one for one in ended if one.result.exchanges]
    set_rows(Attempt, [{"id": one.attempt_id, "exchanges": one.result.exchanges} for one in watched])


def _attempt_row(one: Ended, now: datetime) -> dict[str, Any]:
    result = one.result
    outcome = Outcome.ACCEPTED if one.was_taken else result.outcome
    return {
        "id": one.attempt_id,
        "outcome": Attempt.Outcome(outcome.value),
        "error": result.error.value if result.error and not one.was_taken else "",
        "code": result.code[:80],
        "text": result.text[:500],
        "provider_id": result.provider_id[:100],
        "finished_at": now,
    }


def _pause_accounts(ended: Sequence[Ended], now: datetime) -> None:
    """Let an account rest that the vendor refuses as such; the next claim takes another one."""
    refusals = {one.gateway_id: one.result for one in ended if one.result.error in ACCOUNT_WIDE}
    for gateway_id, result in sorted(refusals.items(), key=lambda pair: str(pair[0])):
        if gateway_id:
            detail = f"{result.code} {result.text}".strip()
            rest(gateway_id, why="refused", detail=detail, until=retries.pause_until(result, now=now))


def _note_refusal(one: Ended) -> None:
    for category in Category:
        opt_out(
            one.merchant_id,
            channel=one.channel,
            address=one.address,
            category=category,
            source=OptOutSource.VENDOR,
            reason=one.result.code,
        )


def _show(ended: Sequence[Ended], now: datetime) -> bool:
    """Put what the sandbox took on its page; it delivers at once, and says so with a receipt."""
    shown = [(one, one.result.shown) for one in ended if one.result.shown]
    if not shown:
        return False
    SandboxDelivery.objects.bulk_create(
        SandboxDelivery(
            merchant_id=one.merchant_id,
            message_id=one.message_id,
            channel=what.channel,
            address=what.address,
            sender=what.sender,
            subject=what.subject[:250],
            text=what.text,
            html=what.html,
            created_at=now,
        )
        for one, what in shown
    )
    Receipt.objects.bulk_create(
        [
            Receipt(
                merchant_id=one.merchant_id,
                gateway_id=one.gateway_id,
                channel=one.channel,
                kind=ReceiptKind.DELIVERED.value,
                dedupe=f"sandbox:{one.attempt_id.hex}",
                reference=one.attempt_id.hex,
                address=one.address,
            )
            for one, _ in shown
        ],
        ignore_conflicts=True,
    )
    return True
