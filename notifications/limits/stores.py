"""Where the buckets are kept: in Redis where there is one, else in the database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from django.conf import settings

from notifications.limits.arithmetic import Wanted
from notifications.limits.in_database import DatabaseBuckets
from notifications.limits.in_redis import RedisBuckets


class Buckets(Protocol):
    """Buckets that all workers on all hosts share; restarts do not fill them."""

    def take(self, wanted: Sequence[Wanted]) -> list[float]:
        """Take for each text, in order, all that it claims or nothing.

        Return 0.0 for a text that may leave, else how many seconds it is to wait. A batch is one round;
        where nothing is claimed nothing is asked. What was taken and not used is not given back. Within a
        transaction call it once, and let that be short: in the database it keeps the buckets until it ends.
        """
        ...


def buckets() -> Buckets:
    """Return the buckets of this installation."""
    return _buckets(settings.REDIS_URL)


@lru_cache(maxsize=2)
def _buckets(redis_url: str) -> Buckets:
    return RedisBuckets(redis_url) if redis_url else DatabaseBuckets()
