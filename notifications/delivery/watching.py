"""How the gateway accounts fare, as this process sees it while it sends."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from notifications.outcomes import ErrorClass, Outcome, Result
from notifications.policy import health


@dataclass(slots=True)
class _Seen:
    in_flight: int = 0
    # When it last answered, or when the first of the texts in flight left.
    heard_at: float = 0.0
    results: deque[tuple[float, bool]] = field(default_factory=deque)
    # How many of the results were failures.
    failures: int = 0
    good_in_a_row: int = 0


class Watch:
    """What was sent by each account and what came of it, of the last minute; `now` is a clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seen: defaultdict[UUID, _Seen] = defaultdict(_Seen)

    def begin(self) -> None:
        """Begin a round: whatever a round that broke off had in flight is not waited for any more."""
        for seen in self._seen.values():
            seen.in_flight = 0

    def left(self, account: UUID, *, count: int) -> None:
        """Note that so many texts have left."""
        seen = self._seen[account]
        if not seen.in_flight:
            seen.heard_at = self._now()
        seen.in_flight += count

    def ended(self, account: UUID, results: Sequence[Result]) -> None:
        """Note what came of texts that had left."""
        seen, now = self._seen[account], self._now()
        seen.in_flight = max(0, seen.in_flight - len(results))
        for result in results:
            if result.outcome is not Outcome.UNKNOWN:
                seen.heard_at = now
            is_failure = _is_failure(result)
            seen.results.append((now, is_failure))
            seen.failures += is_failure
            seen.good_in_a_row = 0 if is_failure else seen.good_in_a_row + 1

    def silent(self) -> frozenset[UUID]:
        """Return the accounts from which an answer is overdue."""
        return frozenset(id for id in self._seen if self._is_mute(id, health.SILENT_AFTER))

    def is_hanging(self, account: UUID) -> bool:
        return self._is_mute(account, health.HANGING_AFTER)

    def hanging(self) -> list[UUID]:
        return [id for id in self._seen if self.is_hanging(id)]

    def is_failing(self, account: UUID) -> bool:
        seen, since = self._seen[account], self._now() - health.WINDOW
        while seen.results and seen.results[0][0] < since:
            _, was_failure = seen.results.popleft()
            seen.failures -= was_failure
        return health.is_failing(failures=seen.failures, results=len(seen.results))

    def has_proved(self, account: UUID) -> bool:
        """Say whether its latest texts went well."""
        return self._seen[account].good_in_a_row >= health.PROOF

    def forget(self, account: UUID) -> None:
        """Begin anew with an account: what was seen has been acted upon."""
        seen = self._seen[account]
        seen.results.clear()
        seen.failures = 0
        seen.good_in_a_row = 0
        seen.heard_at = self._now()

    def _is_mute(self, account: UUID, after: float) -> bool:
        seen = self._seen[account]
        is_waiting = seen.in_flight >= health.FEWEST_UNANSWERED
        return is_waiting and self._now() - seen.heard_at > after


def _is_failure(result: Result) -> bool:
    """Say whether the vendor failed, rather than the text or the person being at fault."""
    return result.outcome is Outcome.UNKNOWN or result.error is ErrorClass.TRANSIENT
