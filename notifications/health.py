"""How the gateway accounts have fared of late, as queries: by the hour, and by the minute of the last hour.

Attempts are found by the range of their ids, which begin with the time (UUIDv7), so that what is older
costs nothing. Called inside a merchant's scope. Each function makes a fixed number of queries.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from merchants.ids import first_id_at
from notifications.gateways.registry import GATEWAYS
from notifications.models import Attempt, GatewayAccount, State

HOURS = 24
ARRIVED = (State.DELIVERED, State.SEEN)
REPORTED = (*ARRIVED, State.UNDELIVERED)
# How long things took is worked out of so many attempts at most, the latest ones.
MOST_TIMED = 20_000
# The last hour is told in so many parts of five minutes.
PARTS, MINUTES = 12, 5


class Standing(StrEnum):
    """What can be expected of an account now, the worst first."""

    OFF = "off"
    RESTING = "resting"
    DOUBTED = "doubted"
    ON_TRIAL = "on_trial"
    ACTIVE = "active"


def standing_of(account: GatewayAccount, *, now: datetime) -> Standing:
    if not account.is_active or account.kind not in GATEWAYS:
        return Standing.OFF
    if account.paused_until and account.paused_until > now:
        return Standing.RESTING
    if account.doubted_until and account.doubted_until > now:
        return Standing.DOUBTED
    return Standing.ON_TRIAL if account.rests else Standing.ACTIVE


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in seconds: half of the cases less than `median`, 19 of 20 less than `p95`."""

    median: float
    p95: float


@dataclass(slots=True)
class Tally:
    """What became of the attempts of one account that began within one span of time.

    `refused` counts by class of error. `reported` and `delivered` are of the accepted ones: the vendor has
    said what became of them, and they arrived. `answer` is from the attempt to the vendor's answer,
    `receipt` from that to his first report.
    """

    at: datetime
    attempts: int = 0
    accepted: int = 0
    unknown: int = 0
    reported: int = 0
    delivered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    answer: Times | None = None
    receipt: Times | None = None

    @property
    def ended(self) -> int:
        """How many have an outcome, be it an unknown one."""
        return self.accepted + self.refused.total() + self.unknown

    @property
    def share(self) -> float | None:
        """The part of those that ended which the vendor accepted."""
        return self.accepted / self.ended if self.ended else None

    def add(self, row: Mapping[str, Any]) -> None:
        count = row["count"]
        self.attempts += count
        self.reported += row["reported"]
        self.delivered += row["delivered"]
        if row["outcome"] == Attempt.Outcome.ACCEPTED:
            self.accepted += count
        elif row["outcome"] == Attempt.Outcome.REFUSED:
            self.refused[row["error"]] += count
        elif row["outcome"] == Attempt.Outcome.UNKNOWN:
            self.unknown += count


def total_of(tallies: Iterable[Tally], *, at: datetime) -> Tally:
    """Return what several spans hold together; times are not summed up."""
    total = Tally(at)
    for one in tallies:
        total.refused += one.refused
        for name in ("attempts", "accepted", "unknown", "reported", "delivered"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
    return total


def by_hour(account_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, list[Tally]]:
    """Return the last 24 hours of each account, the present one first, in two queries."""
    this = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    starts = [this - timedelta(hours=back) for back in range(HOURS)]
    ids = list(account_ids)
    found = _counted(ids, starts)
    for (id, span), (answers, receipts) in _took(ids, starts).items():
        found[id][span].answer, found[id][span].receipt = _times(answers), _times(receipts)
    return found


def last_hour(account_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, list[Tally]]:
    """Return the last hour of each account in parts of five minutes, the oldest first, in one query."""
    starts = [now - timedelta(minutes=MINUTES * back) for back in range(1, PARTS + 1)]
    return {id: spans[::-1] for id, spans in _counted(list(account_ids), starts).items()}


def _attempts(ids: Sequence[UUID], starts: Sequence[datetime]) -> QuerySet[Any]:
    """Return the attempts since the last of `starts`, each with the place of its span among them."""
    spans = [When(pk__gte=first_id_at(start), then=Value(place)) for place, start in enumerate(starts)]
    rows = Attempt.objects.filter(pk__gte=first_id_at(starts[-1]), gateway__in=ids).order_by()
    spanned: QuerySet[Any] = rows.annotate(span=Case(*spans, output_field=IntegerField()))
    return spanned


def _counted(ids: Sequence[UUID], starts: Sequence[datetime]) -> dict[UUID, list[Tally]]:
    found = {id: [Tally(start) for start in starts] for id in ids}
    is_accepted = Q(outcome=Attempt.Outcome.ACCEPTED)
    rows = _attempts(ids, starts).values("gateway_id", "span", "outcome", "error")
    counted = rows.annotate(
        count=Count("pk"),
        reported=Count("pk", filter=is_accepted & Q(message__state__in=REPORTED)),
        delivered=Count("pk", filter=is_accepted & Q(message__state__in=ARRIVED)),
    )
    for row in counted:
        found[row["gateway_id"]][row["span"]].add(row)
    return found


def _took(
    ids: Sequence[UUID], starts: Sequence[datetime]
) -> dict[tuple[UUID, int], tuple[list[float], list[float]]]:
    """Return by account and span how many seconds answers and receipts took, of the latest attempts."""
    found: defaultdict[tuple[UUID, int], tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    longest: float = settings.DELIVERY["longest_answer_seconds"]
    rows = _attempts(ids, starts).filter(
        outcome__in=[Attempt.Outcome.ACCEPTED, Attempt.Outcome.REFUSED], finished_at__isnull=False
    )
    columns = ("outcome", "started_at", "finished_at", "message__state", "message__finished_at")
    latest = rows.order_by("-pk").values_list("gateway_id", "span", *columns)[:MOST_TIMED]
    for id, span, outcome, started, answered, state, ended in latest.iterator():
        answers, receipts = found[id, span]
        # What was unknown first says when it was settled, which was no answer.
        if (took := (answered - started).total_seconds()) <= longest:
            answers.append(took)
        has_word = outcome == Attempt.Outcome.ACCEPTED and state in REPORTED and ended
        if has_word and (took := (ended - answered).total_seconds()) >= 0:
            receipts.append(took)
    return found


def _times(seconds: list[float]) -> Times | None:
    if not seconds:
        return None
    seconds.sort()
    return Times(*(seconds[math.ceil(part * len(seconds)) - 1] for part in (0.5, 0.95)))
