"""Buckets never give more than they hold and what flows in, whoever takes when."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.limits.arithmetic import Claim, take, within

START = 1_800_000_000.0
BUCKETS = st.builds(Claim, st.sampled_from("abc"), st.integers(1, 5), st.sampled_from([0.5, 1.0, 10.0, 60.0]))
# A few buckets, each of one size.
SIZES = st.lists(BUCKETS, min_size=1, max_size=3, unique_by=lambda claim: claim.key)
PAUSES = st.floats(0, 30, allow_nan=False)


@st.composite
def rounds(draw: st.DrawFn) -> list[tuple[float, list[list[Claim]]]]:
    """Return batches of texts and when each is asked for, over the same buckets."""
    sizes = draw(SIZES)
    texts = st.lists(st.lists(st.sampled_from(sizes), unique=True), max_size=8)
    now, batches = START, []
    for pause, batch in draw(st.lists(st.tuples(PAUSES, texts), max_size=12)):
        now += pause
        batches.append((now, batch))
    return batches


def taken(batches: Iterable[tuple[float, list[list[Claim]]]]) -> dict[Claim, list[float]]:
    """Return when each bucket gave a token."""
    full_at: dict[str, float] = {}
    times: dict[Claim, list[float]] = {}
    for now, texts in batches:
        for claims, wait in zip(texts, take(texts, full_at, now=now), strict=True):
            for claim in claims if not wait else ():
                times.setdefault(claim, []).append(now)
    return times


@given(rounds())
def test_no_window_sees_more_than_a_bucket_holds_and_what_flows_in(batches) -> None:
    for claim, times in taken(batches).items():
        for place, begin in enumerate(times):
            for count, end in enumerate(times[place:], 1):
                flowed_in = (end - begin) * claim.holds / claim.seconds
                assert count <= claim.holds + flowed_in + 1e-3


@given(rounds())
def test_who_is_turned_away_takes_nothing_and_who_may_leave_takes_all(batches) -> None:
    full_at: dict[str, float] = {}
    for now, texts in batches:
        for claims in texts:
            before = {claim.key: max(full_at.get(claim.key, 0.0), now) for claim in claims}
            [wait] = take([claims], full_at, now=now)
            after = {claim.key: max(full_at.get(claim.key, 0.0), now) for claim in claims}
            raised = {claim.key: claim.seconds / claim.holds for claim in claims}
            assert after == (before if wait else {key: at + raised[key] for key, at in before.items()})


@given(rounds())
def test_a_batch_is_decided_as_its_texts_one_by_one(batches) -> None:
    together: dict[str, float] = {}
    alone: dict[str, float] = {}
    for now, texts in batches:
        whole = take(texts, together, now=now)
        single = [take([claims], alone, now=now)[0] for claims in texts]
        assert [not wait for wait in whole] == [not wait for wait in single]
        assert together == alone


@given(rounds())
def test_whoever_waits_as_told_gets_what_nobody_else_took(batches) -> None:
    full_at: dict[str, float] = {}
    for now, texts in batches:
        for claims in texts:
            [wait] = take([claims], full_at, now=now)
            if wait:
                assert take([claims], dict(full_at), now=now + wait) == [0.0]


def test_those_turned_away_are_told_to_come_one_after_the_other() -> None:
    pace = [Claim("account", 2, 1.0)]
    assert take([pace] * 6, {}, now=START) == pytest.approx([0, 0, 0.5, 1.0, 1.5, 2.0], abs=1e-5)


def test_a_text_held_by_its_phone_leaves_the_account_to_the_next() -> None:
    account, phone = Claim("account", 2, 1.0), Claim("phone", 1, 60.0)
    waits = take([[account, phone], [account, phone], [account]], {}, now=START)
    assert waits == pytest.approx([0, 60, 0], abs=1e-5)


@given(st.integers(1, 60), st.sampled_from([1, 30, 60, 3600, 86400]), st.data())
def test_no_window_of_a_limit_sees_more_than_its_count(count, seconds, data) -> None:
    holds, fills = within(count, seconds)
    pauses = data.draw(st.lists(st.floats(0, seconds / 3), max_size=4 * count))
    now, times = START, []
    full_at: dict[str, float] = {}
    for pause in pauses:
        now += pause
        waits = take([[Claim("one", holds, fills)]] * 3, full_at, now=now)
        times += [now] * waits.count(0.0)
    for begin in times:
        assert sum(begin <= at < begin + seconds - 1e-3 for at in times) <= count


@pytest.mark.parametrize(("count", "seconds"), [(1, 1), (10, 1), (100, 1), (1, 60), (5, 3600), (50, 86400)])
def test_a_good_part_of_a_limit_can_be_used_for_long(count, seconds) -> None:
    holds, fills = within(count, seconds)
    assert holds / fills * seconds >= count * (0.8 if seconds == 1 else 0.5)
