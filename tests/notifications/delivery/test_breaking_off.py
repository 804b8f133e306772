"""A round that breaks off: what has left is written down, what has not left never leaves later."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django import db
from django.utils import timezone as clock

from merchants.models import Merchant
from notifications import tasks
from notifications.delivery import concluding
from notifications.delivery.finishing import Ended, finish
from notifications.delivery.rows import set_rows
from notifications.delivery.taking import give_up_on_the_dead, take
from notifications.delivery.writing import Interrupted
from notifications.models import Attempt, Message, SandboxDelivery, SendingLimit, State, Usage
from notifications.outcomes import ErrorClass, Result, accepted, refused, unknown
from notifications.setup import Setups
from orders.events import Lane
from orders.models import Event
from tests.builders import a_gateway, a_merchant, a_message, a_signature
from tests.notifications.delivery.test_switching import Smsbox, boxes

__all__ = ["boxes"]

pytestmark = pytest.mark.django_db(transaction=True)


def failing(is_hit: Callable[[str], bool]) -> AbstractContextManager[None]:
    """Let the database be away for the statements that are hit."""

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if is_hit(sql):
            raise db.OperationalError("the server closed the connection")
        return execute(sql, params, many, context)

    return db.connection.execute_wrapper(run)


@pytest.fixture
def merchant(boxes: tuple[Smsbox, Smsbox]) -> Merchant:
    merchant = a_merchant()
    a_signature(merchant)
    a_gateway(merchant, kind="kannel", endpoint=boxes[0].url, credentials={"username": "u", "password": "p"})
    return merchant


def a_text(merchant: Merchant) -> Message:
    message = a_message(merchant, expires_at=clock.now() + timedelta(hours=1))
    Event.objects.update(planned_at=clock.now())
    return message


def is_about_events(sql: str) -> bool:
    return "orders_event" in sql and "planned_at" in sql and "IS NULL" in sql


def test_what_had_left_when_a_round_broke_off_is_known_by_its_answer(
    merchant: Merchant, boxes: tuple[Smsbox, Smsbox]
) -> None:
    message = a_text(merchant)
    with failing(is_about_events), pytest.raises(Interrupted):
        tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert (message.state, len(boxes[0].phones)) == (State.ACCEPTED, 1)


def test_nothing_leaves_in_a_later_round_that_one_which_broke_off_had_begun(
    merchant: Merchant, boxes: tuple[Smsbox, Smsbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concluding, "WAITS", (0.01,))
    message = a_text(merchant)
    is_away = []

    def is_hit(sql: str) -> bool:
        is_away.extend([1] if is_about_events(sql) else [])
        return bool(is_away)

    with failing(is_hit), pytest.raises(db.OperationalError):
        tasks.work(Lane.URGENT)
    left = len(boxes[0].phones)
    a_text(merchant)
    tasks.work(Lane.URGENT)
    assert len(boxes[0].phones) == left + 1
    message.refresh_from_db()
    assert message.state == State.SENDING


def test_what_may_not_have_been_written_ahead_and_has_not_left_is_tried_again(merchant: Merchant) -> None:
    """The answer to a commit is lost: the rows say that it is being sent, and no byte has left."""
    message = a_text(merchant)
    real = db.connection.commit

    def commit_and_lose_the_answer() -> None:
        real()
        del db.connection.commit
        raise db.OperationalError("the server closed the connection")

    db.connection.commit = commit_and_lose_the_answer  # type: ignore[method-assign]
    with pytest.raises(Interrupted):
        tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert (message.state, message.attempts.get().error) == (State.RETRY, "transient")


def test_what_was_not_written_ahead_stays_as_it_was(merchant: Merchant) -> None:
    message = a_text(merchant)
    with failing(lambda sql: "notifications_attempt" in sql and "INSERT" in sql), pytest.raises(Interrupted):
        tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert (message.state, message.tries) == (State.DUE, 0)


def ended(message: Message, result: Result, *, spending: Any = None) -> Ended:
    attempt = message.attempts.latest("number")
    return Ended(
        message_id=message.pk,
        attempt_id=attempt.pk,
        merchant_id=message.merchant_id,
        channel=message.channel,
        address=message.address,
        gateway_id=attempt.gateway_id,
        expires_at=message.expires_at,
        tries=attempt.number,
        result=result,
        spending=spending,
    )


def one_under_way(merchant: Merchant) -> tuple[Message, Any]:
    message = a_text(merchant)
    ((ready,),) = take(Lane.URGENT, limit=1, setups=Setups()).batches
    message.refresh_from_db()
    return message, ready


def test_a_worker_that_was_only_slow_still_tells_what_became_of_it(merchant: Merchant) -> None:
    message, _ = one_under_way(merchant)
    Message.objects.update(look_at=clock.now() - timedelta(seconds=1))
    assert give_up_on_the_dead() == 1
    finish([ended(message, accepted("id-1"))])
    message.refresh_from_db()
    assert message.state == State.ACCEPTED


def test_what_became_of_one_attempt_says_nothing_of_the_next(merchant: Merchant) -> None:
    message, _ = one_under_way(merchant)
    late = ended(message, refused(ErrorClass.TRANSIENT))
    Message.objects.update(state=State.RETRY)
    take(Lane.URGENT, limit=1, setups=Setups())
    finish([late])
    message.refresh_from_db()
    assert (message.state, message.tries) == (State.SENDING, 2)


def test_what_is_written_twice_is_given_back_once(merchant: Merchant) -> None:
    SendingLimit.objects.create(merchant=merchant, scope="domestic", period="day", most=5)
    one_under_way(merchant)
    message, ready = one_under_way(merchant)
    assert Usage.objects.get().parts == 2
    result = ended(message, refused(ErrorClass.TRANSIENT), spending=ready.spending)
    finish([result])
    finish([result])
    assert Usage.objects.get().parts == 1


def test_a_lost_answer_does_not_hide_what_a_receipt_told(merchant: Merchant) -> None:
    message, _ = one_under_way(merchant)
    Attempt.objects.update(outcome="accepted", provider_id="id-1")
    finish([ended(message, unknown("time-out"))])
    assert Attempt.objects.values_list("outcome", "provider_id").get() == ("accepted", "id-1")


def test_an_outcome_that_cannot_be_written_costs_only_its_own_text(merchant: Merchant) -> None:
    good, _ = one_under_way(merchant)
    bad, _ = one_under_way(merchant)
    strange = ended(bad, accepted("\ud83d"))
    concluding.conclude([ended(good, accepted("id-1")), strange], lane=Lane.URGENT)
    states = dict(Message.objects.values_list("pk", "state"))
    assert (states[good.pk], states[bad.pk]) == (State.ACCEPTED, State.SENDING)


def test_what_stood_still_for_too_long_does_not_leave(
    merchant: Merchant, boxes: tuple[Smsbox, Smsbox], time_machine: Any, settings: Any
) -> None:
    settings.DELIVERY = settings.DELIVERY | {"sending_seconds": 0}
    message = a_text(merchant)
    tasks.work(Lane.URGENT)
    message.refresh_from_db()
    assert (message.state, boxes[0].phones) == (State.RETRY, [])


def test_a_row_is_left_alone_whose_other_values_have_changed(merchant: Merchant) -> None:
    message = a_text(merchant)
    row = {"id": message.pk, "tries": 1, "reason": "changed"}
    assert set_rows(Message, [row], same=["tries"]) == set()
    assert set_rows(Message, [row | {"tries": 0}], same=["tries"]) == {message.pk}
    assert not SandboxDelivery.objects.exists()
