"""Write what came of attempts, whatever the database does meanwhile: what is known stays known."""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog
from django import db

from notifications.delivery.finishing import UNDER_WAY, Ended, finish
from notifications.heartbeat import beat

log = structlog.get_logger(__name__)

# The database's own troubles; whatever else goes wrong with a batch of rows lies in one of them.
AWAY = (db.OperationalError, db.InterfaceError)
# How long to wait for a database that is away or found a deadlock, before each new try (seconds): a restart
# is outlived, the task's time-out is not. Each is shorter than what a worker may be silent for.
WAITS = (0.05, 0.2, 0.5, 1.0, *[2.0] * 9)


def conclude(ended: Sequence[Ended], *, lane: str, only_from: Sequence[str] = UNDER_WAY) -> bool:
    """Write outcomes (see `finish`). Return whether receipts were written that wait to be worked on.

    One that cannot be written stays in doubt by itself. Raises what the database says when it stays away.
    """
    for wait in WAITS:
        try:
            return _write(ended, only_from)
        except AWAY as fault:
            log.warning("outcomes could not be written yet", fault=type(fault).__name__, waiting=len(ended))
            db.connection.close()
            beat(lane)
            time.sleep(wait)
    return _write(ended, only_from)


def _write(ended: Sequence[Ended], only_from: Sequence[str]) -> bool:
    try:
        return finish(ended, only_from=only_from)
    except AWAY:
        raise
    except Exception as fault:
        if len(ended) == 1:
            log.exception(
                "an outcome cannot be written", message=str(ended[0].message_id), fault=type(fault).__name__
            )
            return False
    middle = len(ended) // 2
    halves = [_write(part, only_from) for part in (ended[:middle], ended[middle:])]
    return any(halves)
