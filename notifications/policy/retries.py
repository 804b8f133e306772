"""What follows a refusal or an unknown outcome: the written ladder. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications.outcomes import ACCOUNT_WIDE, RETRYABLE, ErrorClass, Result

# An account that is refused as such rests for this long before it is tried again (seconds).
PAUSE = {
    ErrorClass.RATE_ACCOUNT: 30,
    ErrorClass.BALANCE: 900,
    ErrorClass.CREDENTIALS: 900,
    ErrorClass.CONFIG: 300,
}


def retry_at(
    result: Result,
    *,
    tries: int,
    now: datetime,
    ladder: Sequence[int],
    has_other: bool = False,
    other_at: datetime | None = None,
) -> datetime | None:
    """Return when to try again after the `tries`-th try was refused, or None to give up.

    With another account that could take it (`has_other`) the next try is at once, unless it is the
    person who got too many. What this account does not reach waits for another that rests until `other_at`.

    `ladder` holds the waits in seconds between the tries. What concerns the account costs the
    message no rung: it waits for the account and gives up only with its own useful life.
    """
    if result.error is ErrorClass.NO_ROUTE:
        return now if has_other else other_at
    if result.error is None or result.error not in RETRYABLE:
        return None
    if has_other and result.error is not ErrorClass.RATE_RECIPIENT:
        return now
    if result.error in ACCOUNT_WIDE:
        return now + timedelta(seconds=result.retry_after or PAUSE[result.error])
    if tries > len(ladder):
        return None
    return now + timedelta(seconds=max(result.retry_after or 0, ladder[tries - 1]))


def pause_until(result: Result, *, now: datetime) -> datetime | None:
    """Return until when the gateway account itself should rest after this result, if it should."""
    if result.error in ACCOUNT_WIDE:
        return now + timedelta(seconds=result.retry_after or PAUSE[result.error])
    return None
