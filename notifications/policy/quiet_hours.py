"""Quiet hours: when a person may be written to, in their own time zone. Pure.

The windows by country are the safe defaults for marketing; where a country's rule is not known
the narrow window holds. All hours are local to the recipient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Window:
    """The hours in which sending is allowed: from `opens` up to, not including, `closes`.

    A window that closes before it opens spans midnight; one that closes when it opens is always
    open. `rest_days` are weekdays (0 is Monday) on which it does not open at all.
    """

    opens: time
    closes: time
    rest_days: frozenset[int] = frozenset()


DEFAULT = Window(time(8), time(20))
BY_COUNTRY: dict[str, Window] = {
    "CN": Window(time(8), time(21)),
    "HK": Window(time(8), time(21)),
    "TW": Window(time(8), time(21)),
    "US": Window(time(8), time(20)),
    "CA": Window(time(8), time(20)),
    "FR": Window(time(8), time(20), rest_days=frozenset({6})),
}


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo | None:
    """Return the IANA zone of that name, or None."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _is_open(window: Window, local: datetime) -> bool:
    clock = local.time()
    if window.opens == window.closes:
        inside, day = True, local.weekday()
    elif window.opens < window.closes:
        inside, day = window.opens <= clock < window.closes, local.weekday()
    else:
        inside = clock >= window.opens or clock < window.closes
        day = local.weekday() if clock >= window.opens else (local.weekday() - 1) % 7
    return inside and day not in window.rest_days


def opens_at(now: datetime, *, window: Window, zone_name: str) -> datetime | None:
    """Return when the window next opens (UTC), or None when it is open now.

    `now` is aware. An unknown zone counts as UTC. Across a change to or from summer time the
    local clock decides: an opening hour that the clock skips is the first moment after the gap.
    """
    local_zone = zone(zone_name) or ZoneInfo("UTC")
    local = now.astimezone(local_zone)
    if _is_open(window, local):
        return None
    for days in range(9):
        day = (local + timedelta(days=days)).date()
        if day.weekday() in window.rest_days:
            continue
        opening = datetime.combine(day, window.opens, tzinfo=local_zone).astimezone(UTC)
        if opening > now:
            return opening
    raise ValueError("a window that never opens")
