"""Token buckets, each of them one number: when it will be full again (UNIX time). Pure.

A bucket that holds `holds` tokens and fills up in `seconds` gets a token every `seconds / holds`. To take one
means that it is full by so much later; it is empty when that would be further away than `seconds`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

# A wait so short (seconds) is an error of rounding: UNIX times as floats are no finer.
NOTHING = 1e-6
# A limit on less time than this (seconds) is a pace, on more an allowance.
PACE = 60


class Claim(NamedTuple):
    """One token of the bucket `key`, which `holds` so many and fills up in `seconds`."""

    key: str
    holds: int
    seconds: float


# What one text takes: a token of each of these buckets, no bucket twice.
Wanted = Sequence[Claim]


def take(wanted: Sequence[Wanted], full_at: dict[str, float], *, now: float) -> list[float]:
    """Take for each text, in order, all that it claims or nothing; `full_at` is brought up to date.

    Return 0.0 for a text that may leave, else how many seconds it is to wait. Those turned away by the
    same bucket are told to come one after the other, as its tokens do.
    """
    turned_away: Counter[str] = Counter()
    waits = []
    for claims in wanted:
        wait = 0.0
        for key, holds, seconds in claims:
            interval = seconds / holds
            lacking = max(full_at.get(key, 0.0), now) + interval - now - seconds
            if lacking > NOTHING:
                wait = max(wait, lacking + turned_away[key] * interval)
                turned_away[key] += 1
        if not wait:
            for key, holds, seconds in claims:
                full_at[key] = max(full_at.get(key, 0.0), now) + seconds / holds
        waits.append(wait)
    return waits


def within(count: int, seconds: int) -> tuple[int, float]:
    """Return the bucket that lets through at most `count` in any `seconds`, wherever they begin.

    What it holds and what flows in meanwhile are both within `count`. A pace is kept in small sips, so that
    most of it can be used for long; of an allowance half may go at once.
    """
    holds = max(count // 5, 1) if seconds < PACE else count // 2 + 1
    flows = count - holds + 1
    return holds, holds * seconds / flows
