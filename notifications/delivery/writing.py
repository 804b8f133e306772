"""Write what was decided about messages: all of it before a byte leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone as clock

from notifications.channels.registry import CHANNELS
from notifications.delivery.preparing import Prepared, Ready, held_row
from notifications.delivery.rows import insert_rows, set_rows
from notifications.limits import buckets, usage
from notifications.models import Attempt, ChannelKind, Message
from notifications.policy.gates import held_after_all


class Interrupted(Exception):
    """The database went away as this was being written: nobody knows whether it is, and nothing has left."""

    def __init__(self, batches: Sequence[list[Ready]]) -> None:
        super().__init__("the database went away")
        self.ready = [ready for batch in batches for ready in batch]


def admit(prepared: Prepared) -> datetime | None:
    """Hold what a vendor's rate limit or the merchant's own budget does not let go now.

    Call it in the transaction that writes the rest: what is counted is what leaves. Return when the first
    of those that a rate limit holds may go.
    """
    now = clock.now()
    waits = buckets().take([CHANNELS[one.message.channel].claims(one.parcel) for one in prepared.ready])
    _hold(prepared, "rate_limit", [now + timedelta(seconds=wait) if wait else None for wait in waits])
    for one in prepared.ready:
        if one.message.channel == ChannelKind.SMS:
            one.spending = usage.spending(
                prepared.setup,
                one.message.merchant_id,
                country=one.parcel.country,
                parts=one.row["parts"],
                at=now,
            )
    _hold(prepared, "budget", usage.reserve([one.spending for one in prepared.ready]))
    return now + timedelta(seconds=min(filter(None, waits))) if any(waits) else None


def _hold(prepared: Prepared, gate: str, untils: list[datetime | None]) -> None:
    """Move what has to wait from the ready to the held."""
    if not any(untils):
        return
    ready, prepared.ready = prepared.ready, []
    for one, until in zip(ready, untils, strict=True):
        if until is None:
            prepared.ready.append(one)
            continue
        *before, last = one.row["gates"]
        gates = [*before, held_after_all(last, gate=gate, until=until)]
        prepared.held.append(held_row(one.message, gates=gates, reason=gate, until=until))


def write_changes(prepared: Prepared) -> list[list[Ready]]:
    """Write what was decided about messages that are there and locked. Return what leaves, by batches."""
    batches = _batches(prepared.ready)
    for rows in (prepared.held, prepared.dropped, prepared.failed, [one.row for one in prepared.ready]):
        set_rows(Message, rows)
    insert_rows(Attempt, [_attempt(one) for one in prepared.ready])
    return batches


def write_new(rows: list[dict[str, Any]], prepared: Prepared) -> list[list[Ready]]:
    """Write new messages, as they stand after the decision. Return what leaves, by batches.

    A message that is there already is left alone.
    """
    decided = (prepared.held, prepared.dropped, prepared.failed, [one.row for one in prepared.ready])
    changes = {row["id"]: row for some in decided for row in some}
    new = insert_rows(Message, [row | changes.get(row["id"], {}) for row in rows])
    usage.give_back(one.spending for one in prepared.ready if one.message.id not in new)
    prepared.ready = [one for one in prepared.ready if one.message.id in new]
    batches = _batches(prepared.ready)
    insert_rows(Attempt, [_attempt(one) for one in prepared.ready])
    return batches


def _batches(ready: list[Ready]) -> list[list[Ready]]:
    """Group what leaves as its channel sends it; a batch's reference is part of its attempts."""
    by_attempt = {one.parcel.attempt_id: one for one in ready}
    by_channel: dict[str, list[Ready]] = {}
    for one in ready:
        by_channel.setdefault(one.message.channel, []).append(one)
    return [
        [by_attempt[parcel.attempt_id] for parcel in batch]
        for kind, items in by_channel.items()
        for batch in CHANNELS[kind].batches([one.parcel for one in items])
    ]


def _attempt(ready: Ready) -> dict[str, Any]:
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
        "started_at": ready.at,
    }
