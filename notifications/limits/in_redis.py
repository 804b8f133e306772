"""Buckets in Redis: one script, one round trip for a batch; a bucket that is full is forgotten.

While Redis is away every worker keeps the limits by itself, so that texts go on leaving: together they may
be as many times too fast as there are workers, and the vendor's own limit still stands.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import orjson
import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from notifications.limits.arithmetic import NOTHING, Wanted, take

log = structlog.get_logger(__name__)

# How long a worker waits for an answer, and how long it does without after none came (seconds).
PATIENCE = 1.0
AWAY = 5.0
PREFIX = "bucket:"

# What `arithmetic.take` does, where the buckets are. KEYS are theirs, ARGV[1] their [seconds, interval], and
# ARGV[2] the texts as places in KEYS; the clock is Redis' own. Waits come back in microseconds.
_TAKE = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local sizes, texts, nothing = cjson.decode(ARGV[1]), cjson.decode(ARGV[2]), tonumber(ARGV[3])
local full_at, turned_away, taken, waits = {}, {}, {}, {}
for place, key in ipairs(KEYS) do
    full_at[place] = math.max(tonumber(redis.call('GET', key) or 0), now)
    turned_away[place] = 0
end
for text, places in ipairs(texts) do
    local wait = 0
    for _, place in ipairs(places) do
        local seconds, interval = sizes[place][1], sizes[place][2]
        local lacking = full_at[place] + interval - now - seconds
        if lacking > nothing then
            wait = math.max(wait, lacking + turned_away[place] * interval)
            turned_away[place] = turned_away[place] + 1
        end
    end
    if wait == 0 then
        for _, place in ipairs(places) do
            full_at[place] = full_at[place] + sizes[place][2]
            taken[place] = true
        end
    end
    waits[text] = math.ceil(wait * 1000000)
end
for place in pairs(taken) do
    local left = math.ceil((full_at[place] - now) * 1000)
    redis.call('SET', KEYS[place], string.format('%.6f', full_at[place]), 'PX', left)
end
return waits
"""


class RedisBuckets:
    """Buckets as keys of one Redis."""

    def __init__(self, url: str) -> None:
        # No second try: what was not answered may have been taken.
        client = Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
        self._script = client.register_script(_TAKE)
        self._away_until = 0.0
        self._own: dict[str, float] = {}

    def take(self, wanted: Sequence[Wanted]) -> list[float]:
        sizes = {key: (seconds, seconds / holds) for claims in wanted for key, holds, seconds in claims}
        if not sizes:
            return [0.0] * len(wanted)
        if time.monotonic() < self._away_until:
            return self._take_alone(wanted)
        place = {key: number for number, key in enumerate(sizes, 1)}
        texts = [[place[claim.key] for claim in claims] for claims in wanted]
        try:
            waits: list[int] = self._script(
                keys=[PREFIX + key for key in sizes],
                args=[orjson.dumps(list(sizes.values())), orjson.dumps(texts), NOTHING],
            )
        except RedisError as fault:
            if not self._away_until:
                log.warning("limits are not shared while Redis is away", fault=type(fault).__name__)
            self._away_until = time.monotonic() + AWAY
            return self._take_alone(wanted)
        if self._away_until:
            log.info("limits are shared again")
            self._away_until = 0.0
            self._own.clear()
        return [wait / 1_000_000 for wait in waits]

    def _take_alone(self, wanted: Sequence[Wanted]) -> list[float]:
        now = time.time()
        self._own = {key: at for key, at in self._own.items() if at > now}
        return take(wanted, self._own, now=now)
