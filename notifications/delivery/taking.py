"""Whose turn it is: take what is due, and deal with what a dead worker was sending.

Taking locks the messages, asks the gates, and writes what follows, in one short transaction; bytes leave
after it. Workers skip each other's rows (PostgreSQL: SKIP LOCKED; SQLite has one writer at a time anyway),
and what a worker that dies had locked is due as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone as clock

from notifications.delivery.preparing import Ready, prepare
from notifications.delivery.states import move
from notifications.delivery.turn import COLUMNS, Turn
from notifications.delivery.writing import admit, write_changes
from notifications.models import Message, State
from notifications.models.messages import OPEN
from notifications.setup import Setups


@dataclass(slots=True)
class Taken:
    """How many messages it was the turn of, and those that leave now, as they travel together.

    `more_at` is when the first of those that a rate limit holds may go.
    """

    count: int = 0
    batches: Sequence[list[Ready]] = ()
    more_at: datetime | None = None


def take(lane: str, *, limit: int, setups: Setups) -> Taken:
    """Take up to `limit` due messages of a lane, those due longest first."""
    with transaction.atomic():
        turns = _lock_due(lane, limit=limit)
        if not turns:
            return Taken()
        prepared = prepare(turns, setups=setups)
        more_at = admit(prepared)
        batches = write_changes(prepared)
    return Taken(len(turns), batches, more_at)


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
