"""How the gateway accounts have fared of late, as queries: by the hour, and by the minute of the last hour.

Attempts are found by the range of their ids, which begin with the time (UUIDv7), so that what is older
costs nothing. Called inside a merchant's scope. Each function makes a fixed number of queries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncHour, TruncMinute

from merchants.ids import first_id_at
from notifications.gateways.registry import GATEWAYS
from notifications.models import Attempt, GatewayAccount, State

HOURS = 24
ARRIVED = (State.DELIVERED, State.SEEN)
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
    """Return the last 24 hours of each account, the present one first, in three queries."""
    ids = list(account_ids)
    this = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    starts = [this - timedelta(hours=back) for back in range(HOURS)]
    rows = _attempts(ids, since=starts[-1]).annotate(span=TruncHour("started_at", tzinfo=UTC))
    found = _counted(rows, {id: {at: Tally(at) for at in starts} for id in ids})
    took, limit = _between("finished_at", "started_at"), settings.DELIVERY["longest_answer_seconds"]
    # Of what was unknown first the row says when it was settled, which is no answer.
    answered = rows.filter(outcome__in=[Attempt.Outcome.ACCEPTED, Attempt.Outcome.REFUSED])
    answered = answered.annotate(took=took).filter(took__lte=timedelta(seconds=limit))
    for id, at, times in _times(answered):
        if tally := found[id].get(at):
            tally.answer = times
    reported = rows.filter(outcome=Attempt.Outcome.ACCEPTED, message__state__in=[*ARRIVED, State.UNDELIVERED])
    reported = reported.annotate(took=_between("message__finished_at", "finished_at"))
    for id, at, times in _times(reported.filter(took__gte=timedelta(0))):
        if tally := found[id].get(at):
            tally.receipt = times
    return {id: list(spans.values()) for id, spans in found.items()}


def last_hour(account_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, list[Tally]]:
    """Return the last hour of each account in parts of five minutes, the oldest first, in one query."""
    ids = list(account_ids)
    this = now.astimezone(UTC).replace(second=0, microsecond=0)
    first = this - timedelta(minutes=PARTS * MINUTES - 1)
    minutes = [first + timedelta(minutes=count) for count in range(PARTS * MINUTES)]
    rows = _attempts(ids, since=first).annotate(span=TruncMinute("started_at", tzinfo=UTC))
    found = _counted(rows, {id: {at: Tally(at) for at in minutes} for id in ids})
    return {
        id: [
            total_of(list(spans.values())[start : start + MINUTES], at=minutes[start])
            for start in range(0, len(minutes), MINUTES)
        ]
        for id, spans in found.items()
    }


def _attempts(ids: list[UUID], *, since: datetime) -> QuerySet[Any]:
    rows: QuerySet[Any] = Attempt.objects.filter(pk__gte=first_id_at(since), gateway__in=ids).order_by()
    return rows


def _counted(
    rows: QuerySet[Any], found: dict[UUID, dict[datetime, Tally]]
) -> dict[UUID, dict[datetime, Tally]]:
    is_accepted = Q(outcome=Attempt.Outcome.ACCEPTED)
    has_word = is_accepted & Q(message__state__in=[*ARRIVED, State.UNDELIVERED])
    counted = rows.values("gateway_id", "span", "outcome", "error").annotate(
        count=Count("pk"),
        reported=Count("pk", filter=has_word),
        delivered=Count("pk", filter=is_accepted & Q(message__state__in=ARRIVED)),
    )
    for row in counted:
        # An id and a time that were taken at the turn of a span may disagree by a moment.
        if tally := found[row["gateway_id"]].get(row["span"]):
            tally.add(row)
    return found


def _between(later: str, earlier: str) -> Any:
    return ExpressionWrapper(F(later) - F(earlier), output_field=DurationField())


def _times(rows: QuerySet[Any]) -> Iterable[tuple[UUID, datetime, Times]]:
    """Yield median and 95th percentile of `took`, by account and span: the values at those ranks."""
    group = [F("gateway_id"), F("span")]
    ranked = rows.annotate(
        rank=Window(RowNumber(), partition_by=group, order_by=F("took").asc()),
        count=Window(Count("pk"), partition_by=group),
    )
    is_median = Q(rank__gte=F("count") * 0.5) & Q(rank__lt=F("count") * 0.5 + 1)
    is_p95 = Q(rank__gte=F("count") * 0.95) & Q(rank__lt=F("count") * 0.95 + 1)
    kept: defaultdict[tuple[UUID, datetime], list[float]] = defaultdict(list)
    chosen = ranked.filter(is_median | is_p95).values_list("gateway_id", "span", "took")
    for id, span, took in chosen:
        kept[id, span].append(took.total_seconds())
    for (id, span), seconds in kept.items():
        yield id, span, Times(min(seconds), max(seconds))
