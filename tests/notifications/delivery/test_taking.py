"""Whose turn it is: one worker's at a time, all or nothing, and a dead worker's doubts."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone as clock

from merchants.models import Merchant
from merchants.ownership import across_merchants
from notifications.delivery.drafting import draft
from notifications.delivery.taking import Taken, give_up_on_the_dead, take
from notifications.models import Attempt, Category, Message, SendingLimit, State, Template, Usage
from notifications.setup import Setups
from orders.events import Lane
from orders.models import Event
from tests.builders import (
    a_gateway,
    a_merchant,
    a_message,
    a_rule,
    a_signature,
    a_template,
    an_opt_out,
    an_order,
)

pytestmark = pytest.mark.django_db(transaction=True)


def a_shop() -> Merchant:
    merchant = a_merchant()
    a_gateway(merchant)
    a_signature(merchant)
    return merchant


def ids(taken: Taken) -> list[UUID]:
    return [ready.message.id for batch in taken.batches for ready in batch]


def test_what_is_due_is_taken_oldest_first_and_only_in_its_lane() -> None:
    merchant, now = a_shop(), clock.now()
    late = a_message(merchant, due_at=now - timedelta(hours=2))
    early = a_message(merchant, due_at=now - timedelta(hours=1))
    a_message(merchant, due_at=now + timedelta(hours=1))
    a_message(merchant, lane=Lane.BULK)
    assert ids(take(Lane.URGENT, limit=10, setups=Setups())) == [late.pk, early.pk]
    assert take(Lane.URGENT, limit=10, setups=Setups()) == Taken()


def test_two_workers_never_take_the_same_message() -> None:
    merchant = a_shop()
    for _ in range(30):
        a_message(merchant)
    barrier = Barrier(4)
    found: list[UUID] = []

    def work() -> None:
        with across_merchants():
            barrier.wait()
            while (taken := take(Lane.URGENT, limit=5, setups=Setups())).count:
                found.extend(ids(taken))
        connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if connection.vendor == "postgresql":
        # Those who found all rows locked by others went home: the rest is left for the next look.
        found += ids(take(Lane.URGENT, limit=30, setups=Setups()))
    assert len(found) == len(set(found)) == 30
    assert Attempt.objects.count() == 30


def test_what_leaves_is_written_ahead_with_its_attempt() -> None:
    merchant = a_shop()
    message = a_message(merchant)
    (batch,) = take(Lane.URGENT, limit=1, setups=Setups()).batches
    message.refresh_from_db()
    attempt = message.attempts.get()
    assert (message.state, message.tries, attempt.outcome) == (State.SENDING, 1, Attempt.Outcome.STARTED)
    assert attempt.pk == batch[0].parcel.attempt_id
    assert message.look_at is not None
    assert message.look_at > clock.now() + timedelta(seconds=50)


def test_a_worker_that_dies_before_the_end_leaves_everything_as_it_was() -> None:
    merchant = a_shop()
    message = a_message(merchant)

    class Death(Exception):
        pass

    def die_after_taking() -> None:
        with transaction.atomic():
            assert ids(take(Lane.URGENT, limit=1, setups=Setups())) == [message.pk]
            raise Death

    with pytest.raises(Death):
        die_after_taking()
    message.refresh_from_db()
    assert (message.state, message.tries) == (State.DUE, 0)
    assert not Attempt.objects.exists()


def test_what_a_dead_worker_was_sending_is_unknown_and_not_taken_again() -> None:
    message = a_message(a_shop(), state=State.SENDING, look_at=clock.now() - timedelta(seconds=1))
    assert give_up_on_the_dead() == 1
    message.refresh_from_db()
    assert message.state == State.UNKNOWN
    assert take(Lane.URGENT, limit=1, setups=Setups()) == Taken()


def test_an_event_is_planned_decided_and_written_ahead_at_once() -> None:
    merchant = a_shop()
    a_rule(merchant)
    an_order(merchant)
    drafted = draft(Lane.URGENT, limit=10, setups=Setups())
    message = Message.objects.get()
    assert drafted.events == 1
    assert [ready.message.id for batch in drafted.batches for ready in batch] == [message.pk]
    assert (message.state, message.tries) == (State.SENDING, 1)
    assert message.body.startswith("【")
    assert [record["when"] for record in message.gates] == ["planned", "sent"]


def test_an_event_planned_twice_leaves_one_message_and_one_attempt() -> None:
    merchant = a_shop()
    a_rule(merchant)
    an_order(merchant)
    draft(Lane.URGENT, limit=10, setups=Setups())
    before = Message.objects.count()
    Event.objects.update(planned_at=None)
    assert list(draft(Lane.URGENT, limit=10, setups=Setups()).batches) == []
    assert (Message.objects.count(), Attempt.objects.count()) == (before, before)


def test_what_an_account_may_not_send_this_second_waits_for_the_next() -> None:
    merchant = a_merchant()
    a_gateway(merchant, per_second=2)
    a_signature(merchant)
    for _ in range(5):
        a_message(merchant)
    taken = take(Lane.URGENT, limit=10, setups=Setups())
    assert (taken.count, len(ids(taken))) == (5, 1)
    held = Message.objects.filter(state=State.HELD)
    assert {(one.reason, one.gates[-1]["gate"]) for one in held} == {("rate_limit", "rate_limit")}
    assert all(clock.now() < one.due_at < clock.now() + timedelta(seconds=3) for one in held)


def test_a_budget_is_never_exceeded_and_what_is_over_waits_for_the_next_day() -> None:
    merchant = a_shop()
    SendingLimit.objects.create(merchant=merchant, scope="domestic", period="day", most=3)
    for _ in range(5):
        a_message(merchant)
    assert len(ids(take(Lane.URGENT, limit=10, setups=Setups()))) == 3
    assert Usage.objects.get().parts == 3
    held = Message.objects.filter(state=State.HELD)
    assert {one.reason for one in held} == {"budget"}
    a_message(merchant)
    assert ids(take(Lane.URGENT, limit=10, setups=Setups())) == []
    assert Message.objects.filter(state=State.HELD, reason="budget").count() == 3


def test_nothing_is_held_for_longer_than_it_is_of_use() -> None:
    merchant = a_shop()
    SendingLimit.objects.create(merchant=merchant, scope="domestic", period="month", most=0)
    soon = clock.now() + timedelta(minutes=5)
    message = a_message(merchant, expires_at=soon)
    take(Lane.URGENT, limit=1, setups=Setups())
    message.refresh_from_db()
    assert (message.state, message.reason, message.due_at) == (State.HELD, "budget", soon)
    Message.objects.update(due_at=clock.now(), expires_at=clock.now())
    take(Lane.URGENT, limit=1, setups=Setups())
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.DROPPED, "expired")


def test_consent_is_asked_for_what_the_wording_is_now() -> None:
    merchant = a_shop()
    template = a_template(merchant)
    message = a_message(merchant, template=template)
    an_opt_out(merchant, address=message.address, category=Category.MARKETING)
    Template.objects.filter(pk=template.pk).update(category=Category.MARKETING)
    take(Lane.URGENT, limit=1, setups=Setups())
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.DROPPED, "opted_out")
