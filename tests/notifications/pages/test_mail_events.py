from __future__ import annotations

from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent, tracking

from merchants.models import Merchant
from notifications import receipts
from notifications.models import Category, Message, OptOut, Receipt, State
from notifications.pages import mail_events
from tests.builders import a_merchant
from tests.notifications.pages.given import MAIL, a_mail, an_attempt


@pytest.fixture
def merchant(db: None) -> Merchant:
    return a_merchant()


@pytest.fixture
def mail(merchant: Merchant) -> Message:
    message = a_mail(merchant)
    an_attempt(message, provider_id="esp-1")
    return message


def tell(event_type: str, **fields: Any) -> None:
    event = AnymailTrackingEvent(event_type=event_type, **{"message_id": "esp-1", "recipient": MAIL} | fields)
    tracking.send(sender=mail_events, event=event, esp_name="Postmark")
    receipts.work_off()


@pytest.mark.parametrize(
    ("event_type", "state"),
    [
        ("deferred", State.ACCEPTED),
        ("delivered", State.DELIVERED),
        ("bounced", State.UNDELIVERED),
        ("rejected", State.UNDELIVERED),
        ("opened", State.SEEN),
        ("clicked", State.SEEN),
        ("complained", State.DELIVERED),
        ("autoresponded", State.ACCEPTED),
        ("unknown", State.ACCEPTED),
    ],
)
def test_an_event_moves_the_mail_on(mail: Message, event_type: str, state: str):
    tell(event_type)
    mail.refresh_from_db()
    assert mail.state == state


def test_an_event_is_matched_by_our_reference_where_the_provider_gives_it_back(merchant: Merchant):
    mail = a_mail(merchant)
    attempt = an_attempt(mail)
    tell("delivered", message_id="unheard of", metadata={"reference": attempt.pk.hex})
    mail.refresh_from_db()
    assert mail.state == State.DELIVERED


def test_an_event_is_kept_once(mail: Message):
    for _ in range(2):
        tell("opened", event_id="e-1")
        tell("clicked", event_id=None)
    assert Receipt.objects.count() == 2


def test_a_hard_bounce_ends_all_mail_to_the_address(mail: Message):
    tell("bounced", reject_reason="bounced", mta_response="550 5.1.1 no such user")
    assert {(row.source, row.category) for row in OptOut.objects.filter(address=MAIL)} == {
        ("bounce", "marketing"),
        ("bounce", "transactional"),
    }
    assert "550 5.1.1" in OptOut.objects.first().reason


def test_a_soft_bounce_ends_nothing(mail: Message):
    tell("bounced", reject_reason="timed_out")
    assert not OptOut.objects.exists()


def test_a_click_on_the_providers_own_unsubscribe_link_counts(mail: Message):
    Message.objects.update(category=Category.MARKETING)
    tell("unsubscribed")
    assert {row.category for row in OptOut.objects.filter(address=MAIL)} == {"marketing"}


@pytest.mark.parametrize(
    "fields",
    [
        {"message_id": "of an invitation"},
        {"message_id": None},
        {"recipient": "other@mail.example"},
        {"metadata": {"reference": "x"}, "message_id": "unheard of"},
    ],
)
def test_mail_that_is_no_message_of_ours_is_passed_over(mail: Message, fields: dict[str, Any]):
    tell("delivered", **fields)
    assert not Receipt.objects.exists()
