"""What a worker sees of the gateways while it sends."""

from __future__ import annotations

from uuid import uuid4

from notifications.delivery.watching import Watch
from notifications.outcomes import ErrorClass, accepted, refused, unknown


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


ACCOUNT, OTHER = uuid4(), uuid4()
FAILURE = refused(ErrorClass.TRANSIENT)


def test_three_texts_without_any_answer_make_it_silent_and_then_hanging() -> None:
    clock = Clock()
    watch = Watch(clock)
    watch.left(ACCOUNT, count=3)
    clock.wait(0.9)
    assert watch.silent() == frozenset()
    clock.wait(0.2)
    assert watch.silent() == {ACCOUNT}
    assert watch.hanging() == []
    clock.wait(2)
    assert watch.hanging() == [ACCOUNT]


def test_two_texts_that_hang_prove_nothing() -> None:
    clock = Clock()
    watch = Watch(clock)
    watch.left(ACCOUNT, count=2)
    clock.wait(60)
    assert watch.silent() == frozenset()


def test_an_answer_to_another_text_is_a_sign_of_life_and_a_time_out_is_not() -> None:
    clock = Clock()
    watch = Watch(clock)
    watch.left(ACCOUNT, count=6)
    clock.wait(2)
    watch.ended(ACCOUNT, [unknown("time-out")])
    assert watch.silent() == {ACCOUNT}
    watch.ended(ACCOUNT, [accepted()])
    assert watch.silent() == frozenset()


def test_five_failures_of_the_vendor_make_it_failing_and_only_his() -> None:
    watch = Watch()
    watch.ended(ACCOUNT, [FAILURE] * 4)
    watch.ended(OTHER, [refused(ErrorClass.RECIPIENT)] * 10)
    assert not watch.is_failing(ACCOUNT)
    assert not watch.is_failing(OTHER)
    watch.ended(ACCOUNT, [unknown("time-out")])
    assert watch.is_failing(ACCOUNT)


def test_what_happened_more_than_a_minute_ago_does_not_count() -> None:
    clock = Clock()
    watch = Watch(clock)
    watch.ended(ACCOUNT, [FAILURE] * 5)
    clock.wait(61)
    assert not watch.is_failing(ACCOUNT)


def test_five_good_ones_in_a_row_are_proof() -> None:
    watch = Watch()
    watch.ended(ACCOUNT, [accepted()] * 4 + [FAILURE] + [accepted()] * 4)
    assert not watch.has_proved(ACCOUNT)
    watch.ended(ACCOUNT, [accepted()])
    assert watch.has_proved(ACCOUNT)


def test_a_round_that_broke_off_leaves_nobody_waited_for() -> None:
    clock = Clock()
    watch = Watch(clock)
    watch.left(ACCOUNT, count=5)
    watch.begin()
    clock.wait(10)
    assert watch.silent() == frozenset()
