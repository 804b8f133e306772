"""Quiet hours in the recipient's own time, through every change of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.policy.quiet_hours import BY_COUNTRY, DEFAULT, Window, _is_open, opens_at

FAR_EAST = ["Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]
WEST = ["America/New_York", "America/Sao_Paulo", "America/St_Johns", "Europe/London"]
ZONES = [*FAR_EAST, *WEST, "Africa/Cairo", "UTC"]
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
windows = st.one_of(
    st.sampled_from([*BY_COUNTRY.values(), DEFAULT]),
    st.builds(
        Window,
        st.integers(0, 23).map(time),
        st.integers(0, 23).map(time),
        st.frozensets(st.integers(0, 6), max_size=6),
    ),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@given(moments, windows, st.sampled_from(ZONES))
def test_it_never_opens_at_a_quiet_moment_and_never_waits_more_than_nine_days(
    now: datetime, window: Window, zone: str
) -> None:
    opening = opens_at(now, window=window, zone_name=zone)
    local = now.astimezone(ZoneInfo(zone))
    if opening is None:
        assert _is_open(window, local)
        return
    assert not _is_open(window, local)
    assert now < opening <= now + timedelta(days=9)
    assert _is_open(window, opening.astimezone(ZoneInfo(zone)))


@given(moments, st.sampled_from(ZONES))
def test_between_now_and_the_opening_the_window_stays_shut(now: datetime, zone: str) -> None:
    window = Window(time(8), time(20))
    opening = opens_at(now, window=window, zone_name=zone)
    if opening is None:
        return
    moment = now
    while moment < opening:
        assert not _is_open(window, moment.astimezone(ZoneInfo(zone)))
        moment += timedelta(minutes=15)


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-03-08T04:00:00+00:00", "2026-03-08T12:00:00+00:00"),  # the night the clock goes forward
        ("2026-11-01T04:00:00+00:00", "2026-11-01T13:00:00+00:00"),  # the night it goes back
        ("2026-07-01T04:00:00+00:00", "2026-07-01T12:00:00+00:00"),
        ("2026-12-01T04:00:00+00:00", "2026-12-01T13:00:00+00:00"),
    ],
)
def test_eight_in_new_york_is_eight_in_new_york(now: str, opening: str) -> None:
    found = opens_at(at(now), window=BY_COUNTRY["US"], zone_name="America/New_York")
    assert found == at(opening)


def test_china_is_open_from_eight_to_nine_in_the_evening() -> None:
    window = BY_COUNTRY["CN"]
    assert opens_at(at("2026-05-01T12:59:59+00:00"), window=window, zone_name="Asia/Shanghai") is None
    assert opens_at(at("2026-05-01T13:00:00+00:00"), window=window, zone_name="Asia/Shanghai") == at(
        "2026-05-02T00:00:00+00:00"
    )


def test_france_rests_on_sundays() -> None:
    sunday = at("2026-05-03T10:00:00+00:00")
    assert opens_at(sunday, window=BY_COUNTRY["FR"], zone_name="Europe/Paris") == at(
        "2026-05-04T06:00:00+00:00"
    )


def test_an_unknown_zone_counts_as_utc() -> None:
    assert opens_at(at("2026-05-01T07:59:00+00:00"), window=DEFAULT, zone_name="Mars/Base") == at(
        "2026-05-01T08:00:00+00:00"
    )
