"""The state machine: every pair of states, held against the table."""

from __future__ import annotations

from itertools import product

import pytest

from notifications.delivery.states import move, sources
from notifications.models import State
from notifications.models.messages import FINAL, OPEN, TRANSITIONS
from tests.builders import a_merchant, a_message


def test_the_table_knows_every_state_and_only_those() -> None:
    assert set(TRANSITIONS) == set(State)
    assert set().union(*TRANSITIONS.values()) <= set(State)


@pytest.mark.django_db
def test_exactly_the_legal_moves_can_be_made() -> None:
    message = a_message(a_merchant())
    for before, after in product(State, State):
        type(message).objects.filter(pk=message.pk).update(state=before)
        moved = move([message.pk], after)
        message.refresh_from_db()
        assert bool(moved) is (after in TRANSITIONS[before]), f"{before} → {after}"
        assert message.state == (after if moved else before)


@pytest.mark.django_db
def test_a_narrower_origin_is_kept() -> None:
    message = a_message(a_merchant(), state=State.UNKNOWN)
    assert move([message.pk], State.ACCEPTED, only_from=[State.SENDING]) == 0


def test_nothing_waiting_is_final_and_no_final_state_sends_again() -> None:
    assert not set(OPEN) & set(FINAL)
    for state in FINAL:
        assert not TRANSITIONS[state] & {State.SENDING, State.DUE, State.RETRY}


def test_only_a_claimed_message_is_sent_and_unknown_is_never_sent_blindly() -> None:
    assert sources(State.SENDING) == list(OPEN)
    assert State.SENDING not in TRANSITIONS[State.UNKNOWN]
