"""Wake-ups: tell a worker that there is something to do, never what.

Rows are the truth. A wake-up that is lost is repaired by the clock of `manage.py work`; one that
comes twice finds nothing. While one of a name is pending no second is queued; its mark is removed
*before* the worker looks, so whatever commits is seen by that look or queues a new wake-up.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_q.tasks import async_task

from notifications.models import WakeUp
from orders.events import Lane

# A mark this old has lost its task (the queue was emptied, the worker killed): it is set anew.
STALE = timedelta(seconds=15)
TASKS = {
    Lane.URGENT.value: "notifications.tasks.work_urgent",
    Lane.BULK.value: "notifications.tasks.work_bulk",
    "receipts": "notifications.tasks.work_receipts",
    "sweep": "notifications.tasks.sweep",
}


def wake(name: str) -> bool:
    """Queue the wake-up `name` unless one is pending. Return whether it was queued.

    Call it outside a transaction (on commit): a worker must find what it is woken for.
    """
    now = timezone.now()
    pending = WakeUp.objects.filter(name=name).values_list("queued_at", flat=True).first()
    if pending is not None:
        if pending > now - STALE:
            return False
        if not WakeUp.objects.filter(name=name, queued_at=pending).update(queued_at=now):
            return False
    else:
        try:
            with transaction.atomic():
                WakeUp.objects.create(name=name, queued_at=now)
        except IntegrityError:
            return False
    async_task(TASKS[name], cluster=Lane.BULK if name == Lane.BULK else Lane.URGENT)
    return True


def begin(name: str) -> None:
    """Take the mark away: from here on a new wake-up is queued."""
    WakeUp.objects.filter(name=name).delete()
