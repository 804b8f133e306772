"""What follows a refusal: the written ladder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from notifications.outcomes import RETRYABLE, ErrorClass, accepted, refused, unknown
from notifications.policy.retries import pause_until, retry_at

NOW = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
LADDER = [10, 60, 300]


@pytest.mark.parametrize("error", sorted(set(ErrorClass) - RETRYABLE))
def test_what_will_never_work_is_not_tried_again(error: ErrorClass) -> None:
    assert retry_at(refused(error), tries=1, now=NOW, ladder=LADDER) is None


def test_a_passing_fault_climbs_the_ladder_to_its_end() -> None:
    fault = refused(ErrorClass.TRANSIENT)
    waits = [retry_at(fault, tries=tries, now=NOW, ladder=LADDER) for tries in (1, 2, 3, 4)]
    assert waits == [NOW + timedelta(seconds=wait) for wait in LADDER] + [None]


def test_the_vendors_own_wait_is_kept_when_it_is_longer() -> None:
    fault = refused(ErrorClass.RATE_RECIPIENT, retry_after=3600)
    assert retry_at(fault, tries=1, now=NOW, ladder=LADDER) == NOW + timedelta(hours=1)


def test_a_fault_of_the_account_costs_the_message_no_rung() -> None:
    fault = refused(ErrorClass.BALANCE)
    assert retry_at(fault, tries=40, now=NOW, ladder=LADDER) is not None
    assert pause_until(fault, now=NOW) is not None


@pytest.mark.parametrize("result", [accepted("x"), unknown("?")])
def test_what_was_not_refused_is_never_tried_again(result: object) -> None:
    assert retry_at(result, tries=1, now=NOW, ladder=LADDER) is None  # type: ignore[arg-type]
    assert pause_until(result, now=NOW) is None  # type: ignore[arg-type]


def test_what_an_account_cannot_reach_another_tries_at_once_and_alone_nobody_does() -> None:
    result = refused(ErrorClass.NO_ROUTE)
    assert retry_at(result, tries=1, now=NOW, ladder=[10], has_other=True) == NOW
    assert retry_at(result, tries=1, now=NOW, ladder=[10]) is None
    assert pause_until(result, now=NOW) is None


def test_too_many_to_one_person_are_not_sent_by_another_account_at_once() -> None:
    result = refused(ErrorClass.RATE_RECIPIENT, retry_after=60)
    at = retry_at(result, tries=1, now=NOW, ladder=[10], has_other=True)
    assert at == NOW + timedelta(seconds=60)
