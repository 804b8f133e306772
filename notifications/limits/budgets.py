"""Budgets: how many parts of texts may still leave on a merchant's day and in his month. Decides only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from notifications.models import Period, Scope, SendingLimit
from notifications.policy.quiet_hours import zone


class Used(NamedTuple):
    """Parts counted on a day and in its month so far; the fields are named as in `Period`."""

    day: int = 0
    month: int = 0

    def of(self, period: str) -> int:
        return self.month if period == Period.MONTH else self.day


def scope_of(country: str, *, home: str) -> str:
    """Return whether a text to a country leaves the merchant's own; an unknown country is abroad."""
    return str(Scope.DOMESTIC if country == home else Scope.INTERNATIONAL)


def day_of(moment: datetime, timezone: str) -> date:
    """Return the merchant's day of that moment."""
    return moment.astimezone(zone(timezone) or UTC).date()


def first_day(period: str, day: date) -> date:
    return day.replace(day=1) if period == Period.MONTH else day


def next_start(period: str, day: date, timezone: str) -> datetime:
    """Return when the merchant's day or month after this one begins (UTC)."""
    first = first_day(period, day)
    following = first_day(period, first + timedelta(days=32 if period == Period.MONTH else 1))
    return datetime(
        following.year, following.month, following.day, tzinfo=zone(timezone) or ZoneInfo("UTC")
    ).astimezone(UTC)


def exceeded(limits: Iterable[SendingLimit], used: Used, *, scope: str, parts: int) -> list[SendingLimit]:
    """Return those limits of a scope that so many parts do not fit into."""
    of_scope = (limit for limit in limits if limit.scope == scope)
    return [limit for limit in of_scope if used.of(limit.period) + parts > limit.most]


def next_room(full: Iterable[SendingLimit], *, day: date, timezone: str) -> datetime | None:
    """Return when all of these limits begin anew (UTC), or None when there are none."""
    return max((next_start(limit.period, day, timezone) for limit in full), default=None)
