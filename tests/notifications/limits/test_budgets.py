"""A merchant's days and months, and what still fits into them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.limits.budgets import Used, day_of, exceeded, next_room, next_start, scope_of
from notifications.models import SendingLimit

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"


def a_limit(period: str, most: int, scope: str = "domestic") -> SendingLimit:
    return SendingLimit(scope=scope, period=period, most=most)


def test_the_day_is_the_merchants_own() -> None:
    evening = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)
    assert day_of(evening, SHANGHAI) == date(2026, 6, 1)
    assert day_of(evening, NEW_YORK) == date(2026, 5, 31)
    assert day_of(evening, "Nowhere/Land") == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("period", "day", "timezone", "expected"),
    [
        ("day", date(2026, 5, 4), SHANGHAI, datetime(2026, 5, 4, 16, tzinfo=UTC)),
        ("month", date(2026, 5, 4), SHANGHAI, datetime(2026, 5, 31, 16, tzinfo=UTC)),
        ("month", date(2026, 12, 31), SHANGHAI, datetime(2026, 12, 31, 16, tzinfo=UTC)),
        # The day on which clocks go forward has 23 hours.
        ("day", date(2026, 3, 7), NEW_YORK, datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("day", date(2026, 3, 8), NEW_YORK, datetime(2026, 3, 9, 4, tzinfo=UTC)),
    ],
)
def test_the_next_one_begins_at_the_merchants_midnight(period, day, timezone, expected) -> None:
    assert next_start(period, day, timezone) == expected


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["day", "month"]))
def test_the_next_one_is_ahead_and_another(now, period) -> None:
    day = day_of(now, NEW_YORK)
    begins = next_start(period, day, NEW_YORK)
    assert begins > now
    assert day_of(begins, NEW_YORK) > day


def test_an_unknown_country_is_abroad() -> None:
    assert scope_of("CN", home="CN") == "domestic"
    assert {scope_of(country, home="CN") for country in ("HK", "")} == {"international"}


def test_a_limit_is_exceeded_by_what_does_not_fit_as_a_whole() -> None:
    day, month = a_limit("day", 10), a_limit("month", 100)
    abroad = a_limit("day", 0, "international")
    limits = [day, month, abroad]
    assert exceeded(limits, Used(8, 20), scope="domestic", parts=2) == []
    assert exceeded(limits, Used(8, 20), scope="domestic", parts=3) == [day]
    assert exceeded(limits, Used(8, 99), scope="domestic", parts=3) == [day, month]
    assert exceeded(limits, Used(), scope="international", parts=1) == [abroad]


def test_who_has_used_up_both_waits_for_the_later() -> None:
    day, month = a_limit("day", 10), a_limit("month", 100)
    may = date(2026, 5, 4)
    assert next_room([day, month], day=may, timezone="UTC") == datetime(2026, 6, 1, tzinfo=UTC)
    assert next_room([day], day=may, timezone="UTC") == datetime(2026, 5, 5, tzinfo=UTC)
    assert next_room([], day=may, timezone="UTC") is None
