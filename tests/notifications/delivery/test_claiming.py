"""Claims: one worker's at a time, and given back when it dies."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone as clock

from merchants.ownership import across_merchants
from notifications.delivery.claiming import claim, expire_claims
from notifications.delivery.preparing import prepare
from notifications.delivery.sending import write_ahead
from notifications.models import Attempt, Message, State
from notifications.setup import Setups
from orders.events import Lane
from tests.builders import a_gateway, a_merchant, a_message, a_signature

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_due_is_claimed_oldest_first_and_only_in_its_lane() -> None:
    merchant, now = a_merchant(), clock.now()
    late = a_message(merchant, due_at=now - timedelta(hours=2))
    early = a_message(merchant, due_at=now - timedelta(hours=1))
    a_message(merchant, due_at=now + timedelta(hours=1))
    a_message(merchant, lane=Lane.BULK)
    assert [turn.id for turn in claim(Lane.URGENT, limit=10)] == [late.pk, early.pk]
    assert claim(Lane.URGENT, limit=10) == []


def test_two_workers_never_claim_the_same_message() -> None:
    merchant = a_merchant()
    for _ in range(30):
        a_message(merchant)
    barrier = Barrier(4)
    found: list[UUID] = []

    def work() -> None:
        with across_merchants():
            barrier.wait()
            while turns := claim(Lane.URGENT, limit=5):
                found.extend(turn.id for turn in turns)
        connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 30


def test_a_dead_workers_claim_is_given_back_when_nothing_had_left() -> None:
    message = a_message(a_merchant())
    claim(Lane.URGENT, limit=1)
    Message.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
    assert expire_claims() == (1, 0)
    message.refresh_from_db()
    assert (message.state, message.claim) == (State.DUE, None)


def test_what_a_dead_worker_was_sending_is_unknown_and_not_given_back() -> None:
    message = a_message(a_merchant(), state=State.SENDING, claimed_until=clock.now() - timedelta(seconds=1))
    assert expire_claims() == (0, 1)
    message.refresh_from_db()
    assert message.state == State.UNKNOWN
    assert claim(Lane.URGENT, limit=1) == []


def test_a_worker_whose_claim_was_given_to_another_sends_nothing() -> None:
    merchant = a_merchant()
    a_gateway(merchant)
    a_signature(merchant)
    a_message(merchant)
    slow = prepare(claim(Lane.URGENT, limit=1), setups=Setups())
    Message.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
    expire_claims()
    quick = prepare(claim(Lane.URGENT, limit=1), setups=Setups())
    assert len(write_ahead(quick.ready)) == 1
    assert write_ahead(slow.ready) == []
    assert Attempt.objects.count() == 1
