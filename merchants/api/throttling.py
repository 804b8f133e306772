"""How often a key may call."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from merchants.models import ApiKey

if TYPE_CHECKING:  # which loads this module in its turn
    from rest_framework.views import APIView

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass
class Lease:
    """What this process has taken of a key's window and not yet used."""

    window: int
    left: int = 0
    unclaimed: int = 0
    is_exhausted: bool = False


@dataclass(frozen=True)
class Rate:
    """Where a key stands: requests per window, how many are left, seconds until the next window."""

    limit: int
    remaining: int
    reset: int


_leases: dict[UUID, Lease] = {}
_lock = Lock()


def rate_of_keys() -> tuple[int, int]:
    """Return how many requests a key may make in how many seconds (API_RATE, such as 6000/min)."""
    number, _, unit = str(api_settings.DEFAULT_THROTTLE_RATES["key"]).partition("/")
    return int(number), SECONDS[unit[0]]


class KeyThrottle(BaseThrottle):
    """Count a key's requests in fixed windows, over all processes.

    A process takes a hundredth of the window at once from the shared cache, so that counting does
    not cost a write per request; the sum never exceeds the limit. `request.rate` is a `Rate`.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        limit, seconds = rate_of_keys()
        now = time.time()
        self._wait = seconds - now % seconds
        with _lock:
            lease = self._lease(request.auth.pk, window=int(now // seconds))
            if not lease.left and not lease.is_exhausted:
                self._claim(lease, f"rate:{request.auth.pk}:{lease.window}", limit=limit, seconds=seconds)
            is_allowed = lease.left > 0
            lease.left -= is_allowed
            remaining = lease.left + lease.unclaimed
        request.rate = Rate(limit, remaining, int(self._wait) + 1)  # type: ignore[attr-defined]  # for the view
        return is_allowed

    def wait(self) -> float:
        return self._wait

    def _lease(self, key_id: UUID, *, window: int) -> Lease:
        lease = _leases.get(key_id)
        if lease is None or lease.window != window:
            if len(_leases) > 10_000:
                _leases.clear()
            lease = _leases[key_id] = Lease(window)
        return lease

    def _claim(self, lease: Lease, name: str, *, limit: int, seconds: int) -> None:
        share = max(1, limit // 100)
        cache.add(name, 0, timeout=2 * seconds)
        try:
            taken = cache.incr(name, share)
        except ValueError:  # thrown out of the cache in between
            cache.set(name, share, timeout=2 * seconds)
            taken = share
        lease.left = max(0, min(share, limit - taken + share))
        lease.unclaimed = max(0, limit - taken)
        lease.is_exhausted = lease.left == 0
