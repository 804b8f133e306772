"""Whose turn it is: take due messages for this worker, and give back what a dead one left.

A claim is a short transaction; none is open while a vendor thinks. Workers skip each other's rows
(PostgreSQL: SKIP LOCKED; SQLite has one writer at a time anyway).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone as clock

from notifications.delivery.states import move
from notifications.delivery.turn import COLUMNS, Turn
from notifications.models import Message, State
from notifications.models.messages import OPEN


def new_claim() -> tuple[UUID, datetime]:
    """Return a claim and until when it holds."""
    return uuid4(), clock.now() + timedelta(seconds=settings.DELIVERY["claim_seconds"])


def claim(lane: str, *, limit: int) -> list[Turn]:
    """Take up to `limit` due messages of a lane, those due longest first."""
    now = clock.now()
    token, until = new_claim()
    with transaction.atomic():
        due = Message.objects.filter(lane=lane, state__in=OPEN, due_at__lte=now).order_by("due_at")
        rows = list(due.select_for_update(skip_locked=True).values_list(*COLUMNS)[:limit])
        if rows:
            move([row[0] for row in rows], State.CLAIMED, only_from=OPEN, claim=token, claimed_until=until)
    return [Turn(*(*row, token)) for row in rows]


def expire_claims() -> tuple[int, int]:
    """Deal with what dead workers left: return how many messages were given back, and how many are unknown.

    A claimed message without an attempt never left and is due again; one that was being sent may
    have left, and nobody knows.
    """
    now = clock.now()
    late = Message.objects.filter(claimed_until__lt=now)
    claimed = list(late.filter(state=State.CLAIMED).values_list("pk", flat=True)[:5_000])
    sending = list(late.filter(state=State.SENDING).values_list("pk", flat=True)[:5_000])
    given_back = move(claimed, State.DUE, only_from=[State.CLAIMED], claim=None, claimed_until=None)
    ask_at = now + timedelta(seconds=settings.DELIVERY["first_look_seconds"])
    lost = move(sending, State.UNKNOWN, only_from=[State.SENDING], claim=None, claimed_until=ask_at)
    return given_back, lost


def next_due(lane: str) -> datetime | None:
    """Return when the next message of a lane is due, or None when none waits."""
    waiting = Message.objects.filter(lane=lane, state__in=OPEN)
    found: datetime | None = waiting.aggregate(first=Min("due_at"))["first"]
    return found
