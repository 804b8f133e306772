"""Identifiers: time-ordered, unguessable."""

from __future__ import annotations

import os
import time
import uuid
from datetime import datetime


def uuid7() -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562, method 3): milliseconds, their 4,096th parts, 62 random bits.

    Rows made later sort later, those of one millisecond too (an order's items, its first events), so
    inserts stay at the end of the index and a cursor can page by id.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = milliseconds << 80 | 0x7 << 76 | (rest * 4096 // 1_000_000) << 64
    return uuid.UUID(int=value | 0x2 << 62 | int.from_bytes(os.urandom(8)) >> 2)


def first_id_at(moment: datetime) -> uuid.UUID:
    """Return an id before all that were made at `moment` or later, and after all that were made before."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)
