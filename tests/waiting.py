"""Wait for what other processes are about to do."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(is_so: Callable[[], bool], *, seconds: float = 30) -> bool:
    """Ask until it is so; return False when it was not in that time."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
