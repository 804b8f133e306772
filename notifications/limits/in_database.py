"""Buckets in the database, where there is no Redis: shared by all hosts, kept over restarts."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import orjson
from django.db import connection, transaction

from notifications.limits.arithmetic import NOTHING, Claim, Wanted, take
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
# The same, but each bucket is full by so many seconds later than it was to be, or than now.
_ADD = """
    INSERT INTO {table} AS bucket ("key", "full_at")
    SELECT "key", {now} + CAST("value" AS double precision) FROM {pairs}(%s) WHERE true ORDER BY "key"
    ON CONFLICT ("key") DO UPDATE
    SET "full_at" = {greater}(bucket."full_at", {now}) + (excluded."full_at" - {now})
    RETURNING "key", "full_at", {now}
"""
# A statement has one time, however long it takes.
_WORDS = {
    "postgresql": {
        "pairs": "json_each_text",
        "greater": "greatest",
        "now": "CAST(extract(epoch FROM statement_timestamp()) AS double precision)",
    },
    "sqlite": {"pairs": "json_each", "greater": "max", "now": "(julianday('now') - 2440587.5) * 86400.0"},
}


class _Full(Exception):
    """Some bucket has not all the tokens that are claimed of it."""


class DatabaseBuckets:
    """Buckets as rows. Where all have room, which is the rule, a batch is one statement; else three."""

    def take(self, wanted: Sequence[Wanted]) -> list[float]:
        keys = {claim.key: claim for claims in wanted for claim in claims}
        if not keys:
            return [0.0] * len(wanted)
        try:
            with transaction.atomic():
                _take_all(wanted, keys)
        except _Full:
            return _take_some(wanted, keys)
        return [0.0] * len(wanted)


def _take_all(wanted: Sequence[Wanted], keys: Mapping[str, Claim]) -> None:
    """Take all that is claimed, in the hope that there is room. Raises `_Full`."""
    counts = Counter(claim.key for claims in wanted for claim in claims)
    adds = {key: counts[key] * claim.seconds / claim.holds for key, claim in keys.items()}
    full_at, now = _run(_ADD, adds)
    if any(full_at[key] - now > claim.seconds + NOTHING for key, claim in keys.items()):
        raise _Full


def _take_some(wanted: Sequence[Wanted], keys: Iterable[str]) -> list[float]:
    """Take for each text all or nothing, in order."""
    with transaction.atomic(savepoint=False):
        full_at, now = _run(_RAISE, dict.fromkeys(keys, 0.0))
        before = dict(full_at)
        waits = take(wanted, full_at, now=now)
        taken = {key: at for key, at in full_at.items() if at != before[key]}
        if taken:
            _run(_RAISE, taken)
    return waits


def _run(statement: str, values: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """Run a statement on buckets, which stay locked. Return what they hold then, and the time."""
    table = connection.ops.quote_name(Bucket._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(table=table, **_WORDS[connection.vendor]), [orjson.dumps(values).decode()]
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
