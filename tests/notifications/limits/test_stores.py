"""Buckets in the database and in Redis: shared, lasting, and never given out twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis as Client
from structlog.testing import capture_logs

from notifications.limits import Buckets, Claim, buckets
from notifications.limits.arithmetic import take
from notifications.limits.in_database import STALE, DatabaseBuckets, forget_full
from notifications.limits.in_redis import RedisBuckets
from notifications.models import Bucket
from tests.redis import Redis, redis
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
_names = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with redis() as server:
        yield server


@pytest.fixture(params=["database", "redis"])
def another(request: pytest.FixtureRequest) -> Callable[[], Buckets]:
    """Return what gives the store as another worker has it, or as it is after a restart."""
    if request.param == "database":
        return DatabaseBuckets
    return partial(RedisBuckets, request.getfixturevalue("server").url)


@pytest.fixture
def store(another: Callable[[], Buckets]) -> Buckets:
    return another()


def a_bucket(holds: int, seconds: float) -> Claim:
    return Claim(f"bucket-{next(_names)}", holds, seconds)


def granted(waits: list[float]) -> int:
    return waits.count(0.0)


def test_a_batch_gets_what_the_bucket_holds(store: Buckets) -> None:
    waits = store.take([[a_bucket(3, 3000)]] * 3 + [[]])
    assert waits == [0.0] * 4
    one = a_bucket(3, 3000)
    waits = store.take([[one]] * 5)
    assert waits[:3] == [0.0] * 3
    assert waits[3:] == pytest.approx([1000, 2000], abs=1)


def test_all_or_nothing(store: Buckets) -> None:
    account, phone = a_bucket(2, 3000), a_bucket(1, 3000)
    assert granted(store.take([[account, phone], [account, phone]])) == 1
    assert granted(store.take([[account], [account]])) == 1


def test_it_fills_up_with_time(store: Buckets) -> None:
    one = a_bucket(1, 0.2)
    assert granted(store.take([[one], [one]])) == 1
    time.sleep(0.25)
    assert granted(store.take([[one], [one]])) == 1


def test_another_worker_finds_what_the_first_left(store: Buckets, another: Callable[[], Buckets]) -> None:
    one = a_bucket(3, 3000)
    assert granted(store.take([[one]] * 2)) == 2
    assert granted(another().take([[one]] * 2)) == 1


def test_workers_together_never_get_more_than_there_is(
    store: Buckets, another: Callable[[], Buckets]
) -> None:
    shared, others = a_bucket(20, 20_000), [a_bucket(4, 20_000) for _ in range(6)]

    def work(number: int) -> list[int]:
        # Each asks for the same buckets in an order of his own.
        mine = others[number:] + others[:number]
        return [granted(another().take([[shared, other] for other in mine])) for _ in range(8)]

    answers = at_once(4, work)
    assert sum(sum(answer) for answer in answers) == 20
    left = [granted(store.take([[other]] * 4)) for other in others]
    assert sum(left) == 6 * 4 - 20


def test_a_shared_pace_is_kept_by_all_together(another: Callable[[], Buckets]) -> None:
    pace = a_bucket(10, 0.1)
    begun = time.time()

    def work(_: int) -> int:
        mine = another()
        return sum(granted(mine.take([[pace]] * 5)) for _ in range(20))

    total = sum(at_once(3, work))
    assert 10 <= total <= 10 + (time.time() - begun) * 100 + 1


def test_both_stores_decide_as_the_arithmetic_does(store: Buckets) -> None:
    keys = st.lists(st.integers(0, 4), unique=True, max_size=4)

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(keys, max_size=12), min_size=1, max_size=3))
    def decide(batches: list[list[list[int]]]) -> None:
        sizes = [a_bucket(number + 1, 10_000) for number in range(5)]
        full_at: dict[str, float] = {}
        for batch in batches:
            wanted = [[sizes[number] for number in numbers] for numbers in batch]
            waits = store.take(wanted)
            assert waits == pytest.approx(take(wanted, full_at, now=time.time()), abs=5)

    decide()


def test_where_nothing_is_claimed_nothing_is_asked() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert DatabaseBuckets().take([[], []]) == [0.0, 0.0]
    assert len(queries) == 0
    assert RedisBuckets("redis://127.0.0.1:1/0").take([[], []]) == [0.0, 0.0]


def test_a_batch_is_one_statement_whatever_its_size() -> None:
    texts = [[a_bucket(5, 60) for _ in range(3)] for _ in range(100)]
    with CaptureQueriesContext(connection) as queries:
        assert DatabaseBuckets().take(texts) == [0.0] * 100
    assert len([query for query in queries if "INSERT" in query["sql"]]) == 1
    assert Bucket.objects.count() == 300


def test_a_batch_for_which_there_is_not_room_is_two_more_and_takes_what_fits() -> None:
    full, free = a_bucket(1, 60), a_bucket(5, 60)
    assert DatabaseBuckets().take([[full]]) == [0.0]
    with CaptureQueriesContext(connection) as queries:
        waits = DatabaseBuckets().take([[full, free], [free]])
    assert waits[0] > 0.0
    assert waits[1] == 0.0
    assert len([query for query in queries if "INSERT" in query["sql"]]) == 3
    # The text that was turned away took nothing of the bucket that had room.
    assert DatabaseBuckets().take([[free]] * 4) == [0.0] * 4
    assert DatabaseBuckets().take([[free]])[0] > 0.0


def test_rows_that_have_long_been_full_are_forgotten() -> None:
    now = time.time()
    Bucket.objects.create(key="old", full_at=now - STALE - 5)
    Bucket.objects.create(key="young", full_at=now)
    assert forget_full() == 1
    assert Bucket.objects.get().key == "young"
    assert forget_full() == 0


def test_redis_forgets_a_bucket_when_it_is_full(server: Redis) -> None:
    one = a_bucket(10, 1000)
    RedisBuckets(server.url).take([[one]] * 3)
    left = Client.from_url(server.url).pttl(f"bucket:{one.key}")
    assert 299_000 < left <= 300_001


def test_without_redis_each_worker_keeps_the_limits_alone_and_says_so_once() -> None:
    with redis() as server:
        store = RedisBuckets(server.url)
        one = a_bucket(3, 3000)
        assert granted(store.take([[one]] * 2)) == 2
        server.crash()
        with capture_logs() as logs:
            assert granted(store.take([[one]] * 4)) == 3
            assert granted(store.take([[one]] * 4)) == 0
            store._away_until = time.monotonic() - 1
            assert granted(store.take([[one]] * 4)) == 0
        assert [line["event"] for line in logs] == ["limits are not shared while Redis is away"]
        server.start()
        store._away_until = time.monotonic() - 1
        with capture_logs() as logs:
            assert granted(store.take([[one]] * 4)) == 3
        assert [line["event"] for line in logs] == ["limits are shared again"]


def test_the_settings_say_where_they_are_kept(settings, server: Redis) -> None:
    settings.REDIS_URL = ""
    assert isinstance(buckets(), DatabaseBuckets)
    settings.REDIS_URL = server.url
    assert isinstance(buckets(), RedisBuckets)
