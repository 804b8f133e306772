"""How an account has fared, counted from what was tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone as clock

from merchants.ids import first_id_at, uuid7
from merchants.ownership import inside
from notifications import health
from notifications.health import Standing, Times
from notifications.models import Attempt, GatewayAccount, Message, State
from tests.builders import a_gateway, a_merchant, a_message, an_order

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, 10, 30, tzinfo=UTC)


def an_attempt(
    account: GatewayAccount,
    *,
    at: datetime,
    took: float = 0.2,
    reported_after: float | None = None,
    state: str = State.ACCEPTED,
    message: Message | None = None,
    **fields: object,
) -> Attempt:
    shop = account.merchant
    finished = at + timedelta(seconds=took)
    message = message or a_message(shop, order=an_order(shop, items=()), rule=None, event=None)
    message.state = state
    message.finished_at = None if reported_after is None else finished + timedelta(seconds=reported_after)
    message.save()
    made: Attempt = Attempt.objects.create(
        # As rows are made: an id that begins with the time.
        id=UUID(int=first_id_at(at).int | uuid7().int & (1 << 62) - 1),
        merchant=shop,
        message=message,
        gateway=account,
        number=message.attempts.count() + 1,
        started_at=at,
        finished_at=finished,
        **{"outcome": Attempt.Outcome.ACCEPTED} | fields,
    )
    return made


def hours_of(account: GatewayAccount) -> list[health.Tally]:
    with inside(account.merchant):
        return health.by_hour([account.pk], now=NOW)[account.pk]


def test_an_account_that_sent_nothing_has_24_empty_hours():
    hours = hours_of(a_gateway(a_merchant()))
    assert len(hours) == 24
    assert (hours[0].at.hour, hours[-1].at) == (10, NOW.replace(minute=0) - timedelta(hours=23))
    assert {(hour.attempts, hour.share, hour.answer) for hour in hours} == {(0, None, None)}


def test_attempts_are_counted_by_hour_and_outcome():
    account = a_gateway(a_merchant())
    an_attempt(account, at=NOW - timedelta(minutes=5))
    an_attempt(account, at=NOW - timedelta(minutes=4), outcome="refused", error="balance")
    an_attempt(account, at=NOW - timedelta(minutes=3), outcome="refused", error="balance")
    an_attempt(account, at=NOW - timedelta(minutes=2), outcome="unknown")
    an_attempt(account, at=NOW - timedelta(minutes=1), outcome="started")
    an_attempt(account, at=NOW - timedelta(hours=2), outcome="refused", error="content")
    an_attempt(account, at=NOW - timedelta(hours=30))
    now, *_rest = hours = hours_of(account)
    assert (now.attempts, now.accepted, now.unknown, now.refused) == (5, 1, 1, {"balance": 2})
    assert now.share == 1 / 4
    assert hours[2].refused == {"content": 1}
    assert sum(hour.attempts for hour in hours) == 6


def test_what_was_reported_and_what_arrived_are_of_the_accepted():
    account = a_gateway(a_merchant())
    at = NOW - timedelta(minutes=5)
    an_attempt(account, at=at, state=State.DELIVERED, reported_after=3)
    an_attempt(account, at=at, state=State.UNDELIVERED, reported_after=9)
    an_attempt(account, at=at)
    retried = an_attempt(account, at=at, outcome="refused", error="transient")
    an_attempt(account, at=at, state=State.DELIVERED, reported_after=5, message=retried.message)
    now = hours_of(account)[0]
    assert (now.accepted, now.reported, now.delivered) == (4, 3, 2)
    assert now.receipt == Times(5, 9)


def test_times_are_those_at_the_middle_and_before_the_last_twentieth():
    account = a_gateway(a_merchant())
    for count in range(1, 21):
        an_attempt(account, at=NOW - timedelta(minutes=5), took=count)
    an_attempt(account, at=NOW - timedelta(minutes=5), outcome="unknown", took=15)
    # Settled an hour later: that was no answer.
    an_attempt(account, at=NOW - timedelta(minutes=5), took=3600)
    assert hours_of(account)[0].answer == Times(10, 19)


def test_a_single_answer_is_both_median_and_p95():
    account = a_gateway(a_merchant())
    an_attempt(account, at=NOW - timedelta(minutes=5), took=0.25)
    assert hours_of(account)[0].answer == Times(0.25, 0.25)


def test_the_last_hour_is_told_in_twelve_parts():
    account = a_gateway(a_merchant())
    an_attempt(account, at=NOW - timedelta(minutes=1))
    an_attempt(account, at=NOW - timedelta(minutes=58))
    an_attempt(account, at=NOW - timedelta(minutes=65))
    with inside(account.merchant):
        parts = health.last_hour([account.pk], now=NOW)[account.pk]
    assert [part.attempts for part in parts] == [1, *[0] * 10, 1]


def test_hours_are_whole_hours_wherever_one_reads_them():
    account = a_gateway(a_merchant())
    an_attempt(account, at=NOW - timedelta(minutes=5))
    with clock.override(ZoneInfo("Asia/Kolkata")):
        assert hours_of(account)[0].attempts == 1


def test_another_accounts_attempts_are_not_counted():
    shop = a_merchant()
    mine, other, foreign = a_gateway(shop), a_gateway(shop), a_gateway(a_merchant())
    for account in (other, foreign):
        an_attempt(account, at=NOW - timedelta(minutes=1))
    assert hours_of(mine)[0].attempts == 0
    with inside(shop):
        assert health.by_hour([foreign.pk], now=NOW)[foreign.pk][0].attempts == 0


@pytest.mark.parametrize("accounts", [1, 5])
def test_it_takes_the_same_few_queries_for_many_accounts(accounts, django_assert_num_queries):
    shop = a_merchant()
    ids = []
    for _ in range(accounts):
        account = a_gateway(shop)
        ids.append(account.pk)
        an_attempt(account, at=NOW - timedelta(minutes=1))
    with inside(shop), django_assert_num_queries(2):
        health.by_hour(ids, now=NOW)
    with inside(shop), django_assert_num_queries(1):
        health.last_hour(ids, now=NOW)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Standing.ACTIVE),
        ({"is_active": False}, Standing.OFF),
        ({"kind": "pigeon"}, Standing.OFF),
        ({"paused_until": 5, "doubted_until": 5, "rests": 1}, Standing.RESTING),
        ({"paused_until": -5, "doubted_until": 5, "rests": 1}, Standing.DOUBTED),
        ({"paused_until": -5, "rests": 1}, Standing.ON_TRIAL),
    ],
)
def test_the_worst_is_what_counts(fields, expected):
    now = clock.now()
    times = {
        name: now + timedelta(minutes=value) if name.endswith("_until") else value
        for name, value in fields.items()
    }
    assert health.standing_of(GatewayAccount(**{"kind": "sandbox"} | times), now=now) is expected
