"""Send what is due: claim, ask, write ahead, send, finish, over and over until nothing is left.

One event loop lives as long as the worker's process, with one HTTP session in it. Sends overlap;
what has answered is finished at once and never waits for what hangs. The attempt is written before
the first byte leaves, a small chunk at a time, so that a worker that dies leaves few questions.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django import db
from django.db import transaction
from django.utils import timezone as clock

from notifications import queueing
from notifications.channels.base import Parcel
from notifications.channels.registry import CHANNELS
from notifications.delivery.claiming import claim
from notifications.delivery.drafting import draft
from notifications.delivery.engine import engine
from notifications.delivery.finishing import Ended, finish
from notifications.delivery.preparing import Prepared, Ready, prepare
from notifications.delivery.resting import rest, take_back
from notifications.delivery.rows import insert_rows, set_rows
from notifications.heartbeat import beat
from notifications.models import Attempt, Message, State
from notifications.outcomes import Outcome, Result, unknown
from notifications.setup import Setups

log = structlog.get_logger(__name__)

BATCH = 400
# How many attempts are written ahead, and so are in doubt together if the worker dies.
CHUNK = 100
IN_FLIGHT = 600
# A slow answer holds up the writing of quick ones for no longer than this (seconds).
PATIENCE = 0.02
# How soon a round under way looks again for what is due (seconds).
LOOK = 0.2
# How long to wait for a database that is away or found a deadlock, before each new try (seconds).
FINISH_WAITS = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)


class Dispatch:
    """One worker's round: what it has in flight, and how it ends."""

    def __init__(self, lane: str, *, plans: bool = True) -> None:
        self.lane = lane
        self.plans = plans
        self.setups = Setups()
        self.engine = engine()
        self.engine.watch.begin()
        self.in_flight: dict[asyncio.Task[list[Result]], list[Ready]] = {}
        self.messages_in_flight = 0
        self.sent = 0

    def run(self, *, until: float) -> int:
        """Send until nothing is due or the clock (time.monotonic) says `until`. Return how many left.

        When nothing is due, further events are planned (unless `plans` says no): what they lead to
        leaves in the same breath.
        """
        look_at = 0.0
        while True:
            beat(self.lane)
            now, room = time.monotonic(), IN_FLIGHT - self.messages_in_flight
            if room >= CHUNK and look_at <= now < until and not self._take(min(room, BATCH)):
                # What comes from here on queues a wake-up; but while a vendor hangs, nobody would serve it.
                look_at = now + LOOK
            if self.in_flight:
                if self._finish_done():
                    look_at = 0.0
            elif look_at > now or now >= until:
                break
        return self.sent

    def _take(self, limit: int) -> bool:
        """Start what is due, then what further events lead to. Return whether there may be more."""
        self.setups.silent = self.engine.watch.silent()
        messages = claim(self.lane, limit=limit)
        if messages:
            self._start(prepare(messages, setups=self.setups))
        rest = limit - len(messages)
        if not rest or not self.plans:
            return not rest
        drafted = draft(self.lane, limit=rest, setups=self.setups)
        if drafted.claimed:
            prepared = prepare(
                drafted.claimed, setups=self.setups, known=drafted.loaded, consents=drafted.consents
            )
            self._start(prepared)
        return drafted.events == rest

    def _start(self, prepared: Prepared) -> None:
        write_refusals(prepared)
        by_channel: dict[str, list[Ready]] = {}
        for ready in prepared.ready:
            by_channel.setdefault(ready.message.channel, []).append(ready)
        for kind, items in by_channel.items():
            for start in range(0, len(items), CHUNK):
                self._launch(kind, items[start : start + CHUNK])

    def _launch(self, kind: str, items: Sequence[Ready]) -> None:
        """Write a chunk ahead and send it."""
        batches = CHANNELS[kind].batches([ready.parcel for ready in items])
        ours = {ready.parcel.attempt_id: ready for ready in write_ahead(items)}
        for batch in batches:
            batch = [parcel for parcel in batch if parcel.attempt_id in ours]
            if batch:
                task = self.engine.loop.create_task(self._send(kind, batch))
                self.in_flight[task] = [ours[parcel.attempt_id] for parcel in batch]
                self.messages_in_flight += len(batch)
                if account := batch[0].gateway_id:
                    self.engine.watch.left(account, count=len(batch))

    async def _send(self, kind: str, batch: Sequence[Parcel]) -> list[Result]:
        """Send one batch. A fault of ours, mid-way, leaves its outcome unknown: it may have left."""
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
        if _finish_surely(ended):
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
        except db.OperationalError as fault:
            log.warning("a gateway account could not be changed yet", fault=type(fault).__name__)
            db.connection.close()
            return
        self.engine.watch.forget(account)
        self.setups.forget()


def _finish_surely(ended: Sequence[Ended]) -> bool:
    """Write outcomes though the database is away for a while: what is known must not become unknown."""
    for wait in FINISH_WAITS:
        try:
            return finish(ended)
        except db.OperationalError as fault:
            log.warning("outcomes could not be written yet", fault=type(fault).__name__, waiting=len(ended))
            db.connection.close()
            time.sleep(wait)
    return finish(ended)


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
    )


def _attempt(ready: Ready, now: datetime) -> dict[str, Any]:
    return {
        "id": ready.parcel.attempt_id,
        "merchant_id": ready.parcel.merchant_id,
        "message_id": ready.message.id,
        "gateway_id": ready.parcel.gateway_id,
        "number": ready.row["tries"],
        "batch": ready.parcel.batch,
        "outcome": Attempt.Outcome.STARTED,
        "error": "",
        "code": "",
        "text": "",
        "provider_id": "",
        "started_at": now,
    }


def write_refusals(prepared: Prepared) -> None:
    """Write what the gates held or dropped, and what had no words."""
    for rows in (prepared.held, prepared.dropped, prepared.failed):
        set_rows(Message, rows, where={"state": [State.CLAIMED]})


def write_ahead(items: Sequence[Ready]) -> list[Ready]:
    """Write the attempts and mark their messages as being sent; only then may bytes leave.

    Return those that are still ours: a claim that expired meanwhile has been given to another.
    """
    now = clock.now()
    with transaction.atomic():
        claims = {ready.message.claim for ready in items}
        ours = set_rows(
            Message,
            [ready.row for ready in items],
            where={"state": [State.CLAIMED], "claim": sorted(claims, key=str)},
        )
        kept = [ready for ready in items if ready.message.id in ours]
        insert_rows(Attempt, [_attempt(ready, now) for ready in kept])
    return kept
