"""The tasks that django-q2 runs. Each says where to look and carries nothing: rows are the truth."""

from __future__ import annotations

import time

from merchants.api.idempotency import forget_old_answers
from merchants.ownership import across_merchants
from notifications import balances, queueing, receipts, reviewing, testsend
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
    with across_merchants():
        while receipts.work_off():
            beat(Lane.BULK)


def work_reviews() -> None:
    """Hand in signatures and templates, and ask where they stand."""
    queueing.begin("reviews")
    with across_merchants():
        while reviewing.work_off():
            beat(Lane.BULK)


def sweep() -> None:
    """Find what nobody else will: dead workers, unknown outcomes, unpaid orders, and the like."""
    queueing.begin("sweep")
    with across_merchants():
        give_up_on_the_dead()
        while settle():
            beat(Lane.BULK)
        find_slow()
        testsend.send_canaries()
        balances.poll(engine().world, loop=engine().loop)
        forget_full()
        while reviewing.work_off():
            beat(Lane.BULK)
        forget_old_answers()
        sweeps.find_unpaid()
        sweeps.find_stalled()
