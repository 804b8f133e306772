"""Send what is due: take, send, finish, over and over until nothing is left.

One event loop lives as long as the worker's process, with one HTTP session in it. Sends overlap;
what has answered is finished at once and never waits for what hangs. The attempts are written before
the first byte leaves, a limited number at a time, so that a worker that dies leaves few questions.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from django import db
from django.conf import settings
from django.utils import timezone as clock

from notifications import queueing
from notifications.channels.base import Parcel
from notifications.channels.registry import CHANNELS
from notifications.delivery.concluding import conclude
from notifications.delivery.drafting import Drafted, draft
from notifications.delivery.engine import engine
from notifications.delivery.finishing import Ended
from notifications.delivery.preparing import Ready
from notifications.delivery.resting import rest, take_back
from notifications.delivery.taking import Taken, take
from notifications.delivery.writing import Interrupted
from notifications.heartbeat import beat
from notifications.outcomes import ErrorClass, Outcome, Result, refused, unknown
from notifications.setup import Setups

log = structlog.get_logger(__name__)

# How many are decided about and written ahead in one transaction; it locks them, on SQLite everything.
BATCH = 200
# How many may be in doubt together if the worker dies.
IN_FLIGHT = 600
# A slow answer holds up the writing of quick ones for no longer than this (seconds).
PATIENCE = 0.02
# How soon a round under way looks again for what is due (seconds).
LOOK = 0.2
# How long a round rests between the sips that a rate limit lets go (seconds).
PACE = 0.05
# Nothing begins to leave so long (part of the time a text may be under way) after it was decided about: the
# worker stood still meanwhile, and others may be asking already what became of it.
TOO_LATE = 0.5


Step = TypeVar("Step", Taken, Drafted)


class Dispatch:
    """One worker's round: what it has in flight, and how it ends."""

    def __init__(self, lane: str) -> None:
        self.lane = lane
        self.setups = Setups()
        self.engine = engine()
        self.engine.watch.begin()
        self.in_flight: dict[asyncio.Task[list[Result]], list[Ready]] = {}
        self.messages_in_flight = 0
        self.sent = 0
        self.more_at: datetime | None = None

    def run(self, *, until: float) -> int:
        """Send until nothing is due or the clock (time.monotonic) says `until`. Return how many left.

        When nothing is due, further events are planned: what they lead to leaves in the same breath. A round
        that breaks off waits for the answers to what has left; nothing leaves after its end.
        """
        try:
            self._work(until)
        except Exception:
            while self.in_flight:
                beat(self.lane)
                self._finish_done()
            raise
        finally:
            self._abandon()
        return self.sent

    def _work(self, until: float) -> None:
        look_at = 0.0
        while True:
            beat(self.lane)
            now, room = time.monotonic(), IN_FLIGHT - self.messages_in_flight
            if room >= BATCH // 2 and look_at <= now < until and not self._take(min(room, BATCH)):
                # What comes from here on queues a wake-up; but while a vendor hangs, nobody would serve it.
                look_at = now + LOOK
            if self.in_flight:
                if self._finish_done():
                    look_at = 0.0
            elif look_at > now or now >= until:
                if now >= until or not self._is_paced():
                    break
                time.sleep(PACE)
                look_at = 0.0

    def _abandon(self) -> None:
        """Let go of what is still under way: this loop runs again, and then it must not go on by itself."""
        for task in self.in_flight:
            task.cancel()
        if self.in_flight:
            self.engine.loop.run_until_complete(asyncio.wait(self.in_flight))

    def _is_paced(self) -> bool:
        """Say whether a rate limit lets more go so soon that it is not worth to end the round."""
        return self.more_at is not None and self.more_at < clock.now() + timedelta(seconds=1)

    def _take(self, limit: int) -> bool:
        """Start what is due, then what further events lead to. Return whether there may be more."""
        self.setups.silent = self.engine.watch.silent()
        taken = self._decide(take, limit)
        self.more_at = taken.more_at
        self._launch(taken.batches)
        rest = limit - taken.count
        if not rest or taken.has_more:
            return True
        drafted = self._decide(draft, rest)
        self.more_at = min(filter(None, (taken.more_at, drafted.more_at)), default=None)
        self._launch(drafted.batches)
        return drafted.has_more or drafted.events == rest

    def _decide(self, step: Callable[..., Step], limit: int) -> Step:
        """Take a step that writes ahead. If it was written or not, nobody knows: nothing of it has left."""
        try:
            return step(self.lane, limit=limit, setups=self.setups)
        except Interrupted as fault:
            unsent = refused(ErrorClass.TRANSIENT, text="the database went away before it could leave")
            if fault.ready:
                conclude([_ended(ready, unsent) for ready in fault.ready], lane=self.lane)
            raise

    def _launch(self, batches: Sequence[list[Ready]]) -> None:
        """Let what is written ahead leave."""
        for batch in batches:
            parcels = [ready.parcel for ready in batch]
            task = self.engine.loop.create_task(self._send(batch[0].message.channel, parcels, batch[0].at))
            self.in_flight[task] = batch
            self.messages_in_flight += len(batch)
            if account := parcels[0].gateway_id:
                self.engine.watch.left(account, count=len(batch))

    async def _send(self, kind: str, batch: Sequence[Parcel], decided_at: datetime) -> list[Result]:
        """Send one batch. A fault of ours, mid-way, leaves its outcome unknown: it may have left."""
        if clock.now() - decided_at > timedelta(seconds=TOO_LATE * settings.DELIVERY["sending_seconds"]):
            return [refused(ErrorClass.TRANSIENT, text="its worker stood still until it was too late")] * len(
                batch
            )
        try:
            results = await CHANNELS[kind].send(batch, self.engine.world)
        except Exception as fault:
            log.exception("a channel failed", channel=kind, fault=type(fault).__name__)
            return [unknown(f"internal fault: {type(fault).__name__}")] * len(batch)
        if len(results) != len(batch):
            log.error("a channel lost count", channel=kind, sent=len(batch), results=len(results))
            return [unknown("internal fault: results do not match")] * len(batch)
        return results

    def _finish_done(self) -> bool:
        """Wait a moment for answers, then write those that came. Return whether one may go on another way."""
        wait = asyncio.wait(self.in_flight, timeout=PATIENCE, return_when=asyncio.ALL_COMPLETED)
        done, _ = self.engine.loop.run_until_complete(wait)
        ended: list[Ended] = []
        accounts: set[UUID] = set()
        for task in done:
            items, results = self.in_flight.pop(task), task.result()
            ended += map(_ended, items, results)
            if account := items[0].parcel.gateway_id:
                accounts.add(account)
                self.engine.watch.ended(account, results)
        self._judge(accounts, ended)
        if not ended:
            return False
        if any(one.result.outcome is not Outcome.ACCEPTED for one in ended):
            self.setups.forget()  # an account may have been paused
        self.messages_in_flight -= len(ended)
        self.sent += len(ended)
        if conclude(ended, lane=self.lane):
            queueing.wake("receipts")
        return any(one.has_other and one.result.error for one in ended)

    def _judge(self, accounts: set[UUID], ended: Sequence[Ended]) -> None:
        """Let accounts rest that fail or hang, and take those back that did well on trial."""
        watch = self.engine.watch
        for account in watch.hanging():
            self._act(rest, account, why="hanging")
        for account in accounts:
            if watch.is_failing(account):
                words = next((one.result.text for one in ended if one.gateway_id == account), "")
                self._act(rest, account, why="failing", detail=words)
            elif self.setups.is_on_trial(account) and watch.has_proved(account):
                self._act(take_back, account)

    def _act(self, change: Callable[..., bool], account: UUID, **words: str) -> None:
        """Change an account; if the database is away the next look will do."""
        try:
            change(account, **words)
        except db.Error as fault:
            log.warning("a gateway account could not be changed yet", fault=type(fault).__name__)
            db.connection.close()
            return
        self.engine.watch.forget(account)
        self.setups.forget()


def _ended(ready: Ready, result: Result) -> Ended:
    message, parcel = ready.message, ready.parcel
    return Ended(
        message_id=message.id,
        attempt_id=parcel.attempt_id,
        merchant_id=message.merchant_id,
        channel=message.channel,
        address=parcel.address,
        gateway_id=parcel.gateway_id,
        tries=ready.row["tries"],
        expires_at=message.expires_at,
        result=result,
        has_other=ready.has_other,
        other_at=ready.other_at,
        spending=ready.spending,
    )
