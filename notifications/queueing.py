"""Wake-ups: tell a worker that there is something to do, never what.

Rows are the truth. A wake-up that is lost is repaired by the clock of `manage.py work`; one that
comes twice finds nothing. While one of a name is pending no second is queued; its mark is removed
*before* the worker looks, so whatever commits is seen by that look or queues a new wake-up.
"""

from __future__ import annotations

import time

import structlog
from django.core.cache import cache
from django.db import Error
from django_q.tasks import async_task
from redis.exceptions import RedisError

from orders.events import Lane

log = structlog.get_logger(__name__)

# A mark that stands longer has lost its task (the queue was emptied, the worker killed): seconds.
STALE = 10
TASKS = {
    Lane.URGENT.value: ("notifications.tasks.work_urgent", Lane.URGENT),
    Lane.BULK.value: ("notifications.tasks.work_bulk", Lane.BULK),
    "receipts": ("notifications.tasks.work_receipts", Lane.BULK),
    "reviews": ("notifications.tasks.work_reviews", Lane.BULK),
    "sweep": ("notifications.tasks.sweep", Lane.BULK),
}


def _mark(name: str) -> str:
    return f"wake:{name}"


def wake(name: str) -> bool:
    """Queue the wake-up `name` unless one is pending. Return whether it was queued.

    Call it outside a transaction (on commit): a worker must find what it is woken for. A queue that is
    away is no error of the caller's, whose rows are saved: the clock wakes the worker once it is back.
    """
    try:
        if cache.get(_mark(name)) is not None or not cache.add(_mark(name), time.time(), STALE):
            return False
        task, lane = TASKS[name]
        async_task(task, cluster=lane.value)
    except (RedisError, Error) as fault:
        log.warning("a wake-up could not be queued", wake_up=name, fault=type(fault).__name__)
        return False
    return True


def begin(name: str) -> None:
    """Take the mark away: from here on a new wake-up is queued."""
    cache.delete(_mark(name))


def waiting_since(name: str) -> float | None:
    """Return since when (UNIX time) the wake-up `name` is queued and not begun, or None."""
    since: float | None = cache.get(_mark(name))
    return since
