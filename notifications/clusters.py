"""The workers of one host: a django-q2 cluster per lane, watched from outside, and the clock that wakes them.

A cluster can stand still for good (a worker killed while it waits keeps the queue's lock), and a
wake-up can be lost. So this process asks the database a few times a second whether something is
due, queues the wake-up if so, and replaces a cluster that leaves one unserved.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import time
from collections.abc import Iterable

import structlog
from django import db
from django.conf import settings
from django.utils import timezone as clock
from django_q.cluster import Cluster
from django_q.conf import Conf
from redis.exceptions import RedisError

from merchants.ownership import across_merchants
from notifications import heartbeat, queueing
from notifications.delivery.taking import next_due
from notifications.models import Receipt
from orders.events import Lane
from orders.models import Event

log = structlog.get_logger(__name__)

TICK = 0.5
# A wake-up that nobody serves while no worker gives a sign, for this long, means a standing cluster.
STUCK = 4.0
# How often the bulk lane looks at the queue: an idle host has better things to do (seconds).
LEISURE = 0.1
_PR_SET_PDEATHSIG = 1


def spare_the_collector() -> None:
    """Keep the garbage collector off what is loaded, and let it come seldom.

    It took a fifth of a worker's time. What is frozen is not written to either, so that processes forked
    from here share it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies (Linux; elsewhere nothing happens)."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return


def _run_cluster(lane: str) -> None:
    """Be the main process of a lane's cluster, with its children in a process group of their own."""
    os.setsid()
    die_with_parent()
    os.register_at_fork(after_in_child=die_with_parent)
    Conf.CLUSTER_NAME = lane
    if lane == Lane.BULK:
        Conf.POLL = LEISURE
    cluster = Cluster()
    cluster.start()
    cluster.sentinel.join()


class Lanes:
    """The clusters of this host."""

    def __init__(self, lanes: Iterable[str]) -> None:
        self.lanes = tuple(lanes)
        self.processes: dict[str, multiprocessing.process.BaseProcess] = {}
        self.started: dict[str, float] = {}
        self.swept = 0.0
        self.is_stopping = False

    def run_until_told(self) -> None:
        """Keep the lanes working until SIGTERM or Ctrl-C."""
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self.stop)
        self.run()

    def run(self) -> None:
        """Keep the lanes working until `stop` is called."""
        for lane in self.lanes:
            self._start(lane)
        try:
            with across_merchants():
                while not self.is_stopping:
                    self._look()
                    time.sleep(TICK)
        finally:
            self._end()

    def _look(self) -> None:
        """Watch the clusters and the clock; a database or a queue that is away is waited for."""
        try:
            self._watch()
            self._tick()
        except (db.Error, RedisError) as fault:
            log.warning("the clock cannot reach the database or the queue", fault=type(fault).__name__)
            db.connections.close_all()

    def stop(self, *_: object) -> None:
        self.is_stopping = True

    def _start(self, lane: str) -> None:
        db.connections.close_all()
        context = multiprocessing.get_context("fork")
        process = context.Process(target=_run_cluster, args=(lane,), name=f"lane {lane}")
        process.start()
        heartbeat.beat(lane)
        self.processes[lane], self.started[lane] = process, time.monotonic()

    def _watch(self) -> None:
        """Replace clusters that died or stand still."""
        for lane in self.lanes:
            process = self.processes[lane]
            if not process.is_alive():
                log.warning("a cluster died", lane=lane)
                self._replace(lane)
            elif self._is_stuck(lane):
                log.warning("a cluster stands still", lane=lane)
                self._replace(lane)

    def _is_stuck(self, lane: str) -> bool:
        if heartbeat.silent_for(lane) < STUCK or time.monotonic() - self.started[lane] < STUCK:
            return False
        since = queueing.waiting_since(lane)
        return since is not None and time.time() - since > STUCK

    def _replace(self, lane: str) -> None:
        self._kill(lane)
        time.sleep(0.2)
        self._start(lane)
        queueing.begin(lane)

    def _kill(self, lane: str) -> None:
        """End a cluster, processes and all."""
        process = self.processes[lane]
        if process.pid:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.join(5)

    def _tick(self) -> None:
        """Wake whatever has something due."""
        now = clock.now()
        for lane in self.lanes:
            due = next_due(lane)
            if (due and due <= now) or Event.objects.filter(lane=lane, planned_at=None).exists():
                queueing.wake(lane)
        if Receipt.objects.filter(look_at__lte=now).exists():
            queueing.wake("receipts")
        if time.monotonic() - self.swept >= settings.DELIVERY["sweep_seconds"]:
            self.swept = time.monotonic()
            queueing.wake("sweep")

    def _end(self) -> None:
        """Let the clusters finish what they have in flight, then end them."""
        for process in self.processes.values():
            if process.pid and process.is_alive():
                os.kill(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 25
        for process in self.processes.values():
            process.join(max(0.1, deadline - time.monotonic()))
        for lane in self.lanes:
            self._kill(lane)
