"""A sign of life from the workers of this host to the process that watches them.

`manage.py work` forks its clusters, so a shared number made before is seen by all of them.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
# How often a worker that waits for others gives a sign (seconds).
OFTEN = 1.0

_beats = {name: multiprocessing.Value("d", 0.0) for name in ("urgent", "bulk")}


def beat(lane: str) -> None:
    """Say that a worker of this lane is getting on with its work."""
    _beats[lane].value = time.monotonic()


def silent_for(lane: str) -> float:
    """Return for how many seconds no worker of this lane has given a sign."""
    return time.monotonic() - float(_beats[lane].value)


async def beating(work: Coroutine[Any, Any, T], *, lane: str) -> T:
    """Return what comes of `work`, which waits for others, giving a sign of life meanwhile."""
    task = asyncio.ensure_future(work)
    while not task.done():
        beat(lane)
        await asyncio.wait([task], timeout=OFTEN)
    return task.result()
