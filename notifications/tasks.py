"""The tasks that django-q2 runs. Each says where to look and carries nothing: rows are the truth."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import structlog
from django import db

from merchants.api.idempotency import forget_old_answers
from merchants.ownership import across_merchants
from notifications import balances, queueing, receipts, reviewing, testsend
from notifications.delivery.concluding import AWAY
from notifications.delivery.engine import engine
from notifications.delivery.resting import find_slow
from notifications.delivery.sending import Dispatch
from notifications.delivery.settling import settle
from notifications.delivery.taking import give_up_on_the_dead
from notifications.heartbeat import beat
from notifications.limits.in_database import forget_full
from orders import sweeps
from orders.events import Lane

# A round in the bulk lane ends soon, so that other tasks have their turn; what is left is taken up by the
# next. In the urgent lane there are no others, and while one waits for its last answers nothing new is
# taken: seldom is better. With the longest answer it stays below the task's time-out (seconds).
ROUND = {Lane.URGENT: 30.0, Lane.BULK: 5.0}
# Nothing is done once more in a sweep after so long (seconds): all of it stays below the task's time-out.
SWEEP = 30.0

log = structlog.get_logger(__name__)


def work_urgent() -> None:
    work(Lane.URGENT)


def work_bulk() -> None:
    work(Lane.BULK)


def work(lane: Lane) -> None:
    """Plan and send everything of a lane that is due now."""
    queueing.begin(lane)
    until = time.monotonic() + ROUND[lane]
    with across_merchants():
        Dispatch(lane).run(until=until)
    if time.monotonic() >= until:
        queueing.wake(lane)


def work_receipts() -> None:
    """Work off what came back from the world."""
    queueing.begin("receipts")
    until = time.monotonic() + ROUND[Lane.BULK]
    with across_merchants():
        _repeat(receipts.work_off, until=until)
    if time.monotonic() >= until:
        queueing.wake("receipts")


def work_reviews() -> None:
    """Hand in signatures and templates, and ask where they stand."""
    queueing.begin("reviews")
    until = time.monotonic() + ROUND[Lane.BULK]
    with across_merchants():
        _repeat(reviewing.work_off, until=until)
    if time.monotonic() >= until:
        queueing.wake("reviews")


def sweep() -> None:
    """Find what nobody else will: dead workers, unknown outcomes, unpaid orders, and the like.

    Trouble with one of them is no reason to leave the others.
    """
    queueing.begin("sweep")
    until = time.monotonic() + SWEEP
    with across_merchants():
        for look in (
            give_up_on_the_dead,
            partial(_repeat, settle, until=until),
            find_slow,
            testsend.send_canaries,
            partial(balances.poll, engine().world, loop=engine().loop),
            forget_full,
            partial(_repeat, reviewing.work_off, until=until),
            forget_old_answers,
            sweeps.find_unpaid,
            sweeps.find_stalled,
        ):
            _try(look)


def _repeat(step: Callable[[], int], *, until: float) -> None:
    """Do a step once, and again while there was something to do and the clock does not say `until`."""
    while step() and time.monotonic() < until:
        beat(Lane.BULK)


def _try(look: Callable[[], object]) -> None:
    beat(Lane.BULK)
    try:
        look()
    except Exception as fault:
        log.exception("a part of the sweep failed", fault=type(fault).__name__)
        if isinstance(fault, AWAY):
            db.connection.close()
