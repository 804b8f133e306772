from __future__ import annotations

import pytest
from django.core.cache import cache

from notifications import queueing
from notifications.models import Message, State
from notifications.resending import CannotResend, resend
from tests.builders import a_member, a_merchant, a_message

pytestmark = pytest.mark.django_db


def test_a_resent_message_is_the_next_step_and_due_at_once(django_capture_on_commit_callbacks):
    shop = a_merchant()
    message = a_message(shop, state=State.FAILED, reason="refused")
    person = a_member(shop)
    with django_capture_on_commit_callbacks(execute=True):
        again = resend(message, by=person)
    assert (again.event, again.rule, again.recipient, again.step) == (
        message.event,
        message.rule,
        message.recipient,
        1,
    )
    assert again.state == State.DUE
    assert again.expires_at
    assert again.expires_at > again.due_at
    assert again.gates[0]["by"] == person.email
    assert again.gates[0]["of"] == str(message.pk)
    assert queueing.waiting_since(again.lane)
    cache.clear()


def test_pressing_twice_sends_once():
    message = a_message(a_merchant(), state=State.UNDELIVERED)
    resend(message)
    with pytest.raises(CannotResend) as refusal:
        resend(message)
    assert refusal.value.code == "already_resent"
    assert Message.objects.count() == 2


def test_what_failed_again_may_be_sent_again_from_either():
    message = a_message(a_merchant(), state=State.FAILED)
    first = resend(message)
    Message.objects.filter(pk=first.pk).update(state=State.FAILED)
    assert resend(message).step == 2


@pytest.mark.parametrize("state", [State.DUE, State.HELD, State.SENDING, State.UNKNOWN, State.DELIVERED])
def test_it_refuses_what_may_still_arrive_or_did(state):
    message = a_message(a_merchant(), state=state)
    with pytest.raises(CannotResend) as refusal:
        resend(message)
    assert refusal.value.code == "not_ended"
    assert Message.objects.count() == 1


def test_a_test_send_is_not_repeated():
    message = a_message(a_merchant(), state=State.FAILED, event=None, rule=None)
    with pytest.raises(CannotResend) as refusal:
        resend(message)
    assert refusal.value.code == "test_send"
