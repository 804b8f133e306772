"""The written thresholds: when an account is left alone, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.policy import health

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "results", "fails"),
    [(4, 4, False), (5, 5, True), (5, 10, True), (5, 11, False), (0, 0, False), (50, 100, True)],
)
def test_it_fails_with_five_failures_and_half_of_all(failures: int, results: int, fails: bool) -> None:
    assert health.is_failing(failures=failures, results=results) is fails


@pytest.mark.parametrize(
    ("reported", "accepted", "slow"),
    [(0, 19, False), (0, 20, True), (9, 20, True), (10, 20, False), (20, 20, False), (0, 0, False)],
)
def test_it_is_slow_when_less_than_half_of_twenty_were_reported(
    reported: int, accepted: int, slow: bool
) -> None:
    assert health.is_slow(reported=reported, accepted=accepted) is slow


def test_rests_double_up_to_a_quarter_of_an_hour() -> None:
    rests = [health.rest_until(NOW, rests=number) - NOW for number in range(7)]
    assert [rest.total_seconds() for rest in rests] == [30, 60, 120, 240, 480, 900, 900]


@given(st.integers(0, 99))
def test_no_rest_is_shorter_than_the_one_before_or_longer_than_the_longest(number: int) -> None:
    first, second = (health.rest_until(NOW, rests=n) for n in (number, number + 1))
    assert first <= second <= NOW + health.LONGEST_REST
    first, second = (health.doubt_until(NOW, rests=n) for n in (number, number + 1))
    assert NOW + timedelta(minutes=5) <= first <= second <= NOW + health.LONGEST_DOUBT
