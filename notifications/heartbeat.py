"""A sign of life from the workers of this host to the process that watches them.

`manage.py work` forks its clusters, so a shared number made before is seen by all of them.
"""

from __future__ import annotations

import multiprocessing
import time

_beats = {name: multiprocessing.Value("d", 0.0) for name in ("urgent", "bulk")}


def beat(lane: str) -> None:
    """Say that a worker of this lane is getting on with its work."""
    _beats[lane].value = time.monotonic()


def silent_for(lane: str) -> float:
    """Return for how many seconds no worker of this lane has given a sign."""
    return time.monotonic() - float(_beats[lane].value)
