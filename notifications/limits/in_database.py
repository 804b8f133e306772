"""Buckets in the database, where there is no Redis: shared by all hosts, kept over restarts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import orjson
from django.db import connection, transaction

from notifications.limits.arithmetic import Wanted, take
from notifications.models import Bucket

# A bucket full for so long (seconds) is of no use: one that is not there is full as well.
STALE = 60
MOST_STALE = 10_000

# Numbers only grow, so that one statement reads (with 0) and writes. It locks the rows in the order of their
# keys, also those that it makes, until the transaction ends. The clock is the database's own.
_RAISE = """
    INSERT INTO {table} AS bucket ("key", "full_at")
    SELECT "key", CAST("value" AS double precision) FROM {pairs}(%s) WHERE true ORDER BY "key"
    ON CONFLICT ("key") DO UPDATE SET "full_at" = {greater}(bucket."full_at", excluded."full_at")
    RETURNING "key", "full_at", {now}
"""
_WORDS = {
    "postgresql": {
        "pairs": "json_each_text",
        "greater": "greatest",
        "now": "CAST(extract(epoch FROM clock_timestamp()) AS double precision)",
    },
    "sqlite": {"pairs": "json_each", "greater": "max", "now": "(julianday('now') - 2440587.5) * 86400.0"},
}


class DatabaseBuckets:
    """Buckets as rows; `take` is two statements in a transaction, its own or the caller's."""

    def take(self, wanted: Sequence[Wanted]) -> list[float]:
        keys = {claim.key for claims in wanted for claim in claims}
        if not keys:
            return [0.0] * len(wanted)
        with transaction.atomic(savepoint=False):
            full_at, now = _raise(dict.fromkeys(keys, 0.0))
            before = dict(full_at)
            waits = take(wanted, full_at, now=now)
            taken = {key: at for key, at in full_at.items() if at != before[key]}
            if taken:
                _raise(taken)
        return waits


def _raise(full_at: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """Raise buckets to at least these numbers and keep them locked. Return what they hold, and the time."""
    table = connection.ops.quote_name(Bucket._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            _RAISE.format(table=table, **_WORDS[connection.vendor]), [orjson.dumps(full_at).decode()]
        )
        rows = cursor.fetchall()
    return {key: at for key, at, _ in rows}, max(now for _, _, now in rows)


def forget_full() -> int:
    """Delete buckets that have long been full. Return how many; there may be more."""
    full = Bucket.objects.filter(full_at__lt=time.time() - STALE)
    with transaction.atomic():
        # One that somebody takes from is not stale any more: pass over it instead of waiting.
        keys = list(full.select_for_update(skip_locked=True).values_list("key", flat=True)[:MOST_STALE])
        deleted, _ = Bucket.objects.filter(key__among=keys).delete() if keys else (0, {})
    return deleted
