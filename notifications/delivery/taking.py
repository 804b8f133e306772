"""Whose turn it is: take what is due, and deal with what a dead worker was sending.

Taking locks the messages, asks the gates, and writes what follows, in one short transaction; bytes leave
after it. Workers skip each other's rows (PostgreSQL: SKIP LOCKED; SQLite has one writer at a time anyway),
and what a worker that dies had locked is due as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone as clock

from notifications.delivery.concluding import AWAY
from notifications.delivery.preparing import Ready, prepare
from notifications.delivery.states import move
from notifications.delivery.turn import COLUMNS, Turn
from notifications.delivery.writing import Interrupted, admit, write_changes
from notifications.models import Message, State
from notifications.models.messages import OPEN
from notifications.reasons import Reason
from notifications.setup import Setups

log = structlog.get_logger(__name__)

# How long a message is put off that cannot be decided about. It may be our fault, or its own.
PUT_OFF = timedelta(minutes=10)


@dataclass(slots=True)
class Taken:
    """How many messages it was the turn of, and those that leave now, as they travel together.

    `more_at` is when the first of those that a rate limit holds may go; `has_more` says that fewer were
    taken than are due.
    """

    count: int = 0
    batches: Sequence[list[Ready]] = ()
    more_at: datetime | None = None
    has_more: bool = False


def take(lane: str, *, limit: int, setups: Setups) -> Taken:
    """Take up to `limit` due messages of a lane, those due longest first.

    One that cannot be decided about holds up nobody: half as many are taken, and half of those, until it is
    found, and it is put off. Raises `Interrupted`.
    """
    turns: list[Turn] = []
    try:
        return _take(lane, limit=limit, setups=setups, turns=turns)
    except (*AWAY, Interrupted):
        raise
    except Exception as fault:
        if not turns:
            raise
        if len(turns) == 1:
            log.exception("a message is put off", message=str(turns[0].id), fault=type(fault).__name__)
            _put_off(turns[0])
            return Taken(1, has_more=True)
    return replace(take(lane, limit=len(turns) // 2, setups=setups), has_more=True)


def _take(lane: str, *, limit: int, setups: Setups, turns: list[Turn]) -> Taken:
    """Take, and note in `turns` whose turn it is."""
    batches: Sequence[list[Ready]] = ()
    try:
        with transaction.atomic():
            turns += _lock_due(lane, limit=limit)
            if not turns:
                return Taken()
            prepared = prepare(turns, setups=setups)
            more_at = admit(prepared)
            batches = write_changes(prepared)
    except AWAY as fault:
        raise Interrupted(batches) from fault
    return Taken(len(turns), batches, more_at)


def _put_off(turn: Turn) -> None:
    """Let a message wait, or fail when its useful life ends before that."""
    now = clock.now()
    until = now + PUT_OFF
    is_useful = turn.expires_at is not None and turn.expires_at > until
    row: dict[str, Any] = {"state": State.FAILED, "finished_at": now}
    if is_useful:
        row = {"state": State.HELD, "due_at": until}
    still_open = Message.objects.filter(pk=turn.id, state__in=OPEN, tries=turn.tries)
    still_open.update(reason=Reason.INTERNAL_FAULT, **row)


def _lock_due(lane: str, *, limit: int) -> list[Turn]:
    due = Message.objects.filter(lane=lane, state__in=OPEN, due_at__lte=clock.now()).order_by("due_at")
    rows = due.select_for_update(skip_locked=True).values_list(*COLUMNS)[:limit]
    return [Turn(*row) for row in rows]


def give_up_on_the_dead() -> int:
    """Make unknown what was being sent by workers that are gone, for it may have left. Return how many."""
    now = clock.now()
    late = Message.objects.filter(state=State.SENDING, look_at__lt=now).values_list("pk", flat=True)
    ask_at = now + timedelta(seconds=settings.DELIVERY["first_look_seconds"])
    return move(list(late[:5_000]), State.UNKNOWN, only_from=[State.SENDING], look_at=ask_at)


def next_due(lane: str) -> datetime | None:
    """Return when the next message of a lane is due, or None when none waits."""
    waiting = Message.objects.filter(lane=lane, state__in=OPEN)
    found: datetime | None = waiting.aggregate(first=Min("due_at"))["first"]
    return found
