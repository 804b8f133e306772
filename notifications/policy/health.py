"""When a gateway account is left alone, for how long, and how it comes back: the numbers are the policy.

Pure.
"""

from __future__ import annotations

from datetime import datetime, timedelta

# It fails: of the last minute's results at least so many, and so great a part, were the vendor's failures.
WINDOW = 60.0
FEWEST_FAILURES = 5
FAILING = 0.5
# It hangs: with so many texts unanswered there was no answer at all for so long (seconds). A first sign makes
# a worker prefer other accounts, the second lets the account rest.
FEWEST_UNANSWERED = 3
SILENT_AFTER = 1.0
HANGING_AFTER = 3.0
# Its receipts stay away: of so many texts, accepted long enough ago, less than this part was reported.
FEWEST_UNREPORTED = 20
REPORTED = 0.5
# The first rest, doubled with each one that follows without success, up to the longest.
REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)
DOUBT = timedelta(minutes=5)
LONGEST_DOUBT = timedelta(hours=1)
# What is accepted on trial before an account counts as well again.
PROOF = 5


def is_failing(*, failures: int, results: int) -> bool:
    return failures >= FEWEST_FAILURES and failures >= FAILING * results


def is_slow(*, reported: int, accepted: int) -> bool:
    return accepted >= FEWEST_UNREPORTED and reported < REPORTED * accepted


def rest_until(now: datetime, *, rests: int) -> datetime:
    """Return how long an account rests that rested `rests` times in a row before."""
    return now + min(REST * (1 << min(rests, 10)), LONGEST_REST)


def doubt_until(now: datetime, *, rests: int) -> datetime:
    """Return how long others are preferred to an account left alone `rests` times in a row before."""
    return now + min(DOUBT * (1 << min(rests, 10)), LONGEST_DOUBT)
